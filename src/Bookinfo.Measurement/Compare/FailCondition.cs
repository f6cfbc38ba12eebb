using System.Globalization;
using System.Text.RegularExpressions;
using Bookinfo.Foundation;

namespace Bookinfo.Measurement;

/// <summary>A condition of <c>--fail-on</c>: how much greater a figure may become.</summary>
/// <param name="Text">As it was given.</param>
/// <param name="Subject">What the figure describes: a latency or a service.</param>
/// <param name="Figure">One of <see cref="FigureName.Tested"/>.</param>
/// <param name="Limit">The greatest difference that it allows: in percent of what it was before, or in the unit of the figure.</param>
/// <param name="IsRelative">Whether the limit is in percent of what it was before.</param>
public sealed partial record FailCondition(string Text, string Subject, string Figure, double Limit, bool IsRelative)
{
    /// <summary>How to write one.</summary>
    public const string Grammar =
        "must be [what:]figure:+limit, such as p99:+20%, 'reviews->ratings:p50:+1ms', errors:+1% or cpu:+30%. Figures are p50, p90, p99, "
        + "p99.9, errors and cpu. Limits are in %, us, ms or s; for errors, % means percentage points. 'what' is page (the default), "
        + "server or a hop such as productpage->details; for cpu, it is a service such as details-v1 (default: all services together)";

    private static readonly string[] Latencies = [.. Measure.All.Where(measure => measure != Measure.PageFromSend)];

    /// <summary>Parses a condition.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The condition, or <see langword="null"/> if the text is not one.</returns>
    public static FailCondition? TryParse(string text)
    {
        if (Form().Match(text) is not { Success: true } match
            || !double.TryParse(
                match.Groups["limit"].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var limit))
        {
            return null;
        }

        var figure = match.Groups["figure"].Value;
        var unit = match.Groups["unit"].Value;
        var subject = match.Groups["what"] is { Success: true } what ? what.Value
            : figure == FigureName.Cpu ? FigureComparison.AllServices : Measure.Page;
        var fits = figure switch
        {
            FigureName.Errors => subject == Measure.Page && unit == "%",
            FigureName.Cpu => !Measure.All.Contains(subject),
            _ => Latencies.Contains(subject),
        };
        if (!fits)
        {
            return null;
        }

        // Latencies are in microseconds, processor time in seconds.
        var microseconds = unit switch
        {
            "s" => 1e6,
            "ms" => 1e3,
            _ => 1,
        };
        return unit == "%"
            ? new FailCondition(text, subject, figure, limit, IsRelative: figure != FigureName.Errors)
            : new FailCondition(text, subject, figure, limit * microseconds / (figure == FigureName.Cpu ? 1e6 : 1), IsRelative: false);
    }

    /// <summary>
    /// Checks it at each rate that both baselines have. It is violated if a difference is shown that is greater than the limit. It holds if
    /// such a difference is ruled out or would have been seen. Otherwise it is inconclusive.
    /// </summary>
    /// <param name="report">The comparison.</param>
    /// <exception cref="OperationFailedException">There is no rate at which both baselines have the figure.</exception>
    public IReadOnlyList<ConditionResult> Check(ComparisonReport report)
    {
        var figures = report.Rates.Select(rate => (Rate: rate, Figure: rate.Find(Subject, Figure))).ToList();
        if (figures.TrueForAll(one => one.Figure is null))
        {
            var known = report.Rates.SelectMany(rate => rate.Figures)
                .Where(figure => figure.Figure == Figure)
                .Select(figure => figure.Subject)
                .Distinct()
                .ToList();
            throw new OperationFailedException(
                FailureKind.InvalidRequest,
                $"--fail-on '{Text}': not both baselines have {Figure} of "
                    + $"{Subject}{(known.Count > 0 ? $"; they have it of {string.Join(", ", known)}" : "")}.");
        }

        return [.. figures.Select(one => Check(one.Rate, one.Figure))];
    }

    private ConditionResult Check(RateComparison rate, FigureComparison? figure)
    {
        var where = $"--fail-on '{Text}' at {Figures.Rate(rate.Rate)}/s: ";
        if (figure is null)
        {
            return new ConditionResult(
                Text, rate.Rate, null, ConditionOutcome.Inconclusive, null, $"{where}inconclusive, because it is not in both baselines.");
        }

        var difference = $"{FigureText.WithMargin(figure)} {FigureText.UnitOfDifference(Figure)}"
            + (figure.Figure == FigureName.Errors || figure.Before == 0 ? "" : $" ({FigureText.Percent(figure)})");
        if (figure is not { High: { } high, RoundsFor: { } roundsFor })
        {
            return new ConditionResult(
                Text, rate.Rate, figure.Difference, ConditionOutcome.Inconclusive, null,
                $"{where}{difference}, inconclusive: {figure.Reason}.");
        }

        var limit = IsRelative ? Limit / 100 * figure.Before : Limit;
        var reach = high - figure.Difference;
        var outcome = figure.Verdict == Verdict.Greater && figure.Difference > limit ? ConditionOutcome.Violated
            // A difference greater than the limit is ruled out, or would have been seen.
            : high <= limit || (reach <= limit && figure.Difference <= limit) ? ConditionOutcome.Holds
            : ConditionOutcome.Inconclusive;
        var rounds = outcome == ConditionOutcome.Inconclusive ? roundsFor(Math.Max(figure.Difference, limit)) : null;
        var text = outcome switch
        {
            ConditionOutcome.Violated => "violated",
            ConditionOutcome.Holds => "holds",
            _ => $"inconclusive: {Undecided(rate, figure, rounds)}",
        };
        return new ConditionResult(
            Text, rate.Rate, figure.Difference, outcome, rounds, $"{where}{difference}, {text}{Caveat(rate, outcome)}.");
    }

    private static string Undecided(RateComparison rate, FigureComparison figure, int? rounds) => rounds is { } enough
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"about {enough} rounds would decide it, and there are {Math.Min(rate.RoundsBefore, rate.RoundsAfter)}")
        : figure.Least > 0 ? $"two runs of one system may differ by {FigureText.Value(figure, figure.Least.Value)} "
            + $"{FigureText.UnitOfDifference(figure.Figure)}, so no number of rounds would decide it: measure both in turns"
        : "it would take too many rounds to decide it";

    /// <summary>Says if more requests failed: failures may be faster than the answers that they replace.</summary>
    private string Caveat(RateComparison rate, ConditionOutcome outcome) =>
        outcome == ConditionOutcome.Holds && Latencies.Contains(Subject) && Figure != FigureName.Errors
        && rate.Find(Measure.Page, FigureName.Errors) is { Verdict: Verdict.Greater } errors
            ? $"; but errors rose by {FigureText.Signed(errors, withUnit: true)}, and what fails may be fast"
            : "";

    [GeneratedRegex(
        @"^(?:(?<what>[^:]+):)?(?<figure>p50|p90|p99|p99\.9|errors|cpu):\+(?<limit>[0-9]{1,9}(?:\.[0-9]{1,6})?)(?<unit>%|us|ms|s)\z")]
    private static partial Regex Form();
}
