using System.Globalization;
using OxyPlot.Axes;

namespace Bookinfo.Measurement;

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
