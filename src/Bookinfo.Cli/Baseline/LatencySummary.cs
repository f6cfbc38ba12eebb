namespace Bookinfo.Cli.Baseline;

/// <summary>A latency over the rounds: each figure is the mean of what the rounds have, in microseconds.</summary>
/// <param name="Count">How many values all rounds have together.</param>
/// <param name="Errors">How many requests failed for this hop's sake: pages that say that details, reviews or ratings could not be had; of the whole request, all that failed.</param>
/// <param name="Mean">The mean.</param>
/// <param name="P50">The median.</param>
/// <param name="P90">Of ten, nine are not above it.</param>
/// <param name="P99">Of a hundred, 99 are not above it.</param>
/// <param name="P999">Of a thousand, 999 are not above it.</param>
/// <param name="Max">The highest of each round.</param>
internal sealed record LatencySummary(long Count, long Errors, Estimate Mean, Estimate P50, Estimate P90, Estimate P99, Estimate P999, Estimate Max);
