namespace Bookinfo.Foundation;

/// <summary>
/// Tables as text, for terminals and for files. Nothing in them is cut: in a row that does not fit, the last cells go on a separate line
/// below.
/// </summary>
/// <param name="headings">The headings; one that begins with &gt; heads a column of numbers, which is right-aligned.</param>
public sealed class TextTable(params string[] headings)
{
    private const string Gap = "  ";
    private const string Indent = "    ";

    private readonly List<string[]> _rows = [];

    /// <summary>Adds a row.</summary>
    /// <param name="cells">One cell for each heading.</param>
    public void Add(params string[] cells) => _rows.Add([.. cells.Select(PrintableText.Clean)]);

    /// <summary>Formats the table.</summary>
    /// <param name="width">The most characters in a line.</param>
    /// <returns>The lines of each row, the headings first.</returns>
    public IReadOnlyList<IReadOnlyList<string>> Format(int width)
    {
        string[][] rows = [[.. headings.Select(heading => heading.TrimStart('>'))], .. _rows];
        var widths = headings.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        string Cell(string[] row, int column) => headings[column].StartsWith('>')
            ? row[column].PadLeft(widths[column])
            : row[column].PadRight(widths[column]);

        // The last column does not make the others wrap: it alone may be long, and only in some rows.
        string Line(string[] row, int columns) => string.Join(Gap, Enumerable.Range(0, columns).Select(column => Cell(row, column)))
            .TrimEnd();
        return [.. rows.Select(row =>
        {
            var columns = headings.Length;
            while (columns > 1 && Line(row, columns).Length > width)
            {
                columns--;
            }

            var rest = string.Join(Gap, row.Skip(columns));
            return (IReadOnlyList<string>)(rest.Length == 0 ? [Line(row, columns)] : [Line(row, columns), Indent + rest]);
        })];
    }
}
