using Bookinfo.Measurement;

namespace Bookinfo.Bench;

/// <summary>A run: measures, reports, and keeps or compares.</summary>
internal static class BenchRun
{
    /// <summary>Measures, reports, and writes the results or compares them with those that were kept.</summary>
    /// <param name="root">The directory of the project.</param>
    /// <param name="runtime">The runtime identifier that was published for.</param>
    /// <param name="check">Whether to compare with what was kept instead of keeping.</param>
    /// <param name="only">The names of the parts to measure; none for all.</param>
    /// <param name="rounds">How often, when only parts are measured; <see langword="null"/> for as often as usual.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The exit code: 1 when something promised is not met, or worse than it was.</returns>
    /// <exception cref="BenchException">It could not be measured.</exception>
    public static async Task<int> RunAsync(
        string root, string runtime, bool check, IReadOnlyList<string> only, int? rounds, TimeProvider time)
    {
        var results = Path.Combine(root, "bench", "results.json");
        var kept = check ? BenchFile.Read(results) : null;
        var plan = check ? BenchPlan.Check : BenchPlan.Whole;
        if (only.Count > 0 && rounds is { } number)
        {
            plan = plan with { Rounds = number, GrowthRounds = number };
        }

        var files = Directory.CreateTempSubdirectory("bookinfo-bench");
        var figures = new Figures();
        try
        {
            var bench = new BenchContext(
                plan,
                figures,
                new BenchProgress(only.Count > 0 ? null : plan.Expected, time),
                new Programs(root, runtime),
                root,
                files.FullName,
                time);
            await MeasureAsync(bench, part => only.Count == 0 || only.Contains(part));
        }
        finally
        {
            files.Delete(recursive: true);
        }

        var measured = new BenchFile(
            BenchFile.CurrentSchema, time.GetUtcNow(), MachineFacts.Read(), await CommitAsync(root), await ToolsAsync(), figures.All);
        if (only.Count > 0)
        {
            // A part is measured to look into it.
            BudgetReport.WriteFigures(measured, Console.Out);
            return 0;
        }

        if (kept is not null)
        {
            // Nothing is said about the budget: its figures need longer than this.
            return Guard.Compare(kept, measured, Console.Out) ? 0 : 1;
        }

        var met = BudgetReport.Write(measured, Console.Out);
        measured.Write(results);
        var page = Path.Combine(root, "docs", "performance.md");
        PerformancePage.Update(page, measured);
        await Console.Error.WriteLineAsync($"Written: {results}, {page}");
        return met ? 0 : 1;
    }

    private static async Task MeasureAsync(BenchContext bench, Func<string, bool> wants)
    {
        if (wants("start"))
        {
            await StartUpMeasurement.RunAsync(bench);
        }

        if (bench.Plan.IsWhole && wants("launch"))
        {
            await LaunchMeasurement.RunAsync(bench);
        }

        if (wants("size"))
        {
            await SizeMeasurement.RunAsync(bench);
        }

        bench.Progress.Say("Starting the services and what they are compared with");
        await using var workload = await Workload.StartAsync(bench.Programs, bench.Files, bench.Time);
        await MemoryMeasurement.IdleAsync(bench, workload);
        await MemoryMeasurement.DuringAsync(bench, workload, "load", async () =>
        {
            if (wants("throughput") || wants("tail"))
            {
                await ThroughputMeasurement.RunAsync(bench, workload);
            }

            if (wants("tail"))
            {
                await TailMeasurement.RunAsync(bench, workload);
            }

            if (bench.Plan.IsWhole && wants("low"))
            {
                await LowRateMeasurement.RunAsync(bench, workload);
            }

            if (bench.Plan.IsWhole && wants("rate"))
            {
                await PageRateMeasurement.RunAsync(bench, workload);
            }

            if (wants("allocations"))
            {
                await AllocationMeasurement.RunAsync(bench, workload);
            }
        });
        if (wants("soak") && bench.Plan.Soak > TimeSpan.Zero)
        {
            await MemoryMeasurement.SoakAsync(bench, workload);
        }

        if (wants("growth"))
        {
            // By itself and at the end: a thousand connections take memory for a thousand requests and the calls that they lead to, and
            // keep some of it.
            await MemoryMeasurement.DuringAsync(bench, workload, "crowd", () => GrowthMeasurement.RunAsync(bench, workload));
        }
    }

    private static async Task<string> CommitAsync(string root)
    {
        try
        {
            var commit = (await Command.RunAsync("git", "-C", root, "rev-parse", "--short", "HEAD")).Output.Trim();
            var (_, changes, _) = await Command.RunAsync(
                "git", "-C", root, "status", "--porcelain", "--untracked-files=no", "--", "src", "bench/Bookinfo.Reference");
            return changes.Length > 0 ? commit + "+" : commit;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "";
        }
    }

    private static async Task<IReadOnlyList<string>> ToolsAsync() =>
    [
        (await Command.RunAsync("wrk", "-v")).Output.Split(['\n', '[']).First().Trim(),
        (await Command.RunAsync("nginx", "-v")).Messages.Replace("nginx version: nginx/", "nginx ", StringComparison.Ordinal)
            .Split('\n')
            .First()
            .Trim(),
    ];
}
