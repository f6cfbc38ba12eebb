using HdrHistogram;

namespace Bookinfo.Load;

/// <summary>What a report says about a histogram, in microseconds.</summary>
/// <param name="Count">The number of values; when it is 0, so are the others.</param>
/// <param name="Mean">The mean.</param>
/// <param name="P50">The median.</param>
/// <param name="P90">The 90th percentile.</param>
/// <param name="P99">The 99th percentile.</param>
/// <param name="P999">The 99.9th percentile.</param>
/// <param name="Max">The highest value.</param>
public sealed record Percentiles(long Count, double Mean, long P50, long P90, long P99, long P999, long Max)
{
    /// <summary>Reads them from a histogram.</summary>
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
