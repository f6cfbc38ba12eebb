using System.Text.Json;
using Bookinfo.Cli.Terminal;
using Bookinfo.Contracts;
using Bookinfo.ToolTesting;
using k8s.Models;

namespace Bookinfo.Cli.Tests;

/// <summary>
/// <c>bookinfo verify --namespace</c> as a process: an API server and a kubectl stand in for a cluster, in which the services are those of
/// an <c>up</c>.
/// </summary>
public sealed class VerifyClusterTests : IDisposable
{
    private const string Deployments = "/apis/apps/v1/namespaces/bookinfo/deployments";

    private readonly FakeTools _tools = new();
    private readonly FreePorts _ports = FreePorts.Find();

    /// <summary>The versions behind the page, in the order of their ports.</summary>
    private static IReadOnlyList<ServiceVersion> Backends { get; } =
        [.. ServiceCatalog.All.SelectMany(service => service.Versions).OrderBy(version => version.LocalPort).SkipLast(1)];

    public void Dispose() => _tools.Dispose();

    [Fact]
    public async Task A_pod_of_each_version_is_asked_and_the_number_of_pods_says_how_often_each_is_served()
    {
        await using var up = CommandRun.Bookinfo(["up", "--no-build", .. _ports.Options, "--output", "json"]);
        await up.ReadyAsync();
        using var cluster = Cluster();

        var (code, report) = await VerifyAsync(cluster);
        Assert.Equal((ExitCode.Success, "exact"), (code, report.GetProperty("verdict").GetString()));
        Assert.Equal("300 of 300", Versions(report, "seen"));

        // With three pods of v1 beside one of each other version, it is not what the number of pods says.
        cluster.Put(Deployments, new V1DeploymentList { Items = [Deployment("v1", 3), Deployment("v2", 1), Deployment("v3", 1)] });
        (code, report) = await VerifyAsync(cluster);
        Assert.Equal(ExitCode.TelemetryDiffers, code);
        Assert.Equal("version-share", Versions(report, "kind"));

        // Without the right to know it, it is not checked.
        cluster.Refuse(Deployments, 403);
        (code, report) = await VerifyAsync(cluster);
        Assert.Equal((ExitCode.TelemetryUnchecked, "untold"), (code, report.GetProperty("verdict").GetString()));
        Assert.StartsWith("How requests are divided is not known: ", Versions(report, "open"));
    }

    private static V1Deployment Deployment(string version, int replicas) => new()
    {
        Metadata = new V1ObjectMeta { Name = $"reviews-{version}" },
        Spec = new V1DeploymentSpec { Replicas = replicas },
    };

    private static FakeCluster Cluster()
    {
        var cluster = new FakeCluster();
        cluster.Put(Deployments, new V1DeploymentList { Items = [Deployment("v1", 1), Deployment("v2", 1), Deployment("v3", 1)] });
        cluster.Put(
            "/apis/autoscaling/v1/namespaces/bookinfo/horizontalpodautoscalers", new V1HorizontalPodAutoscalerList { Items = [] });
        cluster.Put(
            "/api/v1/namespaces/bookinfo/services/reviews", new V1Service { Metadata = new V1ObjectMeta { Name = "reviews" } });
        cluster.Put("/api/v1/namespaces/bookinfo/pods", new V1PodList { Items = [.. Backends.Select(Pod)] });
        return cluster;
    }

    private static V1Pod Pod(ServiceVersion version)
    {
        var pod = FakeCluster.Pod("one");
        pod.Metadata.Name = $"{version.Name}-x";
        pod.Metadata.Labels = new Dictionary<string, string> { ["app"] = version.Service, ["version"] = version.Version };
        pod.Status = new V1PodStatus { Phase = "Running" };
        return pod;
    }

    /// <summary>Of the check of versions: how many pages were seen, what was found, or why it was not checked.</summary>
    private static string Versions(JsonElement report, string what)
    {
        var check = report.GetProperty("signals")[0].GetProperty("checks").EnumerateArray()
            .Single(one => one.GetProperty("name").GetString() == "versions of reviews");
        return what switch
        {
            "seen" => $"{check.GetProperty("seen")} of {check.GetProperty("expected").GetProperty("low")}",
            "kind" => string.Join(
                ", ", check.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("kind").GetString()).Distinct()),
            _ => check.GetProperty("notChecked")[0].GetString()!,
        };
    }

    private async Task<(int Code, JsonElement Report)> VerifyAsync(FakeCluster cluster)
    {
        _tools.AddKubectl(cluster.Url).ChangeKubectl(string.Concat(Backends.Select((version, index) => $"""
            port-forward*pod/{version.Name}-x*:9080*)
                echo 'Forwarding from 127.0.0.1:{_ports.Backends + index} -> 9080'; exec /bin/sleep 1000 ;;

            """)));
        await using var run = CommandRun.Start(
            "dotnet",
            [CommandRun.ToolAssembly, "verify", $"localhost:{_ports.Page}", "--app", "--namespace", "bookinfo", "--output", "json"],
            environment: new() { ["PATH"] = $"{_tools.Path}:{Environment.GetEnvironmentVariable("PATH")}" });
        var code = await run.ExitAsync();
        Assert.True(run.Output.Length > 0, run.ToString());
        return (code, JsonDocument.Parse(run.Output).RootElement);
    }
}
