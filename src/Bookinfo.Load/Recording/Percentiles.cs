using System.Text.Json.Serialization;
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
    /// <summary>How many values must lie beyond a percentile, so that it is more than a matter of luck.</summary>
    public const long FewestBeyond = 10;

    /// <summary>The 95th percentile; <see langword="null"/> in files of versions that did not have it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? P95 { get; init; }

    /// <summary>How many values a percentile takes.</summary>
    /// <param name="percentile">The percentile, 0 to less than 100.</param>
    public static long Needed(double percentile) => (long)Math.Ceiling(Math.Round(FewestBeyond * 100 / (100 - percentile), 6));

    /// <summary>A percentile, if at least <see cref="FewestBeyond"/> values lie beyond it; <see langword="null"/> otherwise.</summary>
    /// <param name="percentile">50, 90, 95, 99 or 99.9.</param>
    public long? At(double percentile) => Count < Needed(percentile) ? null : percentile switch
    {
        50 => P50,
        90 => P90,
        95 => P95,
        99 => P99,
        99.9 => P999,
        _ => throw new ArgumentOutOfRangeException(nameof(percentile)),
    };

    /// <summary>How many values of a histogram are greater than a limit, to within its significant digits.</summary>
    /// <param name="histogram">The histogram.</param>
    /// <param name="limit">The limit.</param>
    public static long CountAbove(HistogramBase histogram, double limit) =>
        histogram.RecordedValues().Where(value => value.ValueIteratedTo > limit).Sum(value => value.CountAtValueIteratedTo);

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
            histogram.GetValueAtPercentile(100))
        {
            P95 = histogram.GetValueAtPercentile(95),
        };
}
