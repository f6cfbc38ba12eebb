using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>
/// How many requests are being answered, by method, for <c>http.server.active_requests</c>. Counted here and read by each scrape: two
/// changes of an instrument for each request would cost more than the rest of its metrics.
/// </summary>
internal sealed class ActiveRequests
{
    private readonly ConcurrentDictionary<string, Number> _byMethod = new();

    /// <summary>The number of requests with a method.</summary>
    /// <param name="method">The method as it stands in labels, one of a closed set.</param>
    /// <returns>The number, to be changed by who answers the request.</returns>
    public Number Of(string method) => _byMethod.GetOrAdd(method, static _ => new Number());

    /// <summary>What a scrape sees: each method that there has been.</summary>
    public IEnumerable<Measurement<long>> Observe() => _byMethod.Select(pair =>
        new Measurement<long>(pair.Value.Value, new("http.request.method", pair.Key), new("url.scheme", HttpTelemetry.Scheme)));

    /// <summary>A number of requests that any thread may change.</summary>
    internal sealed class Number
    {
        private long _value;

        /// <summary>How many there are now.</summary>
        public long Value => Interlocked.Read(ref _value);

        /// <summary>Counts a request that came.</summary>
        public void Begin() => Interlocked.Increment(ref _value);

        /// <summary>Counts a request that was answered.</summary>
        public void End() => Interlocked.Decrement(ref _value);
    }
}
