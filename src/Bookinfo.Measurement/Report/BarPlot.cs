using OxyPlot.Axes;
using OxyPlot.Series;

namespace Bookinfo.Measurement;

/// <summary>Bars with error bars: groups of them side by side, as percentiles of hops or what services use at each rate.</summary>
internal static class BarPlot
{
    private const double BarHeight = 13;
    private const double GroupGap = 12;
    private const double Frame = 66;

    /// <summary>Draws a plot.</summary>
    /// <param name="id">The id of the figure.</param>
    /// <param name="title">The title of the figure.</param>
    /// <param name="note">What there is to know for reading it.</param>
    /// <param name="unit">The unit of the values.</param>
    /// <param name="groups">The names of the groups, from top to bottom.</param>
    /// <param name="series">Names, and a value for each group; <see langword="null"/> where there is none.</param>
    /// <param name="format">Writes a value for the table.</param>
    public static PlotFigure Create(
        string id,
        string title,
        string note,
        string unit,
        IReadOnlyList<string> groups,
        IReadOnlyList<(string Name, IReadOnlyList<Estimate?> Values)> series,
        Func<Estimate, string> format)
    {
        var model = PlotFigure.NewModel(groups.Max(group => group.Length));
        var names = PlotFigure.Style(
            new CategoryAxis { Position = AxisPosition.Left, GapWidth = GroupGap / (series.Count * BarHeight) }, grid: false);
        // OxyPlot begins at the bottom, both with the groups and within them.
        names.Labels.AddRange(groups.Reverse());
        model.Axes.Add(names);
        model.Axes.Add(
            PlotFigure.Style(new LinearAxis { Position = AxisPosition.Bottom, Title = unit, Minimum = 0, MaximumPadding = 0.05 }));
        foreach (var (index, (name, values)) in series.Index().Reverse())
        {
            var bars = new ErrorBarSeries
            {
                Title = name,
                FillColor = PlotColors.Series(index),
                ErrorStrokeThickness = 1,
                StrokeColor = PlotColors.Ink,
                StrokeThickness = 0,
            };
            bars.Items.AddRange(
                values.Reverse().Select(value => new ErrorBarItem { Value = value?.Mean ?? double.NaN, Error = value?.Margin() ?? 0 }));
            model.Series.Add(bars);
        }

        return new PlotFigure(id, title, note, model, [.. series.Select(one => one.Name)], new ReportTable(
            $"{title}, in {unit}",
            ["", .. series.Select(one => $">{one.Name}")],
            [.. groups.Select((group, row) =>
                (IReadOnlyList<string>)[group, .. series.Select(one => one.Values[row] is { } value ? format(value) : Figures.Unknown)])]))
        {
            Height = Frame + (groups.Count * ((series.Count * BarHeight) + GroupGap)),
        };
    }
}
