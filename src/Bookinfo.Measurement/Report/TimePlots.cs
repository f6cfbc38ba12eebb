using System.Globalization;
using Bookinfo.Load;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace Bookinfo.Measurement;

/// <summary>Plots of a run over time. The ground behind a phase that broke has another color.</summary>
/// <param name="phases">The phases of the run.</param>
/// <param name="slices">Its requests by when they were due, in order and without gaps.</param>
internal sealed class TimePlots(IReadOnlyList<PhaseFigures> phases, IReadOnlyList<LoadStretch> slices)
{
    private const double MicrosecondsPerMillisecond = 1000;
    private const double LineWidth = 1.5;

    /// <summary>With more phases, there is room for the names of those that broke only, and for no more of these than so many.</summary>
    private const int MostNames = 6;

    /// <summary>How much higher than its highest point a plot is, so that the names of the phases have room.</summary>
    private const double RoomForNames = 1.15;

    private static readonly double[] Percentages = [50, 90, 99];

    /// <summary>Latency from due time: percentiles that enough requests lie beyond, and the longest.</summary>
    public PlotFigure Latency()
    {
        var values = slices.Select(slice => slice.Sent > 0 ? Percentiles.Of(slice.FromDue) : null).ToList();
        var percentages = Percentages.Where(percentage => values.Exists(value => value?.At(percentage) is not null)).ToList();
        (string Name, IReadOnlyList<double?> Values)[] lines =
        [
            .. percentages.Select(percentage => (
                string.Create(CultureInfo.InvariantCulture, $"p{percentage:0}"),
                (IReadOnlyList<double?>)[.. values.Select(value => value?.At(percentage) / MicrosecondsPerMillisecond)])),
            ("longest", [.. values.Select(value => value?.Max / MicrosecondsPerMillisecond)]),
        ];
        return Create(
            "latency", "Latency from due time", "ms",
            "Milliseconds on a logarithmic scale, by when requests were due. A percentile is drawn where at least ten requests lie beyond "
                + "it.",
            new LatencyAxis([.. lines.SelectMany(line => line.Values).OfType<double>()]), lines);
    }

    /// <summary>Rates: what fell due and was sent, what ended, what failed.</summary>
    public PlotFigure Rate()
    {
        (string Name, IReadOnlyList<double?> Values)[] lines =
        [
            ("due and sent", [.. slices.Select(slice => (double?)(slice.Sent / Length(slice)))]),
            ("ended", [.. slices.Select(slice => (double?)(slice.Ended / Length(slice)))]),
            ("failed", [.. slices.Select(slice => (double?)(slice.Failed / Length(slice)))]),
        ];
        var highest = lines.SelectMany(line => line.Values).OfType<double>().Max();
        return Create(
            "rate", "Requests", "requests/s",
            "Requests per second: sent by when they were due, ended at that time, and failed by when they were due.",
            new LinearAxis { Position = AxisPosition.Left, Minimum = 0, Maximum = highest * RoomForNames }, lines);
    }

    private PlotFigure Create(
        string id, string title, string unit, string note, Axis vertical, IReadOnlyList<(string Name, IReadOnlyList<double?> Values)> lines)
    {
        var model = PlotFigure.NewModel();
        model.Axes.Add(PlotFigure.Style(new LinearAxis
        {
            Position = AxisPosition.Bottom,
            Title = "seconds since the start",
            Minimum = 0,
            Maximum = slices[^1].To,
        }));
        model.Axes.Add(PlotFigure.Style(vertical));
        foreach (var phase in phases)
        {
            model.Annotations.Add(Ground(phase, vertical.Maximum));
        }

        foreach (var (index, (name, values)) in lines.Index())
        {
            var line = new LineSeries { Title = name, Color = PlotColors.Series(index), StrokeThickness = LineWidth };
            line.Points.AddRange(slices.Zip(values, static (slice, value) =>
                value is { } known ? new DataPoint((slice.From + slice.To) / 2, known) : DataPoint.Undefined));
            model.Series.Add(line);
        }

        var (first, others) = LoadVerdict.Broken(phases);
        return new PlotFigure(
            id, title,
            first is null ? note : $"{note} Broke: {first.Name}{(others is null ? "" : $", {others}")}.",
            model,
            [.. lines.Select(line => line.Name)],
            new ReportTable(
                $"{title}, in {unit}",
                [">from", ">to", .. lines.Select(line => $">{line.Name}")],
                [
                    .. slices.Select((slice, row) => (IReadOnlyList<string>)
                    [
                        Seconds(slice.From), Seconds(slice.To),
                        .. lines.Select(line => line.Values[row] is { } value ? Figures.Number(value) : Figures.Unknown),
                    ]),
                ]));
    }

    private RectangleAnnotation Ground(PhaseFigures phase, double top) => new()
    {
        Layer = AnnotationLayer.BelowSeries,
        MinimumX = phase.From,
        MaximumX = phase.To,
        Fill = phase.Broke is null ? OxyColors.Transparent : PlotColors.Fault,
        Stroke = phases.Count <= MostNames ? PlotColors.Grid : OxyColors.Transparent,
        StrokeThickness = 1,
        Text = IsNamed(phase) ? phase.Name : "",
        TextColor = PlotColors.Ink,
        TextPosition = new DataPoint((phase.From + phase.To) / 2, top),
        TextVerticalAlignment = VerticalAlignment.Top,
        TextHorizontalAlignment = HorizontalAlignment.Center,
    };

    private bool IsNamed(PhaseFigures phase) =>
        phases.Count <= MostNames || (phase.Broke is not null && phases.Count(other => other.Broke is not null) <= MostNames);

    private static double Length(LoadStretch slice) => slice.To - slice.From;

    private static string Seconds(double seconds) => seconds.ToString("0.##", CultureInfo.InvariantCulture);
}
