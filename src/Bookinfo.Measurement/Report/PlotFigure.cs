using System.Globalization;
using System.Xml.Linq;
using OxyPlot;

namespace Bookinfo.Measurement;

/// <summary>
/// A plot of a page, with its legend and with its figures as a table for those who cannot see it or want to know exactly.
/// </summary>
/// <param name="Id">Unique in the page, of letters, digits and -.</param>
/// <param name="Title">What it shows.</param>
/// <param name="Note">What there is to know for reading it.</param>
/// <param name="Model">The plot.</param>
/// <param name="Legend">The names of its series; with one or none there is no legend.</param>
/// <param name="Table">Its figures.</param>
internal sealed record PlotFigure(string Id, string Title, string Note, PlotModel Model, IReadOnlyList<string> Legend, ReportTable Table)
{
    /// <summary>The width that it is drawn for. A phone shows it a little smaller, a wide screen a little larger.</summary>
    public const double Width = 480;

    /// <summary>Its usual height.</summary>
    public const double UsualHeight = 320;

    private const double FontSize = 13;

    /// <summary>
    /// What a letter takes in the widest of the fonts that a page may be shown in; OxyPlot knows one font only, a narrow one.
    /// </summary>
    private const double LetterWidth = 8;

    /// <summary>How high it is.</summary>
    public double Height { get; init; } = UsualHeight;

    /// <summary>Makes a plot without anything in it.</summary>
    /// <param name="labels">The length of the longest label of the axis to the left, in letters.</param>
    public static PlotModel NewModel(int labels = 5) => new()
    {
        DefaultFont = "inherit",
        DefaultFontSize = FontSize,
        TextColor = PlotColors.Ink,
        PlotAreaBorderThickness = new OxyThickness(0),
        Background = OxyColors.Undefined,
        Padding = new OxyThickness(4, 0, 0, 0),
        PlotMargins = new OxyThickness((labels * LetterWidth) + 14, 8, 18, 50),
    };

    /// <summary>Gives an axis the look that all have.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="grid">Whether lines go across the plot from its ticks.</param>
    public static T Style<T>(T axis, bool grid = true)
        where T : OxyPlot.Axes.Axis
    {
        axis.TicklineColor = PlotColors.Grid;
        axis.AxislineStyle = LineStyle.Solid;
        axis.AxislineColor = PlotColors.Grid;
        axis.MajorGridlineStyle = grid ? LineStyle.Solid : LineStyle.None;
        axis.MajorGridlineColor = PlotColors.Grid;
        axis.MinorTickSize = 0;
        axis.MajorTickSize = 4;
        axis.AxisTitleDistance = 12;
        axis.IsZoomEnabled = axis.IsPanEnabled = false;
        return axis;
    }

    /// <summary>Makes the element.</summary>
    public XElement ToHtml() => new(
        "figure",
        new XElement("h3", Title),
        Legend.Count < 2 ? null : new XElement("ul", new XAttribute("class", "legend"), Legend.Select((name, index) => new XElement(
            "li", new XElement("span", new XAttribute("class", "swatch"), new XAttribute(
                "style", $"background:var({PlotColors.Variable(index)})")), name))),
        Svg(),
        new XElement("figcaption", Note),
        new XElement("details", new XElement("summary", "Figures"), HtmlTable.Create(Table, caption: false)));

    private XElement Svg()
    {
        var drawn = XElement.Parse(new SvgExporter { Width = Width, Height = Height, IsDocument = false }.ExportToString(Model));
        var svg = WithoutNamespace(drawn);
        svg.ReplaceAttributes(
            new XAttribute("viewBox", string.Create(CultureInfo.InvariantCulture, $"0 0 {Width} {Height}")),
            new XAttribute("role", "img"),
            new XAttribute("aria-label", $"{Title}. The figures are in the table below."));
        svg.AddFirst(new XElement("title", Title));
        return svg;
    }

    /// <summary>In a page svg needs no namespace. Ids have to be different in all plots of it.</summary>
    private XElement WithoutNamespace(XElement element) => new(
        element.Name.LocalName,
        element.Attributes()
            .Where(attribute => !attribute.IsNamespaceDeclaration)
            .Select(attribute => new XAttribute(attribute.Name.LocalName, attribute.Name.LocalName == "id"
            ? $"{Id}-{attribute.Value}"
            : PlotColors.Replace(attribute.Value).Replace("url(#", $"url(#{Id}-", StringComparison.Ordinal))),
        element.Nodes().Select(node => node is XElement child ? WithoutNamespace(child) : node));
}

/// <summary>
/// The colors of plots. OxyPlot draws in colors that stand for others; in the page they become variables of its style sheet, which has one
/// set of values for light and another for dark.
/// </summary>
internal static class PlotColors
{
    private const byte Mark = 0xfe;
    private const int FirstSeries = 3;

    /// <summary>How many colors of series there are.</summary>
    public const int Count = 6;

    private static readonly IReadOnlyList<(OxyColor Color, string Variable)> All =
    [
        (Marker(0), "--ink"), (Marker(1), "--grid"), (Marker(2), "--fault"), .. Enumerable.Range(0, Count).Select(
            index => (Marker((byte)(FirstSeries + index)), Variable(index))),
    ];

    /// <summary>Of texts and axes.</summary>
    public static OxyColor Ink => All[0].Color;

    /// <summary>Of the lines behind.</summary>
    public static OxyColor Grid => All[1].Color;

    /// <summary>Of the ground behind what broke.</summary>
    public static OxyColor Fault => All[2].Color;

    /// <summary>Of a series.</summary>
    /// <param name="index">The number of the series, from 0.</param>
    public static OxyColor Series(int index) => All[FirstSeries + (index % Count)].Color;

    /// <summary>The variable of the style sheet for a series.</summary>
    /// <param name="index">The number of the series, from 0.</param>
    public static string Variable(int index) => $"--series-{index % Count}";

    /// <summary>Puts variables in the places of the colors that stand for them.</summary>
    /// <param name="style">A value out of the SVG.</param>
    public static string Replace(string style)
    {
        foreach (var (color, variable) in All)
        {
            style = style.Replace($"rgb({color.R},{color.G},{color.B})", $"var({variable})", StringComparison.Ordinal);
        }

        return style;
    }

    private static OxyColor Marker(byte number) => OxyColor.FromRgb(Mark, number, Mark);
}
