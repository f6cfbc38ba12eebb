using System.Globalization;
using Bookinfo.Foundation;

namespace Bookinfo.Measurement;

/// <summary>A comparison in words and as text for a terminal, in lines of at most 80 characters.</summary>
public static class ComparisonText
{
    private const int Width = 80;

    /// <summary>Describes a baseline in a line.</summary>
    /// <param name="baseline">The baseline.</param>
    public static string Describe(ComparedBaseline baseline) => string.Create(
        CultureInfo.InvariantCulture,
        $"{baseline.Name}, {baseline.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm} "
        + $"UTC{(baseline.Mesh.Count > 0 ? $", with {string.Join(", ", baseline.Mesh)}" : "")}, {baseline.File}");

    /// <summary>What a comparison of two separate runs cannot see.</summary>
    public static string LimitsOfTwoRuns { get; } = string.Create(
        CultureInfo.InvariantCulture,
        $"Two runs of one system differ by up to {Share(SmallestDifference.MedianShare)} of a median, and "
        + $"{Share(SmallestDifference.TailShare)} of other percentiles: smaller differences cannot be seen here. 'bookinfo baseline "
        + $"URL-A URL-B' measures both in turns, which avoids this.");

    /// <summary>What a comparison in turns can see.</summary>
    public const string LimitsOfTurns =
        "Both were measured in one run, in turns of one request, so whatever else the machine did affected both alike.";

    /// <summary>How the systems were compared and how to read it.</summary>
    /// <param name="report">The comparison.</param>
    public static IReadOnlyList<string> Method(ComparisonReport report) =>
    [
        report.InTurns
            ? "A round is one observation. Its difference at p50 is the median of the differences within pairs of requests, one to each "
                + "system, at nearly the same time and answered by the same version of reviews. At other percentiles it is the difference "
                + "between the percentiles of the two systems. The difference is the mean over all rounds. The values before and after "
                + "are, as in a baseline, means over the rounds without the lowest and the highest fifth, so they may differ by a little "
                + "more or less."
            : "A round is one observation. Figures are means over the rounds without the lowest and the highest fifth of them.",
        string.Create(
            CultureInfo.InvariantCulture,
            $"± is half the width of an interval by Student's t. The intervals are wide enough for all {report.Tests} tested figures: "
            + $"with a probability of {Share(report.Confidence)} every true difference is in its interval. A difference is shown if 0 is "
            + $"outside its interval."),
        .. report.InTurns ? Array.Empty<string>() :
        [
            string.Create(
                CultureInfo.InvariantCulture,
                $"± includes what two runs of one system may differ by. p50: {Share(SmallestDifference.MedianShare)}, at least "
                + $"{SmallestDifference.MedianMicroseconds / 1e3:0.##} ms. Other percentiles: {Share(SmallestDifference.TailShare)}, at "
                + $"least {SmallestDifference.TailMicroseconds / 1e3:0.##} ms. All: at least as long as the generator itself waited for a "
                + $"processor at that percentile. CPU: {Share(SmallestDifference.Cpu)}. Errors: {SmallestDifference.Errors} percentage "
                + $"points."),
        ],
        .. report.Rates.Any(static rate => rate.Figures.Any(static figure => figure.Figure == FigureName.Cpu))
            ? [BaselineText.LowRates]
            : Array.Empty<string>(),
        "'no more than': the interval contains 0 and no difference that would matter. 'inconclusive': it contains both 0 and a difference "
            + "that would matter.",
    ];

    /// <summary>The comparison as text: first what differs and what is inconclusive, then how it was measured.</summary>
    /// <param name="report">The comparison.</param>
    /// <param name="all">Whether to show all figures, not only those that differ or are inconclusive.</param>
    public static IEnumerable<string> Lines(ComparisonReport report, bool all)
    {
        List<string> lines =
        [
            report.Limits, "", $"BEFORE  {Describe(report.Before)}", $"AFTER   {Describe(report.After)}", "", .. report.Headline,
        ];
        foreach (var warning in report.Warnings)
        {
            lines.AddRange(["", $"Warning: {warning}"]);
        }

        bool Choose(FigureComparison figure) => all
            ? figure.Figure != FigureName.Mean
            : figure.IsShown || figure.Verdict == Verdict.Inconclusive;
        var tables = report.Rates
            .SelectMany(rate => new[]
            {
                ComparisonTables.Latencies(rate, Choose, wide: false), ComparisonTables.Others(rate, Choose, wide: false),
            })
            .Concat(all ? [ComparisonTables.Services(report)] : []);
        foreach (var table in tables.Where(table => table.Rows.Count > 0))
        {
            lines.AddRange(["", table.Caption]);
            var text = new TextTable([.. table.Headings]);
            foreach (var row in table.Rows)
            {
                text.Add([.. row]);
            }

            lines.AddRange(text.Format(Width).SelectMany(row => row));
        }

        if (!all && Folded(report) is { } folded)
        {
            lines.AddRange(["", folded]);
        }

        lines.Add("");
        lines.AddRange(Method(report));
        if (report.Conditions.Count > 0)
        {
            lines.AddRange(["", .. report.Conditions.Select(condition => condition.Text)]);
        }

        // Again at the end, because a terminal shows the last lines.
        lines.AddRange(["", .. report.Headline]);
        return lines.SelectMany(LoadText.Wrap);
    }

    private static string? Folded(ComparisonReport report)
    {
        var same = report.Rates.SelectMany(rate => rate.Figures).Where(figure => figure.Verdict == Verdict.Same).ToList();
        return same.Count == 0 ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"No difference that matters: {same.Count} of {report.Tests} figures. --all shows each, and how great its difference may be.");
    }

    private static string Share(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.##}%");
}

/// <summary>A comparison in Markdown, for a pull request.</summary>
public static class ComparisonMarkdown
{
    /// <summary>Creates the text.</summary>
    /// <param name="report">The comparison.</param>
    public static string Create(ComparisonReport report)
    {
        List<string> lines =
        [
            $"# Comparison: {MarkdownTable.Text(report.Before.Name)} and {MarkdownTable.Text(report.After.Name)}", "",
            MarkdownTable.Text(report.Limits), "",
            .. report.Headline.Select(sentence => $"- {MarkdownTable.Text(sentence)}"),
            .. report.Warnings.Select(warning => $"- Warning: {MarkdownTable.Text(warning)}"),
            .. report.Conditions.Select(condition => $"- {MarkdownTable.Text(condition.Text)}"),
        ];
        foreach (var table in report.Rates
            .SelectMany(rate => new[]
            {
                ComparisonTables.Latencies(rate, static _ => true, wide: true), ComparisonTables.Others(rate, static _ => true, wide: true),
            })
            .Append(ComparisonTables.Services(report))
            .Where(table => table.Rows.Count > 0))
        {
            lines.AddRange(["", $"**{MarkdownTable.Text(table.Caption)}**", "", .. MarkdownTable.Lines(table)]);
        }

        lines.AddRange(
            ["", "**How it was compared**", "", .. ComparisonText.Method(report).Select(sentence => $"- {MarkdownTable.Text(sentence)}")]);
        lines.AddRange(
        [
            "", $"- Before: {MarkdownTable.Text(ComparisonText.Describe(report.Before))}",
            $"- After: {MarkdownTable.Text(ComparisonText.Describe(report.After))}",
        ]);
        return string.Join('\n', lines) + "\n";
    }
}

/// <summary>The outcome of a comparison in sentences, with the differences that are shown.</summary>
internal static class ComparisonHeadline
{
    /// <summary>Writes the headline.</summary>
    /// <param name="rates">What differs at each rate.</param>
    /// <returns>Sentences, at least one.</returns>
    public static IReadOnlyList<string> Of(IReadOnlyList<RateComparison> rates)
    {
        var figures = rates.SelectMany(rate => rate.Figures).Where(figure => figure.IsTested).ToList();
        if (figures.Count == 0)
        {
            return ["No test was possible."];
        }

        return
        [
            .. figures.Exists(figure => figure.IsShown) ? rates.Select(Of)
                : figures.TrueForAll(figure => figure.Verdict == Verdict.Same) ? ["No difference that matters."]
                : [],
            .. Untold(figures) is { } untold ? [untold] : Array.Empty<string>(),
        ];
    }

    /// <summary>Says how many figures are inconclusive, with the reasons.</summary>
    private static string? Untold(List<FigureComparison> figures)
    {
        var untold = figures.Where(figure => figure.Verdict == Verdict.Inconclusive).ToList();
        if (untold.Count == 0)
        {
            return null;
        }

        var reasons = untold.GroupBy(figure => figure.Reason).OrderByDescending(group => group.Count()).Select(
            group => string.Create(CultureInfo.InvariantCulture, $"{group.Key} ({group.Count()})"));
        var rounds = untold.Max(figure => figure.RoundsNeeded);
        var enough = untold.TrueForAll(figure => figure.RoundsNeeded is not null) && rounds is { } most
            ? string.Create(CultureInfo.InvariantCulture, $" About {most} rounds would be enough.")
            : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Inconclusive: {untold.Count} of {figures.Count} figures, which may hide differences that matter. Reasons: "
            + $"{string.Join(", ", reasons)}.{enough}");
    }

    private static string Of(RateComparison rate)
    {
        List<string> parts = [];
        var page = Shown(rate, [Measure.Page], FigureName.P50, FigureName.P90, FigureName.P99, FigureName.P999);
        if (page.Count > 0)
        {
            parts.Add(
                "the page takes " + string.Join(", ", page.Select(figure =>
                    $"{FigureText.Longer(figure)} at {figure.Figure} ({FigureText.Percent(figure)})")));
        }

        // The innermost call first: if it is slow, the calls that contain it are slow, too.
        var hops = rate.Figures.Select(figure => figure.Subject)
            .Distinct()
            .Where(Measure.IsHop)
            .Reverse()
            .SelectMany(hop => Shown(rate, [hop], FigureName.P50, FigureName.P90, FigureName.P99).Take(1))
            .ToList();
        if (hops.Count > 0)
        {
            parts.Add(
                "by hop " + string.Join(", ", hops.Select(figure =>
                    $"{figure.Subject} {FigureText.Signed(figure, withUnit: true)} at {figure.Figure}")));
        }

        foreach (var figure in Shown(rate, [FigureComparison.AllServices], FigureName.Cpu))
        {
            var sidecars = rate.Find(figure.Subject, FigureName.SidecarCpu);
            parts.Add($"CPU for 1,000 pages {FigureText.Percent(figure)}"
                + (sidecars is { Difference: > 0 } ? $", of it {FigureText.Signed(sidecars, withUnit: true)} by sidecars" : ""));
        }

        parts.AddRange(
            Shown(rate, [Measure.Page], FigureName.Errors).Select(figure => $"errors {FigureText.Signed(figure, withUnit: true)}"));
        var others = rate.Figures.Count(figure => figure.IsShown);
        return $"At {Figures.Rate(rate.Rate)}/s: "
            + $"{(parts.Count > 0 ? string.Join("; ", parts) : others > 0 ? "only the figures below differ" : "no difference is shown")}.";
    }

    private static List<FigureComparison> Shown(RateComparison rate, string[] subjects, params string[] figures) =>
        [.. rate.Figures.Where(figure => figure.IsShown && subjects.Contains(figure.Subject) && figures.Contains(figure.Figure))];
}
