using OxyPlot;

namespace Bookinfo.Cli.Report;

/// <summary>
/// The colors of plots. OxyPlot draws in colors that stand for others; in the page they become variables of its style sheet, which has one set of values for light
/// and another for dark.
/// </summary>
internal static class PlotColors
{
    private const byte Mark = 0xfe;

    /// <summary>How many colors of series there are.</summary>
    public const int Count = 6;

    private static readonly IReadOnlyList<(OxyColor Color, string Variable)> All =
    [
        (Marker(0), "--ink"), (Marker(1), "--grid"), .. Enumerable.Range(0, Count).Select(index => (Marker((byte)(2 + index)), Variable(index))),
    ];

    /// <summary>Of texts and axes.</summary>
    public static OxyColor Ink => All[0].Color;

    /// <summary>Of the lines behind.</summary>
    public static OxyColor Grid => All[1].Color;

    /// <summary>Of a series.</summary>
    /// <param name="index">The number of the series, from 0.</param>
    public static OxyColor Series(int index) => All[2 + (index % Count)].Color;

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
