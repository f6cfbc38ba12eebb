using System.Xml.Linq;

namespace Bookinfo.Cli.Report;

/// <summary>Tables in pages.</summary>
internal static class HtmlTable
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
                new XElement("thead", new XElement("tr", table.Headings.Select((_, column) => new XElement("th", new XAttribute("scope", "col"), Align(column), table.Heading(column))))),
                new XElement("tbody", table.Rows.Select(row => new XElement(
                    "tr",
                    row.Select((cell, column) => column == 0
                        ? new XElement("th", new XAttribute("scope", "row"), Align(column), cell)
                        : new XElement("td", Align(column), cell)))))));
        // Not the table's own caption, which would scroll with it.
        return caption ? new XElement("div", new XElement("p", new XAttribute("class", "caption"), table.Caption), scrolling) : scrolling;
    }
}
