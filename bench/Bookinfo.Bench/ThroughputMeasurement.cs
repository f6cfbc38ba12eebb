namespace Bookinfo.Bench;

/// <summary>The highest rate of each target, with what it costs in processor time, by each implementation in turn.</summary>
internal static class ThroughputMeasurement
{
    /// <summary>How many connections are kept busy.</summary>
    public const int Connections = 32;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    /// <summary>What is compared with references.</summary>
    public static readonly IReadOnlyList<string> Targets = [.. Workload.Services, "page"];

    /// <summary>Measures all of it.</summary>
    /// <param name="bench">The run.</param>
    /// <param name="workload">What is measured.</param>
    public static async Task RunAsync(BenchContext bench, Workload workload)
    {
        // nginx is there for a figure that everybody knows, and nothing is judged by it.
        Implementation[] references = bench.Plan.IsWhole ? [Implementation.Bare, Implementation.Nginx] : [Implementation.Bare];
        for (var round = 1; round <= bench.Plan.Rounds; round++)
        {
            foreach (var target in Targets)
            {
                bench.Progress.Say($"Throughput, round {round} of {bench.Plan.Rounds}: {target}");
                foreach (var implementation in BenchPlan.Turn(round, [Implementation.Ours, .. references]))
                {
                    await MeasureAsync(bench, workload[target, implementation]);
                }

                foreach (var reference in references)
                {
                    bench.Figures.AddRatio(
                        Name("throughput-ratio", target, reference),
                        Name("throughput", target, Implementation.Ours), Name("throughput", target, reference));
                }

                Saturated(target, Surroundings.Quiet).AddRatio(bench.Figures);
            }
        }
    }

    /// <summary>The name of a figure.</summary>
    /// <param name="kind">What was measured.</param>
    /// <param name="target">Of what.</param>
    /// <param name="implementation">By whom it was served.</param>
    public static string Name(string kind, string target, Implementation implementation) =>
        $"{kind}/{target}/{implementation.ToString().ToLowerInvariant()}";

    /// <summary>Finds the highest rate beside a busy neighbor.</summary>
    /// <param name="bench">The run.</param>
    /// <param name="subject">What is measured.</param>
    /// <param name="isOfEachRound">Whether to find it in each round, and not only in the first.</param>
    /// <returns>The median of the rounds so far.</returns>
    public static async Task<double> BesideNeighborAsync(BenchContext bench, Subject subject, bool isOfEachRound)
    {
        const string Figure = "busy-throughput";
        var name = Name(Figure, subject.Target, subject.Implementation);
        if (!isOfEachRound && bench.Figures.Has(name))
        {
            return bench.Figures[name].Median;
        }

        await Wrk.RunAsync(subject.Url, Connections, WarmUp);
        Note(bench, subject, Surroundings.Busy, Figure, await Wrk.RunAsync(subject.Url, Connections, bench.Plan.Step));
        return bench.Figures[name].Median;
    }

    private static TailFigure Saturated(string target, Surroundings surroundings) => new(target, surroundings, TailFigure.Saturation, 99);

    private static void Note(BenchContext bench, Subject subject, Surroundings surroundings, string figure, WrkResult result)
    {
        bench.Figures.Add(
            Saturated(subject.Target, surroundings).Latency(subject.Implementation), "ms", result.P99.TotalMilliseconds);
        bench.Figures.Add(Name(figure, subject.Target, subject.Implementation), "requests/s", result.Rate);
    }

    private static async Task MeasureAsync(BenchContext bench, Subject subject)
    {
        await Wrk.RunAsync(subject.Url, Connections, WarmUp);
        var before = subject.ProcessorSeconds;
        var result = await Wrk.RunAsync(subject.Url, Connections, bench.Plan.Step);
        Note(bench, subject, Surroundings.Quiet, "throughput", result);
        bench.Figures.Add(
            Name("cpu", subject.Target, subject.Implementation), "us/request", (subject.ProcessorSeconds - before) / result.Requests * 1e6);
    }
}
