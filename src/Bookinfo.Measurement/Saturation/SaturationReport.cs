using System.Text.Json.Serialization;

namespace Bookinfo.Measurement;

/// <summary>The outcome of <c>load --until-saturated</c>, as <c>--output json</c> writes it (docs/measuring.md).</summary>
/// <param name="Version">Of this format.</param>
/// <param name="Program">The version of the program.</param>
/// <param name="Target">Where the requests went.</param>
/// <param name="ObjectiveMicroseconds">What the p99 from due time had to stay under.</param>
/// <param name="Highest">The highest rate that passed most of its trials, in requests a second; none when even the lowest did not.</param>
/// <param name="HighestPassed">How many of its trials it passed.</param>
/// <param name="HighestTrials">How many there were.</param>
/// <param name="LowestFailed">The lowest rate above it that failed most of its trials; none when none did.</param>
/// <param name="LowestFailedTrials">How many of its trials that failed.</param>
/// <param name="LowestFailedOf">How many there were.</param>
/// <param name="Complete">Whether the two are as close as was wanted; if not, the time was over, or the search was interrupted.</param>
/// <param name="Interrupted">Whether the search was interrupted.</param>
/// <param name="Good">Requests of all trials with an answer that had nothing wrong.</param>
/// <param name="Errors">Failed requests of all trials by what was wrong.</param>
/// <param name="Unsent">Requests of all trials that were due and were never sent, because no connection came free in time.</param>
/// <param name="Trials">All trials, in the order in which they were made.</param>
/// <param name="Warnings">Reasons why the answers may not be those that were meant to be measured.</param>
public sealed record SaturationReport(
    int Version,
    string Program,
    string Target,
    long ObjectiveMicroseconds,
    double? Highest,
    int HighestPassed,
    int HighestTrials,
    double? LowestFailed,
    int LowestFailedTrials,
    int LowestFailedOf,
    bool Complete,
    bool Interrupted,
    long Good,
    IReadOnlyDictionary<string, long> Errors,
    long Unsent,
    IReadOnlyList<SaturationTrial> Trials,
    IReadOnlyList<LoadWarning> Warnings)
{
    /// <summary>The version that this program writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Whether requests failed at every rate, all of them: then the rate is not the cause.</summary>
    [JsonIgnore]
    public bool NothingWasGood => Good == 0 && Trials.Count > 0;
}
