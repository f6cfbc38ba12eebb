namespace Bookinfo.Load;

/// <summary>What a run is to do.</summary>
/// <param name="Target">Where the requests go.</param>
/// <param name="Mix">Which requests are sent.</param>
/// <param name="Profile">The rate over time.</param>
/// <param name="Arrivals">How arrivals are spread around that rate.</param>
/// <param name="Seed">Makes arrivals and the choice of requests repeatable.</param>
/// <param name="TraceSeed">
/// The source of trace ids: a different number in each run, or a tracing platform would take two runs for one.
/// </param>
/// <param name="Connections">How many connections there are, each with at most one request under way.</param>
/// <param name="Timeout">How long a request may take from when it was sent.</param>
public sealed record LoadPlan(
    LoadTarget Target, TrafficMix Mix, RateProfile Profile, ArrivalProcess Arrivals, ulong Seed, ulong TraceSeed, int Connections,
    TimeSpan Timeout)
{
    /// <summary>The share of the arrivals that this process sends; several workers divide a plan among them.</summary>
    public Share Share { get; init; } = Share.Whole;

    /// <summary>
    /// When requests begin to fall due, so that several workers begin together. When it is <see langword="null"/> or too soon, they begin
    /// as soon as everything is ready.
    /// </summary>
    public DateTimeOffset? StartAt { get; init; }
}
