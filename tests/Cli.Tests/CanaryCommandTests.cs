using System.Text.Json;
using Bookinfo.Cli.Terminal;
using Bookinfo.ToolTesting;
using k8s.Models;

namespace Bookinfo.Cli.Tests;

/// <summary><c>bookinfo canary</c> as a process: its command line, and what it says of a cluster.</summary>
public sealed class CanaryCommandTests : IDisposable
{
    private readonly FakeTools _tools = new();

    public void Dispose() => _tools.Dispose();

    [Theory]
    [InlineData("shares 'v1=80,v3=30' is not allowed: it must add up to 100%, and adds up to 110%.", "set", "v1=80,v3=30")]
    [InlineData(
        "shares 'v1=80,v9=20' is not allowed: it must name versions of reviews (v1, v2, v3), and there is no v9.", "set", "v1=80,v9=20")]
    [InlineData("shares '' is not allowed: it must be versions with their shares in whole percent", "set", "")]
    [InlineData("--rate '0.05' is not allowed: it must be a number from 0.1 to 1000.", "status", "--rate", "0.05")]
    [InlineData("version 'v9' is not allowed: it must be one of v1, v2, v3.", "promote", "v9")]
    [InlineData("--every has no effect without --step.", "set", "v1=100", "--every", "10s")]
    [InlineData("--rate has no effect without --step.", "set", "v1=100", "--rate", "10")]
    [InlineData("--fail-on has no effect without --step.", "set", "v1=100", "--fail-on", "error-rate>1%")]
    [InlineData("--inconclusive has no effect without --fail-on.", "set", "v1=100", "--step", "10", "--inconclusive", "pass")]
    [InlineData("--step '0' is not allowed: it must be a whole number from 1 to 100.", "set", "v1=100", "--step", "0")]
    [InlineData("--every '1ms' is not allowed: it must be a time from 1s to 24h", "set", "v1=100", "--step", "10", "--every", "1ms")]
    [InlineData("--fail-on 'slow' is not allowed: it must be [what:]figure:limit", "set", "v1=100", "--step", "10", "--fail-on", "slow")]
    [InlineData("--pods '0' is not allowed: it must be a whole number from 1 to 100.", "promote", "v1", "--pods", "0")]
    [InlineData(
        "--namespace names a cluster, and --port an 'up' on this machine: use one of the two.", "status", "--namespace", "shop", "--port",
        "30080")]
    public async Task A_wrong_command_line_is_refused_with_what_is_allowed(string message, params string[] arguments)
    {
        await using var run = CommandRun.Start("dotnet", [CommandRun.ToolAssembly, "canary", .. arguments]);

        Assert.Equal(ExitCode.InvalidUsage, await run.ExitAsync());
        Assert.StartsWith($"bookinfo: {message}", run.Messages);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task Shares_are_set_in_a_cluster_and_told_as_JSON()
    {
        using var cluster = Cluster(("v1", 4), ("v3", 1));
        await using var run = Start(cluster, "set", "v1=80,v3=20", "--output", "json");

        Assert.True(await run.ExitAsync() == ExitCode.Success, run.Messages);
        using var report = JsonDocument.Parse(run.Output);
        Assert.Equal("""{"v1":80,"v3":20}""", JsonSerializer.Serialize(report.RootElement.GetProperty("asked")));
        Assert.Equal("the replicas of reviews in namespace bookinfo", report.RootElement.GetProperty("split").GetString());
        Assert.Equal("v1 4 pods (80%), v3 1 pod (20%)", report.RootElement.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Nothing_to_go_back_to_is_no_failure()
    {
        using var cluster = Cluster(("v1", 1), ("v3", 1));
        await using var run = Start(cluster, "rollback");

        Assert.True(await run.ExitAsync() == ExitCode.Success, run.Messages);
        Assert.Contains("There is nothing to go back to: 'canary set' has changed nothing here.", run.Messages);
        Assert.Equal(
            "VERSION  ASKED\nv1         50%\nv3         50%\n"
                + "Divided by the replicas of reviews in namespace bookinfo: v1 1 pod (50%), v3 1\npod (50%).\n",
            run.Output);
    }

    [Fact]
    public async Task A_failure_in_the_cluster_has_its_exit_code()
    {
        using var cluster = Cluster(("v1", 1));
        await using var run = Start(cluster, "promote", "v3");

        Assert.Equal(ExitCode.NotDeployed, await run.ExitAsync());
        Assert.StartsWith("bookinfo: there is no Deployment reviews-v3 in namespace bookinfo, so v3 can get no requests", run.Messages);
    }

    private static FakeCluster Cluster(params IEnumerable<(string Version, int Replicas)> reviews)
    {
        var cluster = new FakeCluster();
        cluster.Put("/apis/apps/v1/namespaces/bookinfo/deployments", new V1DeploymentList
        {
            Items =
            [
                .. reviews.Select(one => new V1Deployment
                {
                    Metadata = new V1ObjectMeta { Name = $"reviews-{one.Version}" },
                    Spec = new V1DeploymentSpec { Replicas = one.Replicas },
                }),
            ],
        });
        cluster.Put(
            "/apis/autoscaling/v1/namespaces/bookinfo/horizontalpodautoscalers", new V1HorizontalPodAutoscalerList { Items = [] });
        cluster.Put(
            "/api/v1/namespaces/bookinfo/services/reviews", new V1Service
            {
                Metadata = new V1ObjectMeta
                {
                    Name = "reviews",
                    Annotations = reviews.Count() == 2 && reviews.First().Replicas == 4
                        ? new Dictionary<string, string>
                        {
                            ["canary.bookinfo/asked"] = "v1=80,v3=20",
                            ["canary.bookinfo/before"] = "v1=1,v3=1",
                        }
                        : null,
                },
            });
        return cluster;
    }

    private CommandRun Start(FakeCluster cluster, params string[] arguments)
    {
        _tools.AddKubectl(cluster.Url);
        return CommandRun.Start(
            "dotnet", [CommandRun.ToolAssembly, "canary", .. arguments, "--namespace", "bookinfo"],
            environment: new() { ["PATH"] = $"{_tools.Path}:{Environment.GetEnvironmentVariable("PATH")}" });
    }
}
