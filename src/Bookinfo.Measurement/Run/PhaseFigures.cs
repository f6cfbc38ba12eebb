using System.Globalization;
using System.Text.Json.Serialization;
using Bookinfo.Load;

namespace Bookinfo.Measurement;

/// <summary>The requests of a run that were due in one of its phases.</summary>
/// <param name="Name">The phase.</param>
/// <param name="From">When it began, in seconds since the start of the run.</param>
/// <param name="To">When it ended, likewise.</param>
/// <param name="Due">How many requests fell due in it.</param>
/// <param name="Failed">How many of these were sent and failed.</param>
/// <param name="Unsent">How many were never sent.</param>
/// <param name="Asked">Requests that fell due, per second.</param>
/// <param name="Achieved">Requests that ended in the phase, whenever they were due, per second.</param>
/// <param name="FromDue">Latency from due time.</param>
/// <param name="Errors">The failed ones by what was wrong.</param>
/// <param name="Broke">Why the phase counts as broken; <see langword="null"/> if it held.</param>
public sealed record PhaseFigures(
    string Name,
    double From,
    double To,
    long Due,
    long Failed,
    long Unsent,
    double Asked,
    double Achieved,
    Percentiles FromDue,
    IReadOnlyDictionary<string, long> Errors,
    string? Broke)
{
    /// <summary>The share of failed or unsent requests from which on a phase is broken.</summary>
    public const double MostFailed = 0.01;

    /// <summary>How many times the latency of the first phase is too much.</summary>
    public const double MostSlower = 5;

    /// <summary>By how much the median must exceed that of the first phase in any case, in microseconds.</summary>
    private const long LeastSlowerMedian = 10_000;

    /// <summary>By how much the p95 must, likewise.</summary>
    private const long LeastSlowerTail = 100_000;

    /// <summary>What counts as broken, in words.</summary>
    public const string Definition =
        "A phase broke if more than 1% of its requests failed or were not sent, or if, from due time, its median is more than 5 times that "
        + "of the first phase and 10 ms above it, or its p95 is more than 5 times that of the first phase and 100 ms above it.";

    /// <summary>The share that failed or was not sent, 0 to 1.</summary>
    [JsonIgnore]
    public double FailedShare => Due == 0 ? 0 : (Failed + Unsent) / (double)Due;

    /// <summary>Its name with its rate.</summary>
    [JsonIgnore]
    public string Title => $"{Name} ({Figures.Number(Asked)}/s)";

    /// <summary>The same within a sentence, where names such as 'before' would be read as its words.</summary>
    [JsonIgnore]
    public string QuotedTitle => $"'{Name}' ({Figures.Number(Asked)}/s)";

    /// <summary>Makes those of the phases that a run has reached.</summary>
    /// <param name="result">The run.</param>
    /// <param name="timeline">Its requests over time.</param>
    public static IReadOnlyList<PhaseFigures> Of(LoadResult result, LoadTimeline timeline)
    {
        var phases = result.Plan.Profile.Phases.Zip(timeline.Phases)
            .Select((phase, index) => Of(phase.First.Name, phase.Second, result, result.UnsentByPhase.ElementAtOrDefault(index)))
            .ToList();
        return [.. phases.Select(phase => phase with { Broke = phase.FindFault(phases[0]) })];
    }

    /// <summary>Why the phase counts as broken.</summary>
    /// <param name="first">The first phase of the run.</param>
    /// <returns>The rest of a sentence; <see langword="null"/> if it held.</returns>
    private string? FindFault(PhaseFigures first)
    {
        // One of few may fail.
        if (Failed + Unsent > Math.Max(1, MostFailed * Due))
        {
            return string.Join(" and ", new[] { (Failed, "failed"), (Unsent, "were not sent") }
                .Where(part => part.Item1 > 0)
                .Select(part => $"{LoadText.Share(part.Item1, Due)} {part.Item2}"));
        }

        foreach (var (percentile, least) in new[] { (50.0, LeastSlowerMedian), (95.0, LeastSlowerTail) })
        {
            if (FromDue.At(percentile) is { } here && first.FromDue.At(percentile) is { } there
                && here > MostSlower * there
                && here > there + least)
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"p{percentile:0} {LoadText.Time(here)}, {here / (double)Math.Max(1, there):N0} times that of '{first.Name}'");
            }
        }

        return null;
    }

    private static PhaseFigures Of(string name, LoadStretch stretch, LoadResult result, long unsent)
    {
        var length = Math.Max(stretch.To - stretch.From, 1e-3);
        return new PhaseFigures(
            name,
            Math.Round(stretch.From, 3),
            Math.Round(stretch.To, 3),
            stretch.Sent + unsent,
            stretch.Failed,
            unsent,
            Math.Round((stretch.Sent + unsent) / length, 2),
            Math.Round(stretch.Ended / length, 2),
            Percentiles.Of(stretch.FromDue),
            ErrorFigures.ByName(stretch.Errors, result.Plan.Mix.Answers),
            Broke: null);
    }
}
