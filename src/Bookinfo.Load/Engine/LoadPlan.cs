namespace Bookinfo.Load;

/// <summary>What a run is to do.</summary>
/// <param name="Target">Where the requests go.</param>
/// <param name="Mix">Which requests.</param>
/// <param name="Profile">At which rate.</param>
/// <param name="Arrivals">How they lie around it.</param>
/// <param name="Seed">Makes arrivals and the choice of requests repeatable.</param>
/// <param name="TraceSeed">What trace ids come from: another number in each run, or a platform would take two runs for one.</param>
/// <param name="Connections">How many connections there are, each with at most one request under way.</param>
/// <param name="Timeout">How long a request may take from when it was sent.</param>
public sealed record LoadPlan(
    LoadTarget Target, TrafficMix Mix, RateProfile Profile, ArrivalProcess Arrivals, ulong Seed, ulong TraceSeed, int Connections, TimeSpan Timeout)
{
    /// <summary>Which of the arrivals are sent from here.</summary>
    public Share Share { get; init; } = Share.Whole;

    /// <summary>
    /// When requests begin to fall due, so that several workers begin together; <see langword="null"/>, or too soon for that: when all is
    /// ready.
    /// </summary>
    public DateTimeOffset? StartAt { get; init; }
}
