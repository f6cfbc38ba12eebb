namespace Bookinfo.Cli.Baseline;

/// <summary>What the rounds say of one rate.</summary>
/// <param name="Rate">The rate that was asked for, in requests a second.</param>
/// <param name="Rounds">How many rounds it is of.</param>
/// <param name="Achieved">The rate that was achieved.</param>
/// <param name="Requests">How many requests fell due in all rounds.</param>
/// <param name="Failed">How many of them failed or were not sent.</param>
/// <param name="Errors">What was wrong with them.</param>
/// <param name="Latencies">By the names of <see cref="Measure"/>.</param>
/// <param name="Use">By the name of the service.</param>
internal sealed record RateSummary(
    double Rate,
    int Rounds,
    Estimate Achieved,
    long Requests,
    long Failed,
    IReadOnlyDictionary<string, long> Errors,
    IReadOnlyDictionary<string, LatencySummary> Latencies,
    IReadOnlyDictionary<string, UseSummary> Use);
