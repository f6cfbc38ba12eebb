namespace Bookinfo.Bench;

/// <summary>Processor time and latency at a rate so low that the machine sleeps between requests.</summary>
internal static class LowRateMeasurement
{
    /// <summary>Requests a second.</summary>
    public const double Rate = 50;

    /// <summary>What is measured, with the names of the figures after <c>low-</c> and <c>low-ratio-</c>.</summary>
    public static readonly IReadOnlyList<(string Name, string Text)> Kinds =
        [("cpu", "processor time"), ("p50", "p50")];

    /// <summary>Measures it in rounds.</summary>
    /// <param name="bench">The run.</param>
    /// <param name="workload">What is measured.</param>
    public static async Task RunAsync(BenchContext bench, Workload workload)
    {
        for (var round = 1; round <= bench.Plan.Rounds; round++)
        {
            foreach (var target in TailFigure.Targets)
            {
                bench.Progress.Say($"{Rate} requests a second, round {round} of {bench.Plan.Rounds}: {target}");
                foreach (var implementation in BenchPlan.Turn(round, TailFigure.Compared))
                {
                    var subject = workload[target, implementation];
                    var before = subject.ProcessorSeconds;
                    var result = await OpenLoop.RunAsync(subject.Url, Rate, bench.Plan.Step * 2, bench.Time);
                    bench.Figures.Add(
                        ThroughputMeasurement.Name("low-cpu", target, implementation), "us/request",
                        (subject.ProcessorSeconds - before) / result.Total.FromDue.TotalCount * 1e6);
                    bench.Figures.Add(
                        ThroughputMeasurement.Name("low-p50", target, implementation), "ms",
                        result.Total.FromDue.GetValueAtPercentile(50) / 1e3);
                }

                foreach (var (kind, _) in Kinds)
                {
                    string Name(Implementation implementation) => ThroughputMeasurement.Name($"low-{kind}", target, implementation);
                    bench.Figures.AddRatio($"low-ratio-{kind}/{target}", Name(Implementation.Ours), Name(Implementation.Bare));
                }
            }
        }
    }
}
