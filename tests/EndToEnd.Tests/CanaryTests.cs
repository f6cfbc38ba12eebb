using System.Text.Json;
using Bookinfo.Cli.Terminal;
using k8s;

namespace EndToEnd.Tests;

/// <summary><c>bookinfo canary</c> on a cluster without a mesh: the number of pods divides the requests to reviews.</summary>
public sealed class CanaryTests(Cluster cluster)
{
    private static readonly string[] Versions = ["v1", "v2", "v3"];

    [Fact]
    public async Task Pods_divide_requests_as_asked_for_and_rollback_brings_back_what_was()
    {
        await using var overlay = new TestOverlay();
        Assert.Equal(ExitCode.Success, (await overlay.DeployAsync()).ExitCode);

        var set = await CanaryAsync(overlay, "set", "v1=75,v3=25");
        Assert.True(set.ExitCode == ExitCode.Success, $"{set}");
        Assert.Equal("3,0,1", await ReplicasAsync(overlay));

        var status = await CanaryAsync(overlay, "status", "--rate", "50", "--duration", "10s", "--output", "json");
        Assert.True(status.ExitCode == ExitCode.Success, $"{status}");
        using var report = JsonDocument.Parse(status.Output);
        Assert.Equal("""{"v1":75,"v3":25}""", JsonSerializer.Serialize(report.RootElement.GetProperty("asked")));
        var measured = report.RootElement.GetProperty("measured");
        Assert.Equal((500, 0), (measured.GetProperty("sent").GetInt32(), measured.GetProperty("failed").GetInt32()));
        Assert.Equal(500, Versions.Sum(Count));
        Assert.Equal(0, Count("v2"));
        // Connections are spread over pods, not requests: near, and no more.
        Assert.InRange(Count("v3"), 25, 250);

        var back = await CanaryAsync(overlay, "rollback");
        Assert.True(back.ExitCode == ExitCode.Success, $"{back}");
        Assert.Equal("1,1,1", await ReplicasAsync(overlay));

        int Count(string version) => measured.GetProperty("versions").GetProperty(version).GetProperty("count").GetInt32();
    }

    [Fact]
    public async Task A_version_that_fails_is_taken_back_while_it_walks()
    {
        // All that v3 answers is an error.
        await using var overlay = new TestOverlay().Patch("Deployment", "reviews-v3", """
            {"op": "add", "path": "/spec/template/spec/containers/0/env/-", "value":
              {"name": "FAULTS", "value": "[{\"abort\": {\"httpStatus\": 500}}]"}}
            """);
        Assert.Equal(ExitCode.Success, (await overlay.DeployAsync()).ExitCode);
        Assert.Equal(ExitCode.Success, (await CanaryAsync(overlay, "promote", "v1")).ExitCode);
        Assert.Equal("1,0,0", await ReplicasAsync(overlay));

        var walk = await CanaryAsync(
            overlay, "set", "v3=100", "--step", "50", "--every", "10s", "--rate", "20", "--fail-on", "error-rate>5%", "--output", "json");

        Assert.True(walk.ExitCode == ExitCode.CanaryFailed, $"{walk}");
        Assert.Contains("Step 1 of 2: v1=50,v3=50 (v1 1 pod (50%), v3 1 pod (50%)).", walk.Messages);
        Assert.Contains("a condition was violated, and it is v1=100 again, as before.", walk.Messages);
        using var report = JsonDocument.Parse(walk.Output);
        Assert.Equal("Failed", report.RootElement.GetProperty("end").GetString());
        Assert.Equal("1,0,0", await ReplicasAsync(overlay));
    }

    private static Task<ToolResult> CanaryAsync(TestOverlay overlay, params string[] arguments) =>
        Tool.BookinfoAsync(["canary", .. arguments, "--namespace", overlay.Namespace]);

    private async Task<string> ReplicasAsync(TestOverlay overlay)
    {
        var deployments = await cluster.Api.AppsV1.ListNamespacedDeploymentAsync(
            overlay.Namespace, cancellationToken: TestContext.Current.CancellationToken);
        return string.Join(
            ',', Versions.Select(version => deployments.Items.Single(one => one.Metadata.Name == $"reviews-{version}").Spec.Replicas));
    }
}
