using System.Globalization;
using System.Text.RegularExpressions;
using Bookinfo.Foundation;

namespace Bookinfo.Measurement;

/// <summary>A condition of <c>--fail-on</c>: how much greater a figure may become.</summary>
/// <param name="Text">As it was given.</param>
/// <param name="Subject">What the figure is of.</param>
/// <param name="Figure">One of <see cref="FigureName.Tested"/>.</param>
/// <param name="Limit">The greatest difference that it allows: in percent of what it was before, or in the unit of the figure.</param>
/// <param name="IsRelative">Whether the limit is in percent of what it was before.</param>
public sealed partial record FailCondition(string Text, string Subject, string Figure, double Limit, bool IsRelative)
{
    /// <summary>How to write one.</summary>
    public const string Grammar =
        "must be [what:]figure:+limit, such as p99:+20%, 'reviews->ratings:p50:+1ms', errors:+1% or cpu:+30%. Figures are p50, p90, p99, p99.9, errors and cpu; "
        + "limits are in %, us, ms or s, of errors in percentage points. What is page if nothing is said, server, a hop such as productpage->details, or of cpu a service such as details-v1";

    private static readonly string[] Latencies = [.. Measure.All.Where(measure => measure != Measure.PageFromSend)];

    /// <summary>Parses a condition.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The condition, or <see langword="null"/> when it is none.</returns>
    public static FailCondition? TryParse(string text)
    {
        if (Form().Match(text) is not { Success: true } match
            || !double.TryParse(match.Groups["limit"].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var limit))
        {
            return null;
        }

        var figure = match.Groups["figure"].Value;
        var unit = match.Groups["unit"].Value;
        var subject = match.Groups["what"] is { Success: true } what ? what.Value : figure == FigureName.Cpu ? FigureComparison.AllServices : Measure.Page;
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

    /// <summary>Holds a comparison against it, at each rate at which the figure is tested.</summary>
    /// <param name="report">The comparison.</param>
    /// <exception cref="OperationFailedException">It cannot be told whether the condition holds: that is not a success.</exception>
    public IReadOnlyList<ConditionResult> Check(ComparisonReport report)
    {
        var figures = report.Rates.Select(rate => (rate.Rate, Figure: rate.Find(Subject, Figure))).Where(one => one.Figure is not null).ToList();
        if (figures.Count == 0)
        {
            var known = report.Rates.SelectMany(rate => rate.Figures).Where(figure => figure.Figure == Figure).Select(figure => figure.Subject).Distinct().ToList();
            throw Unknowable($"not both baselines have {Figure} of {Subject}{(known.Count > 0 ? $"; they have it of {string.Join(", ", known)}" : "")}");
        }

        var tested = figures.Where(one => one.Figure!.IsTested).ToList();
        return tested.Count > 0
            ? [.. tested.Select(one => Check(one.Rate, one.Figure!))]
            : throw Unknowable($"{Figure} of {Subject} cannot be tested: it takes two rounds in each baseline, and for a percentile steps so long that requests lie above it");
    }

    private ConditionResult Check(double rate, FigureComparison figure)
    {
        var exceeded = IsRelative ? figure.Difference > 0 && figure.Difference > Limit / 100 * figure.Before : figure.Difference > Limit;
        var violated = exceeded && figure.Shown;
        var difference = figure.Figure == FigureName.Errors || figure.Before == 0
            ? FigureText.Signed(figure, withUnit: true)
            : $"{FigureText.Signed(figure, withUnit: true)} ({FigureText.Percent(figure)})";
        var verdict = violated ? "violated" : exceeded ? "not violated, as this difference is not shown" : "holds";
        return new ConditionResult(Text, rate, figure.Difference, figure.Shown, exceeded, violated, $"--fail-on '{Text}' at {Figures.Rate(rate)}/s: {difference}, {verdict}.");
    }

    private OperationFailedException Unknowable(string why) => new(FailureKind.InvalidRequest, $"--fail-on '{Text}': {why}.");

    [GeneratedRegex(@"^(?:(?<what>[^:]+):)?(?<figure>p50|p90|p99|p99\.9|errors|cpu):\+(?<limit>[0-9]{1,9}(?:\.[0-9]{1,6})?)(?<unit>%|us|ms|s)$")]
    private static partial Regex Form();
}
