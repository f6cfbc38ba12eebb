using System.Xml.Linq;

namespace Bookinfo.Measurement;

/// <summary>A table of a report, of which pages, Markdown and terminals have the same.</summary>
/// <param name="Caption">What it is of.</param>
/// <param name="Headings">The headings; one that begins with &gt; is of a column of numbers, written to the right.</param>
/// <param name="Rows">As many cells a row as there are headings.</param>
public sealed record ReportTable(string Caption, IReadOnlyList<string> Headings, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>Whether a column is of numbers.</summary>
    /// <param name="column">The column.</param>
    public bool IsNumeric(int column) => Headings[column].StartsWith('>');

    /// <summary>The heading of a column.</summary>
    /// <param name="column">The column.</param>
    public string Heading(int column) => Headings[column].TrimStart('>');
}

/// <summary>Tables in pages.</summary>
public static class HtmlTable
{
    /// <summary>Makes the element. It scrolls by itself where the screen is too narrow for it.</summary>
    /// <param name="table">The table.</param>
    /// <param name="caption">Whether to show the caption; what stands right below a heading needs none.</param>
    public static XElement Create(ReportTable table, bool caption = true)
    {
        XAttribute? Align(int column) => table.IsNumeric(column) ? new XAttribute("class", "number") : null;
        var scrolling = new XElement(
            "div",
            new XAttribute("class", "scroll"),
            new XAttribute("tabindex", "0"),
            new XAttribute("role", "region"),
            new XAttribute("aria-label", table.Caption),
            new XElement(
                "table",
                new XElement("thead", new XElement("tr", table.Headings.Select(
                    (_, column) => new XElement("th", new XAttribute("scope", "col"), Align(column), table.Heading(column))))),
                new XElement("tbody", table.Rows.Select(row => new XElement(
                    "tr",
                    row.Select((cell, column) => column == 0
                        ? new XElement("th", new XAttribute("scope", "row"), Align(column), cell)
                        : new XElement("td", Align(column), cell)))))));
        // Not the table's own caption, which would scroll with it.
        return caption ? new XElement("div", new XElement("p", new XAttribute("class", "caption"), table.Caption), scrolling) : scrolling;
    }
}

/// <summary>Tables in Markdown, as GitHub and others have them.</summary>
internal static class MarkdownTable
{
    /// <summary>Writes a table.</summary>
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
        var safe = text.ReplaceLineEndings(" ").Replace("&", "&amp;", StringComparison.Ordinal).Replace(
            "<", "&lt;", StringComparison.Ordinal);
        return string.Concat(
            safe.Select(character => character is '\\' or '|' or '`' or '*' or '_' or '[' or ']' ? $"\\{character}" : $"{character}"));
    }

    private static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";
}
