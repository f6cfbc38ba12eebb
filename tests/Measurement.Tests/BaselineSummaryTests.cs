using Bookinfo.Load;
using Bookinfo.ToolTesting;
using HdrHistogram;

namespace Bookinfo.Measurement.Tests;

/// <summary>What is made of the rounds, compared with values computed by hand.</summary>
public sealed class BaselineSummaryTests
{
    [Fact]
    public void An_interval_is_that_of_Students_t()
    {
        // Mean 12, variance 40 / 3, 3 degrees of freedom: t = 3.182446 (any table), so 3.182446 * sqrt(40 / 3 / 4).
        var estimate = Estimate.Of([8, 10, 14, 16]);

        Assert.Equal(12, estimate.Mean, 12);
        Assert.Equal(12 - 5.810325, estimate.Low!.Value, 1e-5);
        Assert.Equal(12 + 5.810325, estimate.High!.Value, 1e-5);
        Assert.Equal(5.810325, estimate.Margin()!.Value, 1e-5);
    }

    [Fact]
    public void From_five_rounds_on_the_lowest_and_the_highest_fifth_are_left_out()
    {
        // The middle ones have the mean 12. With the outer ones set to their neighbors, squares add up to 16; of 3 kept, 2 degrees of
        // freedom: t = 4.302653, so 4.302653 * sqrt(16 / (3 * 2)).
        var estimate = Estimate.Of([8, 10, 12, 14, 1000]);

        Assert.Equal(12, estimate.Mean, 12);
        Assert.Equal(7.026202, estimate.Margin()!.Value, 1e-5);
    }

    [Fact]
    public void Two_rounds_are_the_fewest_that_have_an_interval()
    {
        Assert.Equal(new Estimate(5, null, null), Estimate.Of([5]));
        Assert.Null(Estimate.Of([5]).Margin());
        // One degree of freedom: t = 12.706205; variance 2.
        Assert.Equal(6 + 12.706205, Estimate.Of([5, 7]).High!.Value, 5);
    }

    [Fact]
    public void Rounds_without_any_difference_have_an_interval_of_no_width() => Assert.Equal(new Estimate(3, 3, 3), Estimate.Of([3, 3, 3]));

    [Fact]
    public void Steps_are_put_together_by_rate()
    {
        var summary = BaselineSummary.Of(
        [
            BaselineSample.Step(1, 200, 4000), BaselineSample.Step(1, 50, 1000), BaselineSample.Step(2, 50, 2000), BaselineSample.Step(
                2, 200, 8000),
            BaselineSample.Step(3, 200, 9_000_000, interrupted: true),
        ]);

        Assert.Equal([50, 200], summary.Select(rate => rate.Rate));
        Assert.All(summary, rate => Assert.Equal(2, rate.Rounds));
        Assert.Equal(400, summary[1].Requests);
        Assert.Equal(1500, summary[0].Latencies[Measure.Page].P99.Mean, 0);
        Assert.Equal(6000, summary[1].Latencies[HopMeasure.Ratings].P50.Mean, 4.0);
        Assert.Equal(400, summary[1].Latencies[Measure.Page].Count);
    }

    [Fact]
    public void A_percentile_is_the_mean_of_those_of_the_rounds_and_not_that_of_all_requests()
    {
        // One slow round: of all requests the 99th percentile is that round's, 100 ms.
        var summary = BaselineSummary.Of(
            [BaselineSample.Step(1, 100, 1000), BaselineSample.Step(2, 100, 1000), BaselineSample.Step(3, 100, 100_000)]);

        Assert.Equal(34_000, summary[0].Latencies[Measure.Page].P99.Mean, 100.0);
    }

    [Fact]
    public void Failures_are_told_by_the_hop_that_they_are_of()
    {
        var summary = BaselineSummary.Of(
        [
            BaselineSample.Step(1, 100, 1000, errors: new() { ["status 503"] = 5, ["reviews without ratings"] = 2 }),
            BaselineSample.Step(2, 100, 1000, errors: new() { ["status 503"] = 1, ["page without details"] = 4 }),
        ]);

        Assert.Equal(12, summary[0].Failed);
        Assert.Equal(6, summary[0].Errors["status 503"]);
        Assert.Equal(12, summary[0].Latencies[Measure.Page].Errors);
        Assert.Equal(2, summary[0].Latencies[HopMeasure.Ratings].Errors);
        Assert.Equal(4, summary[0].Latencies[HopMeasure.Details].Errors);
        Assert.Equal(0, summary[0].Latencies[HopMeasure.Reviews].Errors);
    }

    [Fact]
    public void Use_is_told_for_a_thousand_requests()
    {
        // Steps of 2 s with 100 requests; a round in which it is not known does not count.
        var summary = BaselineSummary.Of(
        [
            BaselineSample.Step(1, 100, 1000, use: new() { ["details-v1"] = new UseMeasurement(0.2, 0.1, 50e6, 20e6, 2.1) }),
            BaselineSample.Step(2, 100, 1000, use: new() { ["details-v1"] = new UseMeasurement(0.4, 0.1, 50e6, 20e6, 2.1) }),
            BaselineSample.Step(3, 100, 1000),
        ]);

        var use = summary[0].Use["details-v1"];
        Assert.Equal(0.2, use.Cores.Mean, 12);
        Assert.Equal(4, use.CpuPerThousand.Mean, 12);
        Assert.Equal(1, use.SidecarCpuPerThousand.Mean, 12);
        Assert.Equal(70e6, use.MemoryBytes.Mean);
        Assert.Equal(20e6, use.SidecarMemoryBytes.Mean);
        Assert.NotNull(use.Cores.Low);
        // Nobody counted the requests of the service, or measured what it uses without any.
        Assert.Equal((null, null, null), (use.OwnCpuPerThousand, use.PageCpuPerThousand, use.IdleCores));
    }

    [Fact]
    public void Processor_time_is_told_for_the_requests_of_the_service_itself_without_its_idle_share()
    {
        // Of 100 pages the service sees 50 requests. A fifth of what it uses, and a half of what its sidecar uses, is idle.
        var used = new UseMeasurement(0.2, 0.1, 50e6, 20e6, 2, Requests: 50, IdleCpuSeconds: 0.04, IdleSidecarCpuSeconds: 0.05);
        var summary = BaselineSummary.Of(
        [
            BaselineSample.Step(1, 100, 1000, use: new() { ["ratings-v1"] = used }),
            BaselineSample.Step(2, 100, 1000, use: new() { ["ratings-v1"] = used }),
            // Restarted while it was measured when idle.
            BaselineSample.Step(3, 100, 1000, use: new() { ["ratings-v1"] = used with { IdleCpuSeconds = null } }),
        ]);

        var use = summary[0].Use["ratings-v1"];
        Assert.Equal(0.21 / 50 * 1000, use.OwnCpuPerThousand!.Mean, 9);
        Assert.Equal(0.05 / 50 * 1000, use.OwnSidecarCpuPerThousand!.Mean, 9);
        Assert.Equal(0.21 / 100 * 1000, use.PageCpuPerThousand!.Mean, 9);
        Assert.Equal(0.09 / 2, use.IdleCores!.Mean, 9);
        Assert.Equal(0.3 / 100 * 1000, use.CpuPerThousand.Mean, 9);
    }

    [Fact]
    public void The_histograms_of_a_rate_add_up()
    {
        StepMeasurement[] steps =
            [
                BaselineSample.Step(1, 50, [100, 200]), BaselineSample.Step(2, 50, [300]), BaselineSample.Step(2, 60, [400]),
                BaselineSample.Step(3, 50, [500], interrupted: true),
            ];

        var pool = BaselineSummary.Pool(steps, 50, Measure.Page);

        Assert.Equal(3, pool.TotalCount);
        Assert.Equal(300, pool.GetValueAtPercentile(100));
    }

    [Fact]
    public void A_histogram_is_the_same_after_writing_and_reading()
    {
        var histogram = new LongHistogram(Recording.Longest, 3);
        foreach (var value in new long[] { 1, 7, 1234, 59_999_999, Recording.Longest })
        {
            histogram.RecordValueWithCount(value, value);
        }

        Assert.Equal(Recorded(histogram), Recorded(HistogramCodec.Decode(HistogramCodec.Encode(histogram))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?")]
    [InlineData("aGVsbG8gd29ybGQ=")]
    public void What_is_no_histogram_is_refused(string text) => Assert.Throws<FormatException>(() => HistogramCodec.Decode(text));

    private static IEnumerable<(long Value, long Count)> Recorded(HistogramBase histogram) =>
        histogram.RecordedValues().Select(value => (value.ValueIteratedTo, value.CountAddedInThisIterationStep));
}
