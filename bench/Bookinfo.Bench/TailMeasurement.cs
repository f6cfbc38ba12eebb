using HdrHistogram;

namespace Bookinfo.Bench;

/// <summary>
/// Latency from when a request was due, at parts of the highest rate of each implementation and at that rate, on a quiet machine and beside
/// a busy neighbor. The highest rate is that of the same surroundings.
/// </summary>
internal static class TailMeasurement
{
    /// <summary>A percentile says something only if at least so many requests lie above it.</summary>
    private const double FewestAbove = 10;

    /// <summary>Measures it in rounds; the highest rates on a quiet machine must be known.</summary>
    /// <param name="bench">The run.</param>
    /// <param name="workload">What is measured.</param>
    public static async Task RunAsync(BenchContext bench, Workload workload)
    {
        var figures = bench.Plan.IsWhole ? TailFigure.All : TailFigure.Promised;
        var merged = new Dictionary<string, HistogramBase>();
        for (var round = 1; round <= bench.Plan.Rounds; round++)
        {
            foreach (var cell in figures.GroupBy(figure => (figure.Surroundings, figure.Target)))
            {
                var (surroundings, target) = cell.Key;
                bench.Progress.Say($"Tail, {(surroundings == Surroundings.Busy ? "beside a busy neighbor" : "quiet")}, "
                    + $"round {round} of {bench.Plan.Rounds}: {target}");
                await using var neighbor = surroundings == Surroundings.Busy ? Neighbor.Start() : null;
                foreach (var implementation in BenchPlan.Turn(round, TailFigure.Compared))
                {
                    var subject = workload[target, implementation];
                    var highest = surroundings == Surroundings.Busy
                        ? await ThroughputMeasurement.BesideNeighborAsync(bench, subject, isOfEachRound: bench.Plan.IsWhole)
                        : bench.Figures[ThroughputMeasurement.Name("throughput", target, implementation)].Median;
                    await MeasureAsync(bench, subject, highest, [.. cell.Where(IsOpenLoop)], merged);
                }

                // What wrk saw on a quiet machine is noted with the throughput.
                foreach (var figure in cell.Where(
                    figure => !IsOfAllRounds(figure) && (surroundings == Surroundings.Busy || IsOpenLoop(figure))))
                {
                    figure.AddRatio(bench.Figures);
                }
            }
        }

        foreach (var figure in figures.Where(IsOfAllRounds))
        {
            var names = TailFigure.Compared.Select(figure.Latency).ToList();
            if (!names.TrueForAll(name => IsEnough(merged[name], figure)))
            {
                continue;
            }

            foreach (var name in names)
            {
                bench.Figures.Add(name, "ms", merged[name].GetValueAtPercentile(figure.Percentile) / 1e3);
            }

            figure.AddRatio(bench.Figures);
        }
    }

    private static async Task MeasureAsync(
        BenchContext bench, Subject subject, double highest, IReadOnlyList<TailFigure> figures, Dictionary<string, HistogramBase> merged)
    {
        foreach (var load in figures.GroupBy(figure => figure.Load))
        {
            var result = await OpenLoop.RunAsync(subject.Url, highest * load.Key, bench.Plan.TailStep, bench.Time);
            foreach (var figure in load)
            {
                var name = figure.Latency(subject.Implementation);
                if (!IsOfAllRounds(figure))
                {
                    bench.Figures.Add(name, "ms", result.Total.FromDue.GetValueAtPercentile(figure.Percentile) / 1e3);
                }
                else if (!merged.TryAdd(name, result.Total.FromDue))
                {
                    merged[name].Add(result.Total.FromDue);
                }
            }
        }
    }

    private static bool IsOpenLoop(TailFigure figure) => figure.Load != TailFigure.Saturation;

    /// <summary>Whether it is too far out for the requests of a single round.</summary>
    private static bool IsOfAllRounds(TailFigure figure) => figure.Percentile > 99;

    private static bool IsEnough(HistogramBase histogram, TailFigure figure) =>
        histogram.TotalCount * (100 - figure.Percentile) / 100 >= FewestAbove;
}
