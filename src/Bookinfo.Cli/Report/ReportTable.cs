namespace Bookinfo.Cli.Report;

/// <summary>A table of a report, of which pages, Markdown and terminals have the same.</summary>
/// <param name="Caption">What it is of.</param>
/// <param name="Headings">The headings; one that begins with &gt; is of a column of numbers, written to the right.</param>
/// <param name="Rows">As many cells a row as there are headings.</param>
internal sealed record ReportTable(string Caption, IReadOnlyList<string> Headings, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>Whether a column is of numbers.</summary>
    /// <param name="column">The column.</param>
    public bool IsNumeric(int column) => Headings[column].StartsWith('>');

    /// <summary>The heading of a column.</summary>
    /// <param name="column">The column.</param>
    public string Heading(int column) => Headings[column].TrimStart('>');
}
