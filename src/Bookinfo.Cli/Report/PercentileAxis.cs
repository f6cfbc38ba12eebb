using System.Globalization;
using OxyPlot.Axes;

namespace Bookinfo.Cli.Report;

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
    public override void GetTickValues(out IList<double> majorLabelValues, out IList<double> majorTickValues, out IList<double> minorTickValues)
    {
        majorLabelValues = majorTickValues = [.. Percentiles.Select(At).Where(position => position <= ActualMaximum + 1e-9)];
        minorTickValues = [];
    }
}
