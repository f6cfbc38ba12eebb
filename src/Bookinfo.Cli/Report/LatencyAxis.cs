using System.Globalization;
using OxyPlot.Axes;

namespace Bookinfo.Cli.Report;

/// <summary>Milliseconds on a logarithmic scale, with ticks at 1, 2, 5, 10, 20, 50, ...: a tail of 100 ms and a median of 1 ms are both to be seen.</summary>
internal sealed class LatencyAxis : LogarithmicAxis
{
    private static readonly int[] Digits = [1, 2, 5];

    /// <summary>Makes one.</summary>
    /// <param name="values">What is to be shown, in milliseconds.</param>
    public LatencyAxis(IReadOnlyCollection<double> values)
    {
        Position = AxisPosition.Left;
        Minimum = Steps().Last(step => step <= Math.Max(values.DefaultIfEmpty(1).Min(), Steps().First()));
        Maximum = Steps().First(step => step >= values.DefaultIfEmpty(1).Max() && step > Minimum);
        LabelFormatter = static value => value.ToString("0.###", CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    public override void GetTickValues(out IList<double> majorLabelValues, out IList<double> majorTickValues, out IList<double> minorTickValues)
    {
        majorLabelValues = majorTickValues = [.. Steps().Where(step => step >= ActualMinimum * 0.999 && step <= ActualMaximum * 1.001)];
        minorTickValues = [];
    }

    /// <summary>From a microsecond to some minutes.</summary>
    private static IEnumerable<double> Steps() =>
        Enumerable.Range(-3, 9).SelectMany(power => Digits.Select(digit => digit * Math.Pow(10, power)));
}
