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
        $"A round is one observation. Figures are means over the rounds without the lowest and the highest fifth of them; ± is half of the "
        + $"{Share(report.Confidence)} confidence interval of the difference, each for itself.",
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
