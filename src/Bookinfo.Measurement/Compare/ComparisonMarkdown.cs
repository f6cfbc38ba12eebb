namespace Bookinfo.Measurement;

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
