using System.Globalization;
using Bookinfo.Foundation;

namespace Bookinfo.Measurement;

/// <summary>A comparison in words and as text for a terminal, of which no line has more than 80 characters.</summary>
public static class ComparisonText
{
    private const int Width = 80;

    /// <summary>What a baseline is, in a line.</summary>
    /// <param name="baseline">The baseline.</param>
    public static string Describe(ComparedBaseline baseline) => string.Create(
        CultureInfo.InvariantCulture,
        $"{baseline.Name}, {baseline.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm} "
        + $"UTC{(baseline.Mesh.Count > 0 ? $", with {string.Join(", ", baseline.Mesh)}" : "")}, {baseline.File}");

    /// <summary>How the baselines were compared and how to read it.</summary>
    /// <param name="report">The comparison.</param>
    public static IReadOnlyList<string> Method(ComparisonReport report) =>
    [
        $"A round is one observation. Figures are means over the rounds without the lowest and the highest fifth of them; ± is half of "
        + $"the {Share(report.Confidence)} confidence interval of the difference, each for itself.",
        string.Create(
            CultureInfo.InvariantCulture,
            $"A difference is shown when it is greater than the smallest one that counts by Welch's t-test of trimmed means, corrected by "
            + $"Holm for the {report.Tests} figures that are tested: with a probability of {Share(1 - report.Level)} nothing is "
            + $"shown where nothing is."),
        string.Create(
            CultureInfo.InvariantCulture,
            $"The smallest difference that counts is what two baselines of the same system differ by. p50: "
            + $"{Share(SmallestDifference.MedianShare)}, at least {SmallestDifference.MedianMicroseconds / 1e3:0.##} ms. Other "
            + $"percentiles: {Share(SmallestDifference.TailShare)}, at least {SmallestDifference.TailMicroseconds / 1e3:0.##} ms. All: at "
            + $"least as long as the generator itself waited for a processor at that percentile. CPU: {Share(SmallestDifference.Cpu)}. "
            + $"Errors: {SmallestDifference.Errors} percentage points."),
        $"'{FigureText.NotShown}' does not say that there is none: it may be smaller than these rounds can tell from chance, and the "
        + $"interval says how great it may be.",
    ];

    /// <summary>The whole as text.</summary>
    /// <param name="report">The comparison.</param>
    public static IEnumerable<string> Lines(ComparisonReport report)
    {
        List<string> lines = [$"BEFORE  {Describe(report.Before)}", $"AFTER   {Describe(report.After)}", "", .. report.Headline];
        foreach (var warning in report.Warnings)
        {
            lines.AddRange(["", $"Warning: {warning}"]);
        }

        foreach (var table in report.Rates
            .SelectMany(rate => new[] { ComparisonTables.Latencies(rate, wide: false), ComparisonTables.Others(rate, wide: false) })
            .Append(ComparisonTables.Services(report))
            .Where(table => table.Rows.Count > 0))
        {
            lines.AddRange(["", table.Caption]);
            var text = new TextTable([.. table.Headings]);
            foreach (var row in table.Rows)
            {
                text.Add([.. row]);
            }

            lines.AddRange(text.Format(Width).SelectMany(row => row));
        }

        lines.Add("");
        lines.AddRange(Method(report));
        if (report.Conditions.Count > 0)
        {
            lines.AddRange(["", .. report.Conditions.Select(condition => condition.Text)]);
        }

        return lines.SelectMany(LoadText.Wrap);
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
            .. report.Headline.Select(sentence => $"- {MarkdownTable.Text(sentence)}"),
            .. report.Warnings.Select(warning => $"- Warning: {MarkdownTable.Text(warning)}"),
            .. report.Conditions.Select(condition => $"- {MarkdownTable.Text(condition.Text)}"),
        ];
        foreach (var table in report.Rates
            .SelectMany(rate => new[] { ComparisonTables.Latencies(rate, wide: true), ComparisonTables.Others(rate, wide: true) })
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

/// <summary>What is to be said of a comparison before any table: only what is shown.</summary>
internal static class ComparisonHeadline
{
    /// <summary>Writes the headline.</summary>
    /// <param name="rates">What differs at each rate.</param>
    /// <returns>Sentences, at least one.</returns>
    public static IReadOnlyList<string> Of(IReadOnlyList<RateComparison> rates)
    {
        var figures = rates.SelectMany(rate => rate.Figures).ToList();
        return !figures.Exists(figure => figure.IsTested) ? ["No test was possible."]
            : !figures.Exists(figure => figure.Shown) ? ["No difference shown."]
            : [.. rates.Select(Of)];
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

        // The deepest call first: what is slow there makes those above it slow.
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
            parts.Add($"CPU for 1,000 requests {FigureText.Percent(figure)}"
                + (sidecars is { Difference: > 0 } ? $", of it {FigureText.Signed(sidecars, withUnit: true)} by sidecars" : ""));
        }

        parts.AddRange(
            Shown(rate, [Measure.Page], FigureName.Errors).Select(figure => $"errors {FigureText.Signed(figure, withUnit: true)}"));
        var others = rate.Figures.Count(figure => figure.Shown);
        return $"At {Figures.Rate(rate.Rate)}/s: "
            + $"{(parts.Count > 0 ? string.Join("; ", parts) : others > 0 ? "only the figures below differ" : "no difference is shown")}.";
    }

    private static List<FigureComparison> Shown(RateComparison rate, string[] subjects, params string[] figures) =>
        [.. rate.Figures.Where(figure => figure.Shown && subjects.Contains(figure.Subject) && figures.Contains(figure.Figure))];
}
