namespace Bookinfo.Measurement;

/// <summary>A baseline in Markdown, for a pull request.</summary>
public static class BaselineMarkdown
{
    /// <summary>The tables, the environment, the settings and the notes of a baseline, as a document.</summary>
    /// <param name="baseline">The baseline.</param>
    public static string Create(BaselineFile baseline)
    {
        ReportTable[] tables =
        [
            BaselineTables.Page(baseline),
            BaselineTables.Errors(baseline),
            .. baseline.Summary.Select(rate => BaselineTables.Latencies(rate)),
            BaselineTables.Use(baseline),
            BaselineTables.Services(baseline),
        ];
        List<string> lines = [$"# Baseline: {MarkdownTable.Text(baseline.Name)}", "", MarkdownTable.Text(BaselineText.Lead(baseline))];
        foreach (var table in tables.Where(table => table.Rows.Count > 0))
        {
            lines.AddRange(["", $"**{MarkdownTable.Text(table.Caption)}**", "", .. MarkdownTable.Lines(table)]);
        }

        Add("Environment", BaselineText.Environment(baseline).Select(fact => $"{fact.Name}: {fact.Value}"));
        Add("Settings", BaselineText.Settings(baseline.Settings).Select(fact => $"{fact.Name}: {fact.Value}"));
        Add("Notes", baseline.Notes);
        return string.Join('\n', lines) + "\n";

        void Add(string heading, IEnumerable<string> items)
        {
            if (items.Any())
            {
                lines.AddRange(["", $"**{heading}**", "", .. items.Select(item => $"- {MarkdownTable.Text(item)}")]);
            }
        }
    }
}
