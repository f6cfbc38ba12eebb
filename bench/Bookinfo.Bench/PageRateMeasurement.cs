using HdrHistogram;

namespace Bookinfo.Bench;

/// <summary>The page with all its calls at 1,000 views a second, the generator on the same processors.</summary>
internal static class PageRateMeasurement
{
    private const double Rate = 1000;

    /// <summary>Measures the page at a constant rate, in rounds.</summary>
    /// <param name="bench">The run.</param>
    /// <param name="workload">What is measured.</param>
    public static async Task RunAsync(BenchContext bench, Workload workload)
    {
        for (var round = 1; round <= bench.Plan.Rounds; round++)
        {
            bench.Progress.Say($"The page at {Rate} views a second, round {round} of {bench.Plan.Rounds}");
            foreach (var implementation in BenchPlan.Turn(round, Implementation.Ours, Implementation.Bare))
            {
                var result = await OpenLoop.RunAsync(workload["page", implementation].Url, Rate, bench.Plan.Step * 2, bench.Time);
                // The bare fan-out says what the processors make of the same calls without anything around them, but nothing of its hops.
                (string Name, HistogramBase Histogram)[] latencies = implementation == Implementation.Bare
                    ? [("bare", result.Total.FromDue)]
                    :
                    [
                        ("page", result.Total.FromDue),
                        ("details", result.Total["details"]),
                        ("reviews", result.Total["reviews"]),
                        ("ratings", result.Total["ratings"]),
                    ];
                foreach (var (name, histogram) in latencies)
                {
                    bench.Figures.Add($"rate-p50/{name}", "ms", histogram.GetValueAtPercentile(50) / 1e3);
                    bench.Figures.Add($"rate-p99/{name}", "ms", histogram.GetValueAtPercentile(99) / 1e3);
                }

                bench.Figures.Add("rate-generator-p99", "ms", result.Total.SchedulingDelay.GetValueAtPercentile(99) / 1e3);
            }
        }
    }
}
