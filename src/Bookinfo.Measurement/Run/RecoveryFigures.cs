using System.Text.Json.Serialization;
using Bookinfo.Load;

namespace Bookinfo.Measurement;

/// <summary>How long an application took to recover from a phase of a run, such as a spike.</summary>
/// <param name="From">The phase from which it had to recover.</param>
/// <param name="Seconds">
/// How many seconds after the end of that phase it had recovered, 0 if at once; <see langword="null"/> if it had not by the end of the run.
/// </param>
/// <param name="MedianBefore">The median latency before, from due time, in microseconds.</param>
/// <param name="Bound">What the median of a second must not exceed, in microseconds.</param>
/// <param name="Step">How many seconds are judged together: one, or a little more or less, unless the run is long or the rate low.</param>
/// <param name="Watched">For how many seconds after that phase requests fell due.</param>
public sealed record RecoveryFigures(string From, double? Seconds, long MedianBefore, long Bound, double Step, double Watched)
{
    /// <summary>How many seconds in a row must be as before.</summary>
    private const int SecondsInRow = 3;

    private const int MostSlower = 2;

    /// <summary>By how much a second may be slower in any case, in microseconds.</summary>
    private const long LeastSlower = 1000;

    /// <summary>What counts as recovered, in words.</summary>
    [JsonIgnore]
    public string Definition =>
        $"Recovered means: for 3 seconds in a row (or all that are left) the median from due time is at most {LoadText.Time(Bound)}, which "
        + $"is twice that before the {From} or 1 ms more, and no more requests fail than before it, or 1%. Long runs, and phases with "
        + "fewer than 30 requests a second, count in longer steps than seconds.";

    /// <summary>Finds out how an application recovered.</summary>
    /// <param name="result">The run.</param>
    /// <param name="timeline">Its requests over time.</param>
    /// <param name="phases">Its phases that were reached.</param>
    /// <returns><see langword="null"/> if there was nothing to recover from, or nothing to compare with, or no time after it.</returns>
    public static RecoveryFigures? Of(LoadResult result, LoadTimeline timeline, IReadOnlyList<PhaseFigures> phases)
    {
        if (result.Plan.Profile.Disturbance is not { } disturbance || phases.Count <= disturbance + 1)
        {
            return null;
        }

        var before = timeline.Phases[disturbance - 1];
        var end = phases[disturbance].To;
        var slices = timeline.Slices[disturbance + 1];
        if (before.Sent == 0 || slices.Count == 0)
        {
            return null;
        }

        var median = before.FromDue.GetValueAtPercentile(50);
        var bound = Math.Max(MostSlower * median, median + LeastSlower);
        var failed = Math.Max(PhaseFigures.MostFailed, phases[disturbance - 1].FailedShare);
        bool IsAsBefore(LoadStretch slice) =>
            slice.Sent > 0 && slice.Failed <= failed * slice.Sent && slice.FromDue.GetValueAtPercentile(50) <= bound;

        var recovered = slices.ToList().FindIndex(slice => IsAsBefore(slice)
            && slices.SkipWhile(other => other != slice).Take(SecondsInRow).All(IsAsBefore));
        return new RecoveryFigures(
            phases[disturbance].Name,
            recovered < 0 ? null : Math.Round(slices[recovered].From - end, 1),
            median,
            bound,
            Math.Round(slices[0].To - slices[0].From, 1),
            Math.Round(slices[^1].To - end, 1));
    }
}
