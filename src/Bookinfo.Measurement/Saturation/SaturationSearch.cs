using System.Text.Json.Serialization;
using Bookinfo.Load;

namespace Bookinfo.Measurement;

/// <summary>
/// Finds the highest rate that still passes: doubles (or halves) the rate until one passes and one fails, then halves the distance between
/// them. One trial may pass or fail by chance, so a rate is tried until two trials agree, three at most. The search knows of no clock:
/// whoever runs the trials says when the time is over.
/// </summary>
/// <param name="tryRate">Runs a trial; <see langword="null"/> when there is no time left for one.</param>
public sealed class SaturationSearch(Func<double, Task<SaturationTrial?>> tryRate)
{
    /// <summary>
    /// How close the highest rate that passes and the lowest that fails get: 5%. Closer would be within what repeated trials differ by.
    /// </summary>
    public const double Precision = 1.05;

    /// <summary>The search gives up below this rate, and above the highest rate that a run can have.</summary>
    private const double LowestRate = 1;

    private readonly List<SaturationTrial> _trials = [];

    /// <summary>The trials so far.</summary>
    public IReadOnlyList<SaturationTrial> Trials => _trials;

    /// <summary>The highest rate that passed; <see langword="null"/> as long as there is none.</summary>
    public double? Highest { get; private set; }

    /// <summary>The lowest rate that failed; <see langword="null"/> as long as there is none.</summary>
    public double? LowestFailed { get; private set; }

    /// <summary>Whether the two are close.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Searches until the two rates are close, or the time is over.</summary>
    /// <param name="first">The rate to begin with.</param>
    public async Task RunAsync(double first)
    {
        var rate = first;
        while (await PassesAsync(rate) is { } passes)
        {
            if (passes)
            {
                Highest = rate;
            }
            else
            {
                LowestFailed = rate;
            }

            if (Highest is { } highest && LowestFailed is { } failed)
            {
                if (failed / highest <= Precision)
                {
                    IsComplete = true;
                    return;
                }

                // Rates are compared by their ratio.
                rate = Math.Sqrt(highest * failed);
            }
            else
            {
                rate = passes ? rate * 2 : rate / 2;
                if (rate is < LowestRate or > ProfileSettings.HighestRate)
                {
                    return;
                }
            }
        }
    }

    /// <summary>Whether a rate passes two of three trials; <see langword="null"/> when the time is over before that is known.</summary>
    private async Task<bool?> PassesAsync(double rate)
    {
        int passed = 0, failed = 0;
        while (passed < 2 && failed < 2)
        {
            if (await tryRate(rate) is not { } trial)
            {
                return null;
            }

            _trials.Add(trial);
            if (trial.Passed)
            {
                passed++;
            }
            else
            {
                failed++;
            }
        }

        return passed == 2;
    }
}

/// <summary>A run at one rate, in the search for the highest.</summary>
/// <param name="Rate">The rate that was asked for, in requests a second.</param>
/// <param name="Achieved">The rate that was achieved.</param>
/// <param name="P99">The p99 from due time, in microseconds.</param>
/// <param name="Failed">The share of requests that failed or were not sent, 0 to 1.</param>
/// <param name="Passed">Whether the p99 was under the objective, nearly all requests were answered well, and the rate was kept.</param>
/// <param name="GeneratorWasLate">Whether the generator was the bottleneck rather than the server.</param>
public sealed record SaturationTrial(double Rate, double Achieved, long P99, double Failed, bool Passed, bool GeneratorWasLate)
{
    /// <summary>How many requests a trial has at least: of fewer, more than 1% are too slow as soon as one is.</summary>
    public const double FewestRequests = 100;

    /// <summary>
    /// The share of requests that took longer than the objective, 0 to 1; <see langword="null"/> in files of versions that did not have it.
    /// </summary>
    public double? Slow { get; init; }

    /// <summary>How many requests fell due; <see langword="null"/> likewise.</summary>
    public long? Requests { get; init; }

    /// <summary>More than this share of failures, or less of the rate, does not count as success, however fast it is.</summary>
    public const double Tolerance = 0.01;

    /// <summary>How long a trial takes.</summary>
    /// <param name="rate">The rate, in requests a second.</param>
    /// <param name="usual">How long it takes if that is enough for <see cref="FewestRequests"/>.</param>
    public static TimeSpan LengthOf(double rate, TimeSpan usual) =>
        TimeSpan.FromSeconds(Math.Max(usual.TotalSeconds, FewestRequests / rate));

    /// <summary>Judges a run.</summary>
    /// <param name="rate">The rate that was asked for.</param>
    /// <param name="result">The run.</param>
    /// <param name="objective">What the p99 must stay under.</param>
    public static SaturationTrial From(double rate, LoadResult result, TimeSpan objective)
    {
        var p99 = Percentiles.Of(result.Total.FromDue).P99;
        var failed = result.Due > 0 ? (result.Total.Failed + result.Unsent) / (double)result.Due : 1;
        var late = GeneratorCheck.Check(result).Any(warning => warning.Code.StartsWith("generator", StringComparison.Ordinal));
        // That no more than the objective's worth of requests is still under way at the end does not mean that the rate was not kept.
        var kept = result.InTime >= (result.Due * (1 - Tolerance)) - (rate * objective.TotalSeconds);
        return new SaturationTrial(
            rate,
            Math.Round(result.AchievedRate, 1),
            p99,
            failed,
            result.Due > 0 && p99 < objective.TotalMicroseconds && failed <= Tolerance && kept,
            late)
        {
            Slow = result.Total.Sent > 0
                ? Math.Round(Percentiles.CountAbove(result.Total.FromDue, objective.TotalMicroseconds) / (double)result.Total.Sent, 4)
                : null,
            Requests = result.Due,
        };
    }
}

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
