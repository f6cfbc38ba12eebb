using Bookinfo.Load;

namespace Bookinfo.Measurement;

/// <summary>Where the requests of a baseline come from.</summary>
public interface ILoadGenerator : IAsyncDisposable
{
    /// <summary>Sends even arrivals of page views at a rate.</summary>
    /// <param name="rate">Requests a second, of all workers together.</param>
    /// <param name="duration">How long requests fall due.</param>
    /// <param name="seed">Another one in each step.</param>
    /// <param name="stop">Ends it early; what was measured until then is the result.</param>
    /// <param name="kill">Ends it without waiting for what is under way.</param>
    /// <returns>What came of it, of all workers together.</returns>
    Task<LoadResult> RunAsync(double rate, TimeSpan duration, ulong seed, CancellationToken stop, CancellationToken kill);
}

/// <summary>How the requests of a measurement are sent, wherever from.</summary>
/// <param name="Headers">Further headers.</param>
/// <param name="Connections">How many connections there are, each with at most one request under way.</param>
/// <param name="Timeout">How long a request may take.</param>
/// <param name="Insecure">Whether any certificate will do.</param>
public sealed record RequestSettings(IReadOnlyList<KeyValuePair<string, string>> Headers, int Connections, TimeSpan Timeout, bool Insecure);
