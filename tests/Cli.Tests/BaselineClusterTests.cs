using System.Text.Json;
using Bookinfo.Cli.Terminal;
using Bookinfo.Measurement;
using Bookinfo.ToolTesting;
using k8s.Models;

namespace Bookinfo.Cli.Tests;

/// <summary><c>bookinfo baseline</c> as a process, of pods in a cluster.</summary>
public sealed class BaselineClusterTests : BaselineRuns
{
    [Fact]
    public async Task The_pods_of_a_cluster_are_measured_wherever_the_requests_go()
    {
        await using var server = new LoadServer(LoadServer.Ok(FakePage.Html, ServerTiming));
        using var cluster = Cluster();
        using var sampling = new CancellationTokenSource();
        var samples = SampleAsync(cluster, sampling.Token);
        await using var run = InCluster(
            cluster, server.Address.ToString(), "--rates", "20", "--rounds", "2", "--step", "500ms", "--warm-up", "500ms");

        Assert.Equal(ExitCode.Success, await run.ExitAsync());
        await sampling.CancelAsync();
        await samples;
        var baseline = BaselineStore.Read($"{Name}.json");
        Assert.Equal("cluster", baseline.Settings.Subject);
        Assert.Equal($"{server.Address}productpage", baseline.Settings.Target);
        Assert.Equal("v1.30.0", baseline.Environment.Cluster);
        Assert.Equal(["one"], baseline.Environment.Nodes.Select(node => node.Name));
        Assert.Equal(["istio"], baseline.Environment.Mesh);
        var service = Assert.Single(baseline.Services);
        Assert.Equal(("ratings-v1", 1, "bookinfo/ratings:0.1.0"), (service.Name, service.Instances, service.Image));
        Assert.Equal(["istio-proxy"], service.Sidecars);
        Assert.Equal(
            [("ratings", "bookinfo/ratings:0.1.0"), ("istio-proxy", "proxy")],
            Assert.Single(baseline.Setup!).Containers!.Select(container => (container.Name, container.Image)));
        // Each sample has 0.5 s more of the service and 0.25 s more of its sidecar, and is a second later: at least one fell between the
        // readings.
        Assert.All(baseline.Steps, step =>
        {
            var use = step.Use["ratings-v1"];
            Assert.True(use.CpuSeconds >= 0.5, $"{use}");
            Assert.Equal(use.CpuSeconds / 2, use.SidecarCpuSeconds, 6);
            Assert.Equal(use.CpuSeconds * 2, use.Seconds, 6);
            Assert.Equal((3e6, 1e6), (use.MemoryBytes, use.SidecarMemoryBytes));
            // All of that is used when idle, as it comes with time and not with requests, of which the service does not tell.
            Assert.Equal(use.CpuSeconds, use.IdleCpuSeconds!.Value, 6);
            Assert.Equal(use.SidecarCpuSeconds, use.IdleSidecarCpuSeconds!.Value, 6);
            Assert.Null(use.Requests);
        });
    }

    [Fact]
    public async Task Without_the_right_to_ask_a_kubelet_there_is_a_note_and_latency()
    {
        await using var server = new LoadServer(LoadServer.Ok(FakePage.Html, ServerTiming));
        using var cluster = Cluster();
        cluster.Refuse("/api/v1/nodes/one/proxy/stats/summary", 403);
        await using var run = InCluster(
            cluster, server.Address.ToString(), "--rates", "20", "--rounds", "1", "--step", "500ms", "--warm-up", "0s");

        Assert.Equal(ExitCode.Success, await run.ExitAsync());
        var baseline = BaselineStore.Read($"{Name}.json");
        Assert.Empty(Assert.Single(baseline.Steps).Use);
        Assert.Contains(baseline.Notes, note => note.Contains("to ask the kubelets is not allowed (kubectl auth can-i get "));
        Assert.Contains("What ratings-v1 uses was not always known.", baseline.Notes);
    }

    [Fact]
    public async Task A_namespace_without_Bookinfo_is_said()
    {
        using var cluster = new FakeCluster();
        cluster.Put("/api/v1/configmaps", new V1ConfigMapList { Items = [] });
        await using var run = InCluster(cluster, "http://localhost:1/");

        Assert.Equal(ExitCode.NotDeployed, await run.ExitAsync());
        Assert.Contains("nothing is deployed in namespace bookinfo of ", run.Messages);
    }

    /// <summary>A cluster with one pod, which does not tell what it uses, and a sidecar.</summary>
    private static FakeCluster Cluster()
    {
        var cluster = new FakeCluster();
        var pod = FakeCluster.Pod("one");
        pod.Metadata = new V1ObjectMeta
        {
            Name = "ratings",
            Uid = "u",
            NamespaceProperty = "bookinfo",
            Labels = new Dictionary<string, string> { ["app"] = "ratings", ["version"] = "v1" },
        };
        pod.Spec.Containers =
        [
            new V1Container { Name = "ratings", Image = "bookinfo/ratings:0.1.0" },
            new V1Container { Name = "istio-proxy", Image = "proxy" },
        ];
        pod.Status = new V1PodStatus { Phase = "Running" };
        cluster.Put("/api/v1/namespaces/bookinfo/pods", new V1PodList { Items = [pod] });
        cluster.Put("/api/v1/namespaces/bookinfo/events", new Corev1EventList { Items = [] });
        Sample(cluster, 0);
        return cluster;
    }

    private static void Sample(FakeCluster cluster, int number)
    {
        object Container(string name, double cpu, long memory) => new Dictionary<string, object>
        {
            ["name"] = name,
            ["cpu"] = new Dictionary<string, object>
            {
                ["time"] = $"{DateTimeOffset.UnixEpoch.AddSeconds(number):yyyy-MM-ddTHH:mm:ssZ}",
                ["usageCoreNanoSeconds"] = (long)(cpu * 1e9),
            },
            ["memory"] = new Dictionary<string, object> { ["workingSetBytes"] = memory },
        };
        cluster.Answer("/api/v1/nodes/one/proxy/stats/summary", 200, JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["pods"] = new object[]
            {
                new Dictionary<string, object>
                {
                    ["podRef"] = new Dictionary<string, string> { ["name"] = "ratings", ["namespace"] = "bookinfo", ["uid"] = "u" },
                    ["containers"] = new[]
                    {
                        Container("ratings", 0.5 * number, 3_000_000), Container("istio-proxy", 0.25 * number, 1_000_000),
                    },
                },
            },
        }));
    }

    /// <summary>Makes a sample from time to time, as kubelets do: less often than steps are long.</summary>
    private static async Task SampleAsync(FakeCluster cluster, CancellationToken end)
    {
        for (var number = 1; !end.IsCancellationRequested; number++)
        {
            Sample(cluster, number);
            await Task.Delay(1500, CancellationToken.None);
        }
    }

    private CommandRun InCluster(FakeCluster cluster, string url, params string[] arguments)
    {
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, "config")).FullName, "config");
        File.WriteAllText(file, $$$"""
            apiVersion: v1
            kind: Config
            clusters: [{name: one, cluster: {server: "{{{cluster.Url}}}"}}]
            users: [{name: me, user: {token: secret}}]
            contexts: [{name: first, context: {cluster: one, user: me}}]
            current-context: first
            """);
        return CommandRun.Start(
            "dotnet",
            [CommandRun.ToolAssembly, "baseline", url, "--namespace", "bookinfo", .. arguments, "--name", Name],
            environment: new() { ["KUBECONFIG"] = file });
    }
}
