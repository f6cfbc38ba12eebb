namespace Bookinfo.Cli.Report;

/// <summary>Tables in Markdown, as GitHub and others have them.</summary>
internal static class MarkdownTable
{
    /// <summary>Writes one.</summary>
    /// <param name="table">The table.</param>
    /// <returns>Its lines.</returns>
    public static IEnumerable<string> Lines(ReportTable table) =>
    [
        Line(table.Headings.Select((_, column) => Text(table.Heading(column)))),
        Line(table.Headings.Select((_, column) => table.IsNumeric(column) ? "--:" : "---")),
        .. table.Rows.Select(row => Line(row.Select(Text))),
    ];

    /// <summary>A text without anything that Markdown or HTML would take for markup.</summary>
    /// <param name="text">The text.</param>
    public static string Text(string text)
    {
        var safe = text.ReplaceLineEndings(" ").Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
        return string.Concat(safe.Select(character => character is '\\' or '|' or '`' or '*' or '_' or '[' or ']' ? $"\\{character}" : $"{character}"));
    }

    private static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";
}
