using HdrHistogram;

namespace Bookinfo.Load;

/// <summary>What a report tells of a histogram, in microseconds.</summary>
/// <param name="Count">How many values it has; without any, the others are 0.</param>
/// <param name="Mean">The mean.</param>
/// <param name="P50">The median.</param>
/// <param name="P90">Of ten, nine are not above it.</param>
/// <param name="P99">Of a hundred, 99 are not above it.</param>
/// <param name="P999">Of a thousand, 999 are not above it.</param>
/// <param name="Max">The highest.</param>
public sealed record Percentiles(long Count, double Mean, long P50, long P90, long P99, long P999, long Max)
{
    /// <summary>Reads them off.</summary>
    /// <param name="histogram">The histogram.</param>
    public static Percentiles Of(HistogramBase histogram) => histogram.TotalCount == 0
        ? new Percentiles(0, 0, 0, 0, 0, 0, 0)
        : new Percentiles(
            histogram.TotalCount,
            Math.Round(histogram.GetMean(), 1),
            histogram.GetValueAtPercentile(50),
            histogram.GetValueAtPercentile(90),
            histogram.GetValueAtPercentile(99),
            histogram.GetValueAtPercentile(99.9),
            histogram.GetValueAtPercentile(100));
}
