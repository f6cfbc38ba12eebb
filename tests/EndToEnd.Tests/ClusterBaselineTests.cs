using System.Text.Json;
using Bookinfo.Cli.Terminal;
using Bookinfo.Testing;
using k8s;

namespace EndToEnd.Tests;

/// <summary><c>bookinfo baseline --in-cluster</c>: measured by load workers, of which nothing stays.</summary>
public sealed class ClusterBaselineTests(LoadWorkers load, Cluster cluster) : IClassFixture<LoadWorkers>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Baseline_in_the_cluster_measures_with_them()
    {
        var directory = Directory.CreateTempSubdirectory("bookinfo-baseline-");
        try
        {
            var name = Path.Combine(directory.FullName, "in");
            var run = await Tool.BookinfoAsync(
                "baseline", "--in-cluster", "--workers", "2", "--namespace", load.Namespace, "--name", name, "--rates", "20,41", "--rounds",
                "2", "--step", "2s", "--warm-up", "1s");

            Assert.True(run.ExitCode == ExitCode.Success, $"{run}");
            using var file = JsonDocument.Parse(await File.ReadAllTextAsync($"{name}.json", Cancelled));
            var settings = file.RootElement.GetProperty("settings");
            Assert.Equal(("cluster", 2), (settings.GetProperty("generator").GetString(), settings.GetProperty("workers").GetInt32()));
            Assert.Equal($"http://productpage.{load.Namespace}:9080/productpage", settings.GetProperty("target").GetString());
            Assert.Equal(
                [40, 40, 82, 82],
                file.RootElement.GetProperty("steps")
                    .EnumerateArray().Select(step => step.GetProperty("requests").GetProperty("good").GetInt32()).Order());
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        await load.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task When_a_worker_is_lost_the_rounds_that_were_done_are_kept()
    {
        var directory = Directory.CreateTempSubdirectory("bookinfo-baseline-");
        try
        {
            var name = Path.Combine(directory.FullName, "in");
            var before = await load.RequestsAsync();
            var running = Tool.BookinfoAsync(
                "baseline", "--in-cluster", "--namespace", load.Namespace, "--name", name, "--rates", "20", "--rounds", "99", "--step",
                "1s", "--warm-up", "1s");
            await Eventually.HoldsAsync(async () => await load.RequestsAsync() > before + 80 ? "" : "the warm-up and two rounds");
            await cluster.Api.CoreV1.DeleteNamespacedPodAsync(
                Assert.Single(await load.PodsAsync()).Metadata.Name, load.Namespace, cancellationToken: Cancelled);
            var run = await running;

            Assert.True(run.ExitCode == ExitCode.ServiceFailed, $"{run}");
            Assert.Contains("Not all rounds were done; those that were are kept. Written: ", run.Messages);
            Assert.Contains("load worker 1 of 1", run.Messages);
            using var file = JsonDocument.Parse(await File.ReadAllTextAsync($"{name}.json", Cancelled));
            Assert.False(file.RootElement.GetProperty("complete").GetBoolean());
            Assert.InRange(file.RootElement.GetProperty("steps").GetArrayLength(), 2, 98);
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        await load.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Ctrl_C_leaves_nothing_in_the_cluster()
    {
        var directory = Directory.CreateTempSubdirectory("bookinfo-baseline-");
        try
        {
            // Wherever it has got to by then, this is how it ends.
            var run = await Tool.RunAsync("timeout", [
                "--preserve-status", "--signal=INT", "20",
                "./bookinfo", "baseline", "--in-cluster", "--workers", "2", "--namespace", load.Namespace, "--name",
                Path.Combine(directory.FullName, "in"), "--rates", "20", "--step", "1h", "--warm-up", "1s",
            ]);

            Assert.True(run.ExitCode == ExitCode.Interrupted, $"{run}");
            Assert.Contains("Interrupted before the first round was done", run.Messages);
            Assert.Empty(directory.GetFiles());
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        await load.AssertNothingLeftAsync();
    }
}
