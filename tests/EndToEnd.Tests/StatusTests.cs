using System.Text.Json;
using Bookinfo.Testing;

namespace EndToEnd.Tests;

/// <summary><c>bookinfo status</c> in all its formats.</summary>
public sealed class StatusTests
{
    private const int NotDeployed = 10;

    /// <summary>No service gets by with less, in bytes.</summary>
    private const double LeastMemory = 1024 * 1024;

    [Fact]
    public async Task It_says_how_what_is_deployed_does()
    {
        await using var overlay = new TestOverlay();
        var deploy = await overlay.DeployAsync();
        Assert.True(deploy.ExitCode == 0, $"{deploy}");

        var pods = new List<JsonElement>();
        await Eventually.HoldsAsync(async () =>
        {
            var json = await Tool.BookinfoAsync("status", "--namespace", overlay.Namespace, "--output", "json");
            Assert.True(json.ExitCode == 0, $"{json}");
            pods = [.. JsonDocument.Parse(json.Output).RootElement.GetProperty("pods").EnumerateArray()];
            // The first figures of a kubelet may be of when the container had only just been made, and it tells of new images only every
            // ten seconds.
            return pods.All(pod => pod.TryGetProperty("memoryUse", out var memory) && memory.GetDouble() >= LeastMemory
                && pod.TryGetProperty("imageBytes", out _))
                ? ""
                : $"The use of some pods is not known, or of too early, or the size of their images:\n{json.Output}";
        });

        Assert.Equal(6, pods.Count);
        foreach (var pod in pods)
        {
            Assert.Equal("Running", pod.GetProperty("status").GetString());
            Assert.Equal(1, pod.GetProperty("ready").GetInt32());
            Assert.Equal(0, pod.GetProperty("restarts").GetInt32());
            Assert.Equal(0.1, pod.GetProperty("cpuRequest").GetDouble());
            Assert.Equal(64 * 1024 * 1024, pod.GetProperty("memoryLimit").GetDouble());
            Assert.InRange(pod.GetProperty("memoryUse").GetDouble(), LeastMemory, 64 * 1024 * 1024);
            Assert.InRange(pod.GetProperty("cpuUse").GetDouble(), 0, 8);
            Assert.InRange(pod.GetProperty("imageBytes").GetInt64(), 1_000_000, 80_000_000);
            Assert.InRange(pod.GetProperty("startUpSeconds").GetDouble(), 0, 60);
        }

        var table = await Tool.BookinfoAsync("status", "--namespace", overlay.Namespace);

        Assert.Equal(0, table.ExitCode);
        Assert.Matches(@"\nproductpage-v1-\S+ +1/1 +Running +0 +\d+s +\S+\n", table.Output);
        Assert.Matches(@"\nproductpage-v1-\S+ +\d+m +100m +[\d.]+ MiB +64 MiB +64 MiB\n", table.Output);
        Assert.Matches(@"\nproductpage-v1-\S+ +\S.* +[\d.]+ MiB +productpage:\S+\n", table.Output);
        Assert.Matches(@"\nratings +ClusterIP +[\d.]+ +9080/TCP\n", table.Output);

        // Interrupted once it has looked a second time, however long a look takes here.
        const string UntilTwice = """
            output=$(mktemp)
            env --default-signal=INT "$@" > "$output" &
            while kill -0 $! && [ "$(wc -l < "$output")" -lt 2 ]; do sleep 0.1; done
            kill -INT $!
            wait $!
            code=$?
            cat "$output"
            rm "$output"
            exit $code
            """;
        var watch = await Tool.RunAsync(
            "sh",
            [
                "-c", UntilTwice, "sh", Path.Combine(WorkingCopy.Root, "bookinfo"), "status", "--watch", "--namespace", overlay.Namespace,
                "--output", "json",
            ]);

        Assert.True(watch.ExitCode == 0, $"{watch}");
        Assert.InRange(watch.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, 2, 9);

        await Tool.KubectlAsync("set", "env", "deployment/ratings-v1", "DRAIN_SECONDS=soon", "--namespace", overlay.Namespace);
        await Eventually.HoldsAsync(async () =>
            await Tool.BookinfoAsync("status", "--namespace", overlay.Namespace) is var crash
                && crash.Output.Contains("CrashLoopBackOff") ? "" : $"No crash is shown.\n{crash}");
    }

    [Fact]
    public async Task Where_nothing_is_deployed_it_says_so()
    {
        var status = await Tool.BookinfoAsync("status", "--namespace", "bookinfo-test-nowhere");

        Assert.Equal(NotDeployed, status.ExitCode);
        Assert.StartsWith("bookinfo: nothing is deployed in namespace bookinfo-test-nowhere of ", status.Messages);
        Assert.Empty(status.Output);
    }
}
