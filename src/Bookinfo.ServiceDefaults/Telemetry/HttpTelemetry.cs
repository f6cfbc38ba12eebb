using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>
/// The instruments for requests that come in and requests that go out, by the semantic conventions of OpenTelemetry
/// (https://opentelemetry.io/docs/specs/semconv/http/).
/// </summary>
/// <remarks>
/// They are our own and not the platform's for the sake of exactness. One measurement feeds the metric, the span, the log line and
/// <c>Server-Timing</c>, so that these cannot disagree. A try is measured to the last byte of its answer, where the HTTP client's own
/// instruments stop at its head and call an answer that hangs in its body a success; and probes and scrapes are left out of
/// <c>http.server.active_requests</c> as well.
/// </remarks>
internal sealed class HttpTelemetry : IDisposable
{
    /// <summary>The name of the source of spans and of the meter.</summary>
    public const string Name = "Bookinfo.Http";

    /// <summary>The only scheme that services of ours speak.</summary>
    public const string Scheme = "http";

    /// <summary>
    /// The bounds of the histograms' buckets, in seconds: a few for each power of ten from 0.5 ms, what a hop takes on one machine, to 10
    /// s, the longest timeout of the contract.
    /// </summary>
    private static readonly double[] Bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly ActivitySource? _spans;
    private readonly SpanClock _clock;

    /// <summary>Creates the instruments.</summary>
    /// <param name="meters">What makes meters, and ends them with the service.</param>
    /// <param name="options">Whether there are spans.</param>
    public HttpTelemetry(IMeterFactory meters, TelemetryOptions options, TimeProvider time)
    {
        _clock = new SpanClock(time);
        _spans = options.Traces ? new ActivitySource(Name) : null;
        var meter = meters.Create(Name);
        var buckets = new InstrumentAdvice<double> { HistogramBucketBoundaries = Bounds };
        ServerDuration = meter.CreateHistogram(
            "http.server.request.duration", "s", "Duration of HTTP server requests.", tags: null, buckets);
        ClientDuration = meter.CreateHistogram(
            "http.client.request.duration", "s", "Duration of HTTP client requests.", tags: null, buckets);
        ClientTransit = meter.CreateHistogram(
            "bookinfo.http.client.transit.duration", "s",
            "The part of the duration of HTTP client requests that the called service did not take.", tags: null, buckets);
        meter.CreateObservableUpDownCounter(
            "http.server.active_requests", ActiveRequests.Observe, "{request}", "Number of active HTTP server requests.");
        Rejected = meter.CreateCounter<long>(
            "bookinfo.http.server.rejected_requests", "{request}",
            "Requests that the server turned away because they are not HTTP or exceed its limits.");
    }

    /// <summary>Whether there are spans.</summary>
    public bool Traces => _spans is not null;

    /// <summary>How long requests that came in took, in seconds.</summary>
    public Histogram<double> ServerDuration { get; }

    /// <summary>How long requests that went out took, in seconds; each try is one.</summary>
    public Histogram<double> ClientDuration { get; }

    /// <summary>
    /// For how long requests that went out, and whose answer says how long it took, were not in the called service, in seconds.
    /// </summary>
    public Histogram<double> ClientTransit { get; }

    /// <summary>How many requests are being answered.</summary>
    public ActiveRequests ActiveRequests { get; } = new();

    /// <summary>What never became a request.</summary>
    public Counter<long> Rejected { get; }

    /// <summary>Starts a span.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="kind">Server or client.</param>
    /// <param name="parent">The span that led to it; the current one when not given, and none when there is none.</param>
    /// <param name="start">When it began, as a timestamp of the clock.</param>
    /// <returns>The span; <see langword="null"/> when nobody needs it.</returns>
    public Activity? StartSpan(string name, ActivityKind kind, ActivityContext parent, long start)
    {
        var span = _spans?.StartActivity(kind, parent, tags: null, links: null, _clock.TimeOf(start), name);
        if (span is { IsAllDataRequested: false })
        {
            // It is only there to be passed on, and would say of the trace what the caller said, not what the sampler has decided.
            span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }

        return span;
    }

    /// <summary>Starts a span in a trace about which its caller has not decided.</summary>
    /// <inheritdoc cref="StartSpan"/>
    public Activity? StartSpanUndecided(string name, ActivityKind kind, ActivityContext parent, long start)
    {
        using var undecided = UndecidedTraces.Begin();
        return StartSpan(name, kind, parent, start);
    }

    /// <summary>Says when a span ended, by the same measurement as everything else that is told of it.</summary>
    /// <param name="span">The span.</param>
    /// <param name="elapsed">How long it took.</param>
    public static void EndSpan(Activity span, TimeSpan elapsed) => span.SetEndTime(span.StartTimeUtc + elapsed);

    /// <inheritdoc/>
    public void Dispose() => _spans?.Dispose();
}
