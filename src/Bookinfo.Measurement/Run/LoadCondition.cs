using System.Globalization;
using System.Text.RegularExpressions;
using Bookinfo.Contracts;
using Bookinfo.Load;
using Bookinfo.Traffic;
using HdrHistogram;

namespace Bookinfo.Measurement;

/// <summary>A condition of <c>load --fail-on</c>: what a figure of the run must not exceed.</summary>
/// <param name="Text">As it was given.</param>
/// <param name="Subject">A kind of request or a version of reviews; <see langword="null"/> for all requests.</param>
/// <param name="Figure"><see cref="Errors"/>, <see cref="Max"/> or a percentile.</param>
/// <param name="Limit">What the figure must not exceed: a share from 0 to 1 of errors, microseconds of a latency.</param>
public sealed partial record LoadCondition(string Text, string? Subject, string Figure, double Limit)
{
    /// <summary>How to write one.</summary>
    public const string Grammar =
        "must be [what:]figure:limit, such as p99:50ms, errors:1%, v2:p95:80ms or user:errors:0.5%. Figures are p50, p90, p95, p99, p99.9, "
        + "max and errors. Limits are in us, ms or s; those of errors in %, below 100%. 'what' is visitor, user, api, asset or path, or a "
        + "version of reviews such as v2. 'error-rate>1%' and 'p99>50ms' are the same as errors:1% and p99:50ms";

    private const string Errors = FigureName.Errors;
    private const string ErrorRate = "error-rate";
    private const string Max = "max";

    private static readonly string[] Subjects =
    [
        .. Enum.GetValues<RequestKind>().Where(kind => kind != RequestKind.Setup).Select(RequestKindName.Of),
        .. BookinfoAnswers.Usual.Versions,
    ];

    /// <summary>Parses a condition.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The condition, or <see langword="null"/> if the text is not one.</returns>
    public static LoadCondition? TryParse(string text)
    {
        if (Form().Match(text) is not { Success: true } match)
        {
            return null;
        }

        var subject = match.Groups["what"] is { Success: true, Value: var what } ? what : null;
        var figure = match.Groups["figure"].Value is var name && name == ErrorRate ? Errors : name;
        var limit = match.Groups["limit"].Value;
        double? most = figure == Errors
            ? limit[^1] == '%' ? double.Parse(limit[..^1], CultureInfo.InvariantCulture) / 100 : null
            : Duration.TryParse(limit, out var time) ? Math.Round(time.TotalMicroseconds) : null;
        return most is not { } known || (figure == Errors && known >= 1) || (subject is not null && !Subjects.Contains(subject))
            ? null
            : new LoadCondition(text, subject, figure, known);
    }

    /// <summary>
    /// Checks it. A percentile is decided if at least <see cref="Percentiles.FewestBeyond"/> requests would lie beyond it, or if so many
    /// lie beyond the limit that it is violated anyway.
    /// </summary>
    /// <param name="result">The run.</param>
    /// <param name="breakdown">Its requests by what was sent.</param>
    /// <param name="timeline">Its requests over time.</param>
    /// <param name="phases">Its phases.</param>
    public LoadConditionResult Check(
        LoadResult result, LoadBreakdown breakdown, LoadTimeline timeline, IReadOnlyList<PhaseFigures> phases)
    {
        var parts = breakdown.Parts.Where(part => Subject is null
            || Subject == RequestKindName.Of(breakdown.Groups[part.Group].Kind)
            || (part.Version != 0 && Subject == breakdown.Mix.Answers.Versions[part.Version - 1])).ToList();
        var latency = LoadDetails.Sum(parts.Select(part => part.FromDue));
        var failed = parts.Sum(part => part.Failed);
        var (certain, possible) = UnsentOf(result);
        var (outcome, value, text) = Decide(latency, failed, certain);
        if (possible > 0 && Decide(latency, failed, certain + possible).Outcome != outcome)
        {
            (outcome, value, text) = (ConditionOutcome.Inconclusive, null, string.Create(
                CultureInfo.InvariantCulture,
                $"inconclusive, because {possible:N0} requests were never sent, and nobody knows how many of them {Subject} would have "
                + $"answered"));
        }

        var first = outcome == ConditionOutcome.Violated && Subject is null && phases.Count > 1
            ? phases.Zip(timeline.Phases).FirstOrDefault(phase =>
                Decide(phase.Second.FromDue, phase.First.Failed, phase.First.Unsent).Outcome == ConditionOutcome.Violated).First
            : null;
        return new LoadConditionResult(
            Text, outcome, value, first?.Name,
            $"--fail-on '{Text}': {text}{(first is null ? "" : $", first in the phase {first.QuotedTitle}")}.");
    }

    /// <summary>
    /// Whether a run that still goes on is sure to violate it: so many requests have failed or were too slow that those to come cannot make
    /// up for them. Of a condition on some of the requests only, this is never known before the end.
    /// </summary>
    /// <param name="breakdown">The requests that have ended.</param>
    /// <param name="planned">How many there are to be in all.</param>
    public bool IsLost(LoadBreakdown breakdown, double planned)
    {
        if (Subject is not null)
        {
            return false;
        }

        if (Figure == Errors)
        {
            return breakdown.Parts.Sum(part => part.Failed) > Limit * planned;
        }

        var above = Percentiles.CountAbove(LoadDetails.Sum(breakdown.Parts.Select(part => part.FromDue)), Limit);
        // With fewer, a run that is ended here would leave it undecided.
        var fewest = Figure == Max ? 1 : Percentiles.FewestBeyond;
        return above >= fewest && above > Math.Round(planned * (100 - Percentile) / 100, 6);
    }

    /// <summary>
    /// How many of the requests that were never sent it is about. Which version would have answered is up to the application, so any number
    /// of those that should show reviews is possible; that they show none is certain.
    /// </summary>
    private (long Certain, long Possible) UnsentOf(LoadResult result) =>
        Subject is null ? (result.Unsent, 0)
        : Subject == BookinfoAnswers.NoReviews ? (result.UnsentBy.ShowingVersion, 0)
        : BookinfoAnswers.Usual.Versions.Contains(Subject) ? (0, result.UnsentBy.ShowingVersion)
        : (Enum.GetValues<RequestKind>().Where(kind => RequestKindName.Of(kind) == Subject).Sum(kind => result.UnsentBy.Of(kind)), 0);

    /// <summary>The percentile that <see cref="Figure"/> is.</summary>
    private double Percentile => Figure == Max ? 100 : double.Parse(Figure.AsSpan(1), CultureInfo.InvariantCulture);

    private (ConditionOutcome Outcome, double? Value, string Text) Decide(HistogramBase latency, long failed, long unsent)
    {
        var due = latency.TotalCount + unsent;
        if (due == 0)
        {
            return (ConditionOutcome.Inconclusive, null, "inconclusive, because there was no such request");
        }

        if (Figure == Errors)
        {
            var share = (failed + unsent) / (double)due;
            return Known(share > Limit, Math.Round(share * 100, 4), $"{LoadText.Share(failed + unsent, due)} failed or were not sent");
        }

        // Those that were never sent would have taken longer than any limit.
        var above = Percentiles.CountAbove(latency, Limit) + unsent;
        var percentile = Percentile;
        var allowed = Math.Round(due * (100 - percentile) / 100, 6);
        var enough = Figure == Max || due >= Percentiles.Needed(percentile);
        if (!enough && (above <= allowed || above < Percentiles.FewestBeyond))
        {
            return (ConditionOutcome.Inconclusive, null, string.Create(
                CultureInfo.InvariantCulture,
                $"inconclusive, because {Figure} takes {Percentiles.Needed(percentile):N0} requests and there were {due:N0}: give it more "
                + $"time, or a higher --rate"));
        }

        var longer = above == 0 ? "" : $"{LoadText.Share(above, due)} {(unsent > 0 ? "took longer or were not sent" : "took longer")}";
        var rank = due * percentile / 100;
        if (!enough || rank > latency.TotalCount)
        {
            // There is no figure: too few requests for it, or one that was never sent stands at its place.
            return (ConditionOutcome.Violated, null, enough ? $"not known ({longer}), violated" : $"{longer}, violated");
        }

        var most = latency.GetValueAtPercentile(100 * rank / latency.TotalCount);
        return Known(above > allowed, most, LoadText.Time(most) + (longer.Length > 0 ? $" ({longer})" : ""));
    }

    private static (ConditionOutcome Outcome, double? Value, string Text) Known(bool violated, double value, string shown) =>
        (violated ? ConditionOutcome.Violated : ConditionOutcome.Holds, value, $"{shown}, {(violated ? "violated" : "holds")}");

    [GeneratedRegex(
        @"^(?:(?<what>[^:]+):)?(?<figure>p50|p90|p95|p99|p99\.9|max|errors|error-rate)[:>]"
        + @"(?<limit>[0-9]{1,9}(?:\.[0-9]{1,6})?%|[0-9][0-9a-z.]*)\z")]
    private static partial Regex Form();
}

/// <summary>Whether a condition of <c>load --fail-on</c> holds.</summary>
/// <param name="Condition">The condition as it was given.</param>
/// <param name="Outcome">Whether it holds.</param>
/// <param name="Value">
/// The figure: microseconds of a latency, percent of errors; <see langword="null"/> if there were too few requests for it, or too few of
/// them were sent.
/// </param>
/// <param name="FirstIn">
/// The first phase that violates it by itself; <see langword="null"/> if none does, or if it is about some of the requests only.
/// </param>
/// <param name="Text">The outcome as a sentence.</param>
public sealed record LoadConditionResult(string Condition, ConditionOutcome Outcome, double? Value, string? FirstIn, string Text);
