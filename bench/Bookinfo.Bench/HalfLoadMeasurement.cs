namespace Bookinfo.Bench;

/// <summary>Latency at half of the highest rate of each implementation, from when a request was due.</summary>
internal static class HalfLoadMeasurement
{
    /// <summary>Measures it; the highest rates must be known.</summary>
    /// <param name="bench">The run.</param>
    /// <param name="workload">What is measured.</param>
    public static async Task RunAsync(BenchContext bench, Workload workload)
    {
        for (var round = 1; round <= bench.Plan.Rounds; round++)
        {
            foreach (var target in ThroughputMeasurement.Targets)
            {
                bench.Progress.Say($"Latency at half of that, round {round} of {bench.Plan.Rounds}: {target}");
                foreach (var implementation in BenchPlan.Turn(round, Enum.GetValues<Implementation>()))
                {
                    string Name(string kind) => ThroughputMeasurement.Name(kind, target, implementation);
                    var rate = bench.Figures[Name("throughput")].Median / 2;
                    var result = await OpenLoop.RunAsync(workload[target, implementation].Url, rate, bench.Plan.Step, bench.Time);
                    bench.Figures.Add(Name("half-p50"), "ms", result.Total.FromDue.GetValueAtPercentile(50) / 1e3);
                    bench.Figures.Add(Name("half-p99"), "ms", result.Total.FromDue.GetValueAtPercentile(99) / 1e3);
                    bench.Figures.Add(Name("half-generator-p99"), "ms", result.Total.SchedulingDelay.GetValueAtPercentile(99) / 1e3);
                }
            }
        }
    }
}
