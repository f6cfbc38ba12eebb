using Bookinfo.Load;

namespace Bookinfo.Bench;

/// <summary>The page with all its calls at 1,000 views a second, the generator on the same processors.</summary>
internal static class PageRateMeasurement
{
    private const double Rate = 1000;

    /// <summary>Measures it.</summary>
    /// <param name="bench">The run.</param>
    /// <param name="workload">What is measured.</param>
    public static async Task RunAsync(BenchContext bench, Workload workload)
    {
        for (var round = 1; round <= bench.Plan.Rounds; round++)
        {
            bench.Progress.Say($"The page at {Rate} views a second, round {round} of {bench.Plan.Rounds}");
            Implementation[] turn = [Implementation.Ours, Implementation.Bare];
            foreach (var implementation in round % 2 == 0 ? turn.Reverse() : turn)
            {
                var result = await OpenLoop.RunAsync(workload["page", implementation].Url, Rate, bench.Plan.Step * 2, bench.Time);
                void Add(string name, HdrHistogram.HistogramBase histogram)
                {
                    bench.Figures.Add($"rate-p50/{name}", "ms", histogram.GetValueAtPercentile(50) / 1e3);
                    bench.Figures.Add($"rate-p99/{name}", "ms", histogram.GetValueAtPercentile(99) / 1e3);
                }

                if (implementation == Implementation.Bare)
                {
                    // What the same processors make of the same calls without anything around them.
                    Add("bare", result.Total.FromDue);
                    continue;
                }

                Add("page", result.Total.FromDue);
                Add("details", result.Total[Hop.Details]);
                Add("reviews", result.Total[Hop.Reviews]);
                Add("ratings", result.Total[Hop.Ratings]);
                bench.Figures.Add("rate-generator-p99", "ms", result.Total.SchedulingDelay.GetValueAtPercentile(99) / 1e3);
            }
        }
    }
}
