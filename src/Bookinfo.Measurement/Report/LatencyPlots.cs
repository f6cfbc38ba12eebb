using System.Globalization;
using Bookinfo.Load;
using HdrHistogram;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace Bookinfo.Measurement;

/// <summary>Plots of latency.</summary>
internal static class LatencyPlots
{
    private const double MicrosecondsPerMillisecond = 1000;
    private const double LineWidth = 2;
    private const double PercentileStep = 0.02;

    private static readonly double[] TablePercentiles = [50, 75, 90, 95, 99, 99.9, 99.99];

    /// <summary>Latency by percentile, a line for each distribution.</summary>
    /// <param name="id">The id of the figure.</param>
    /// <param name="title">The title of the figure.</param>
    /// <param name="distributions">Names and histograms of microseconds, each with a value at least.</param>
    public static PlotFigure ByPercentile(string id, string title, IReadOnlyList<(string Name, HistogramBase Histogram)> distributions)
    {
        var model = PlotFigure.NewModel();
        var drawn = new List<double>();
        var highest = 1.0;
        foreach (var (index, (name, histogram)) in distributions.Index())
        {
            // A tail with fewer values beyond a point is a matter of luck, and is not drawn.
            var end = Math.Max(PercentileStep, Math.Log10(histogram.TotalCount / (double)Percentiles.FewestBeyond));
            highest = Math.Max(highest, end);
            var line = new LineSeries { Title = name, Color = PlotColors.Series(index), StrokeThickness = LineWidth };
            for (var position = 0.0; position <= end; position += PercentileStep)
            {
                var latency = Math.Max(1, histogram.GetValueAtPercentile(100 * (1 - Math.Pow(10, -position)))) / MicrosecondsPerMillisecond;
                line.Points.Add(new DataPoint(position, latency));
                drawn.Add(latency);
            }

            model.Series.Add(line);
        }

        model.Axes.Add(PlotFigure.Style(new PercentileAxis(highest)));
        model.Axes.Add(PlotFigure.Style(new LatencyAxis(drawn)));
        return new PlotFigure(
            id,
            title,
            "Milliseconds. Both scales are logarithmic: each step to the right leaves a tenth of the requests. All rounds together.",
            model,
            [.. distributions.Select(one => one.Name)],
            new ReportTable(
                $"{title}, all rounds together, in milliseconds",
                [">percentile", .. distributions.Select(one => $">{one.Name}")],
                [
                    .. TablePercentiles.Select(percentile => (IReadOnlyList<string>)[
                        percentile.ToString(CultureInfo.InvariantCulture),
                        .. distributions.Select(one => one.Histogram.TotalCount < Percentiles.Needed(percentile)
                            ? Figures.Unknown
                            : Figures.Milliseconds(one.Histogram.GetValueAtPercentile(percentile)))]),
                    ["max", .. distributions.Select(one => Figures.Milliseconds(one.Histogram.GetValueAtPercentile(100)))],
                ]));
    }

    /// <summary>Latency by rate, a line with error bars for each percentile.</summary>
    /// <param name="id">The id of the figure.</param>
    /// <param name="title">The title of the figure.</param>
    /// <param name="rates">The rates, ascending.</param>
    /// <param name="lines">
    /// Names, and an estimate in microseconds for each rate; <see langword="null"/> where it is not known.
    /// </param>
    public static PlotFigure ByRate(
        string id, string title, IReadOnlyList<double> rates, IReadOnlyList<(string Name, IReadOnlyList<Estimate?> Values)> lines)
    {
        var model = PlotFigure.NewModel();
        var axis = new LatencyAxis([.. lines.SelectMany(line => line.Values).OfType<Estimate>()
            .SelectMany(value => new[] { value.Mean, value.High ?? value.Mean }).Select(value => value / MicrosecondsPerMillisecond)]);
        double Shown(double microseconds) => Math.Max(axis.Minimum, microseconds / MicrosecondsPerMillisecond);
        foreach (var (index, (name, values)) in lines.Index())
        {
            var line = new LineSeries
            {
                Title = name,
                Color = PlotColors.Series(index),
                StrokeThickness = LineWidth,
                MarkerType = MarkerType.Circle,
                MarkerSize = 4,
                MarkerFill = PlotColors.Series(index),
            };
            var bars = new LineSeries { Color = PlotColors.Series(index), StrokeThickness = 1 };
            foreach (var (rate, value) in rates.Zip(values))
            {
                line.Points.Add(value is null ? DataPoint.Undefined : new DataPoint(rate, Shown(value.Mean)));
                if (value is { Low: { } low, High: { } high })
                {
                    // An interval may reach below zero, which a logarithmic scale has not got.
                    bars.Points.AddRange([new DataPoint(rate, Shown(low)), new DataPoint(rate, Shown(high)), DataPoint.Undefined]);
                }
            }

            model.Series.Add(bars);
            model.Series.Add(line);
        }

        model.Axes.Add(PlotFigure.Style(
            new LinearAxis { Position = AxisPosition.Bottom, Title = "requests/s", Minimum = 0, Maximum = rates[^1] * 1.05 }));
        model.Axes.Add(PlotFigure.Style(axis));
        return new PlotFigure(
            id,
            title,
            "Milliseconds, on a logarithmic scale. Bars are 95% confidence intervals over the rounds.",
            model,
            [.. lines.Select(line => line.Name)],
            new ReportTable(
                $"{title}, in milliseconds",
                [">requests/s", .. lines.Select(line => $">{line.Name}")],
                [
                    .. rates.Select((rate, index) => (IReadOnlyList<string>)
                    [
                        Figures.Rate(rate), .. lines.Select(line => Figures.MillisecondsOrUnknown(line.Values[index])),
                    ]),
                ]));
    }
}

/// <summary>
/// Milliseconds on a logarithmic scale, with ticks at 1, 2, 5, 10, 20, 50, ...: a tail of 100 ms and a median of 1 ms are both to be seen.
/// </summary>
internal sealed class LatencyAxis : LogarithmicAxis
{
    private static readonly int[] Digits = [1, 2, 5];

    /// <summary>Creates an axis that fits some latencies.</summary>
    /// <param name="values">What is to be shown, in milliseconds.</param>
    public LatencyAxis(IReadOnlyCollection<double> values)
    {
        Position = AxisPosition.Left;
        Minimum = Steps().Last(step => step <= Math.Max(values.DefaultIfEmpty(1).Min(), Steps().First()));
        Maximum = Steps().First(step => step >= values.DefaultIfEmpty(1).Max() && step > Minimum);
        LabelFormatter = static value => value.ToString("0.###", CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    public override void GetTickValues(
        out IList<double> majorLabelValues, out IList<double> majorTickValues, out IList<double> minorTickValues)
    {
        majorLabelValues = majorTickValues = [.. Steps().Where(step => step >= ActualMinimum * 0.999 && step <= ActualMaximum * 1.001)];
        minorTickValues = [];
    }

    /// <summary>From a microsecond to some minutes.</summary>
    private static IEnumerable<double> Steps() =>
        Enumerable.Range(-3, 9).SelectMany(power => Digits.Select(digit => digit * Math.Pow(10, power)));
}

/// <summary>
/// Percentiles at distances that make room for the tail: one unit for each nine (0, 90, 99, 99.9, ...), as in HdrHistogram's plots.
/// </summary>
internal sealed class PercentileAxis : LinearAxis
{
    private static readonly double[] Percentiles = [0, 50, 90, 99, 99.9, 99.99, 99.999];

    /// <summary>Makes one from 0.</summary>
    /// <param name="highest">Where it ends, as <see cref="At"/> has it.</param>
    public PercentileAxis(double highest)
    {
        Position = AxisPosition.Bottom;
        Title = "percentile";
        Minimum = 0;
        Maximum = highest;
        LabelFormatter = static position => (100 * (1 - Math.Pow(10, -position))).ToString("0.###", CultureInfo.InvariantCulture);
    }

    /// <summary>Where a percentile is.</summary>
    /// <param name="percentile">0 to less than 100.</param>
    public static double At(double percentile) => -Math.Log10(1 - (percentile / 100));

    /// <inheritdoc/>
    public override void GetTickValues(
        out IList<double> majorLabelValues, out IList<double> majorTickValues, out IList<double> minorTickValues)
    {
        majorLabelValues = majorTickValues = [.. Percentiles.Select(At).Where(position => position <= ActualMaximum + 1e-9)];
        minorTickValues = [];
    }
}
