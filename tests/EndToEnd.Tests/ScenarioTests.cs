using System.Text.Json;
using Bookinfo.Cli.Terminal;
using Bookinfo.Foundation;
using Bookinfo.Measurement;
using Bookinfo.Scenarios;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace EndToEnd.Tests;

/// <summary>
/// <c>bookinfo scenario</c> on the cluster: its faults are in the pods that they are about, in those that come later as well, a real
/// Prometheus shows what the scenario declares, and nothing of it stays.
/// </summary>
/// <param name="bookinfo">The application, which the scenarios share, and its Prometheus.</param>
public sealed class ScenarioTests(ScrapedNamespace bookinfo) : IClassFixture<ScrapedNamespace>
{
    private const int ViewsPerSecond = 10;

    private static readonly ScenarioFiles Files = new(new SourceTree(WorkingCopy.Root).Scenarios);

    [Theory]
    [InlineData("slow-ratings", "app=ratings", "ratings-v1", "delay")]
    [InlineData("flaky-reviews-v3", "app=reviews,version=v3", "reviews-v3", "abort")]
    public async Task It_reaches_its_pods_and_one_that_takes_the_place_of_another_until_stop_ends_it(
        string name, string selector, string version, string fault)
    {
        await using var start = await StartAsync(name, selector);

        var lost = Assert.Single(await PodNamesAsync(selector));
        await Tool.KubectlAsync("delete", "pod", lost, "-n", bookinfo.Namespace, "--wait=false");
        await NewPodHasFaultsAsync(start, name, selector, pods => pods.Count == 1 && !pods.Contains(lost));
        await SymptomsAsync(name, "is seen", static (symptom, values) => symptom.IsSeen(values));
        Assert.Equal([new ActiveFault(version, fault, fault)], await FaultsOfBaselineAsync());

        var stop = await ScenarioAsync("stop", name);
        Assert.True(stop.ExitCode == ExitCode.Success, $"{stop}");
        Assert.Equal((await PodNamesAsync(selector)).Select(pod => $"{pod}: {name} taken away"), stop.Output.TrimEnd('\n').Split('\n'));
        await EndAsync(start, name, ScenarioEnd.TakenAway);
    }

    [Fact]
    public async Task It_reaches_a_pod_that_is_added_until_Ctrl_C_ends_it()
    {
        const string Name = "failing-ratings", Selector = "app=ratings";
        await using var start = await StartAsync(Name, Selector);
        try
        {
            await Tool.KubectlAsync("scale", "deployment/ratings-v1", "-n", bookinfo.Namespace, "--replicas=2");
            await NewPodHasFaultsAsync(start, Name, Selector, pods => pods.Count == 2);
            await SymptomsAsync(Name, "is seen", static (symptom, values) => symptom.IsSeen(values));

            await start.SignalGroupAsync("INT");
            await EndAsync(start, Name, ScenarioEnd.Interrupted);
        }
        finally
        {
            await Tool.KubectlAsync("scale", "deployment/ratings-v1", "-n", bookinfo.Namespace, "--replicas=1");
            await Eventually.HoldsAsync(async () => (await PodNamesAsync(Selector)).Count == 1 ? "" : "one pod of ratings");
        }
    }

    /// <summary>The faults that the report of a baseline names.</summary>
    private async Task<IReadOnlyList<ActiveFault>?> FaultsOfBaselineAsync()
    {
        var directory = Directory.CreateTempSubdirectory("bookinfo-baseline-");
        try
        {
            var name = Path.Combine(directory.FullName, "faulty");
            var run = await Tool.BookinfoAsync(
                "baseline", "--namespace", bookinfo.Namespace, "--name", name, "--rates", "10", "--rounds", "1", "--step", "1s",
                "--warm-up", "1s");
            Assert.True(run.ExitCode == ExitCode.Success, $"{run}");
            return BaselineStore.Read($"{name}.json").Faults;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>Starts a scenario, which is then in all its pods and in no others.</summary>
    private async Task<CommandRun> StartAsync(string name, string selector)
    {
        var start = CommandRun.Bookinfo([
            "scenario", "start", name, "--namespace", bookinfo.Namespace, "--prometheus", bookinfo.Prometheus.AbsoluteUri, "--output",
            "json",
        ]);
        var began = JsonElement.Parse(await start.LineAsync(line => line.Contains("\"event\":\"began\"")));
        var pods = await PodNamesAsync(selector);
        Assert.Equal(pods, began.GetProperty("processes").EnumerateArray().Select(pod => pod.GetString()).Order());
        Assert.Equal(pods, await PodsWithFaultsAsync(name));
        return start;
    }

    private async Task NewPodHasFaultsAsync(CommandRun start, string name, string selector, Predicate<IReadOnlyList<string>> arePods)
    {
        await start.LineAsync(line => line.Contains("was started meanwhile, and has the faults now."));
        await Eventually.HoldsAsync(async () =>
        {
            var pods = await PodNamesAsync(selector);
            return arePods(pods) && pods.SequenceEqual(await PodsWithFaultsAsync(name)) ? "" : $"the faults in {string.Join(", ", pods)}";
        });
    }

    /// <summary>The scenario has ended, no pod has its faults, and what was seen clears. Until that, somebody has to view pages.</summary>
    private async Task EndAsync(CommandRun start, string name, ScenarioEnd end)
    {
        Assert.True(await start.ExitAsync() == ExitCode.Success, $"{start}");
        var ended = start.Output.TrimEnd('\n').Split('\n').Select(line => JsonElement.Parse(line))
            .Single(line => line.GetProperty("event").GetString() == "ended");
        Assert.Equal($"{end}", ended.GetProperty("end").GetString(), ignoreCase: true);
        Assert.Equal(0, ended.GetProperty("leftOn").GetArrayLength());
        Assert.Empty(await PodsWithFaultsAsync(name));

        using var visitors = new PageVisitors(await bookinfo.PageAsync());
        using var enough = new CancellationTokenSource();
        var visiting = visitors.VisitAsync(ViewsPerSecond, enough.Token);
        try
        {
            await SymptomsAsync(name, "has cleared", static (symptom, values) => symptom.IsClear(values));
        }
        finally
        {
            await enough.CancelAsync();
            await visiting;
        }
    }

    /// <summary>Waits until all that the scenario declares of metrics is so, however long this machine takes.</summary>
    private async Task SymptomsAsync(string name, string what, Func<ExpectedSymptom, IReadOnlyList<double>, bool> isIt)
    {
        foreach (var symptom in Files.Read(name).Symptoms.Metrics.Select(
            metric => ExpectedSymptom.Of(metric, ExpectedSymptom.UsualWindow)))
        {
            await Eventually.HoldsAsync(async () =>
            {
                var values = await bookinfo.QueryAsync(symptom.Expression);
                return isIt(symptom, values) ? "" : $"that '{symptom.Name}' {what}, and not {string.Join(", ", values)}";
            });
        }
    }

    private async Task<IReadOnlyList<string>> PodNamesAsync(string selector) =>
        [.. (await bookinfo.PodsAsync(selector)).Select(pod => pod.Metadata.Name).Order()];

    /// <summary>The pods that say that they have the faults of a scenario. Those that begin or end may say nothing.</summary>
    private async Task<IReadOnlyList<string>> PodsWithFaultsAsync(string name)
    {
        var status = await ScenarioAsync("status", "--output", "json");
        Assert.True(status.ExitCode is ExitCode.Success or ExitCode.TargetUnreachable, $"{status}");
        return
        [
            .. status.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))
                .Where(process => process.TryGetProperty("status", out var said)
                    && said.GetProperty("sets").EnumerateArray().Any(set => set.GetProperty("name").GetString() == name))
                .Select(process => process.GetProperty("target").GetProperty("name").GetString()!).Order(),
        ];
    }

    private Task<ToolResult> ScenarioAsync(params string[] arguments) =>
        Tool.BookinfoAsync(["scenario", .. arguments, "--namespace", bookinfo.Namespace]);
}
