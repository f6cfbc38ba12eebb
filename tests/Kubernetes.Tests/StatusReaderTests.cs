using Bookinfo.ToolTesting;
using k8s.Models;

namespace Bookinfo.Kubernetes.Tests;

/// <summary>What <c>status</c> says of pods in which a mesh has put its container in front of the service (Istio's holdApplicationUntilProxyStarts, Linkerd's await).</summary>
public sealed class StatusReaderTests : IDisposable
{
    private const string Image = "bookinfo/details:0.1.0";
    private const string ProxyImage = "docker.io/istio/proxyv2:1.29.0";

    private readonly FakeCluster _cluster = new();
    private readonly FakeTools _tools = new();

    public void Dispose()
    {
        _cluster.Dispose();
        _tools.Dispose();
    }

    [Fact]
    public async Task Image_pull_and_start_up_are_those_of_the_service_and_not_of_the_proxy_in_front_of_it()
    {
        var started = new DateTime(2026, 11, 26, 8, 0, 0, DateTimeKind.Utc);
        V1ContainerStatus Running(string name, DateTime since) =>
            new() { Name = name, Ready = true, State = new V1ContainerState { Running = new V1ContainerStateRunning { StartedAt = since } } };
        var pod = new V1Pod
        {
            Metadata = new V1ObjectMeta { Name = "details-v1-x", Uid = "u", Labels = new Dictionary<string, string> { ["app"] = "details" } },
            Spec = new V1PodSpec
            {
                NodeName = "one",
                Containers = [new V1Container { Name = "istio-proxy", Image = ProxyImage }, new V1Container { Name = "details", Image = Image }],
            },
            Status = new V1PodStatus
            {
                Phase = "Running",
                ContainerStatuses = [Running("istio-proxy", started), Running("details", started.AddSeconds(7))],
                Conditions = [new V1PodCondition { Type = "Ready", Status = "True", LastTransitionTime = started.AddSeconds(10) }],
            },
        };
        var node = FakeCluster.Node("one");
        node.Status.Images = [new V1ContainerImage { Names = [ProxyImage], SizeBytes = 100_000_000 }, new V1ContainerImage { Names = [$"docker.io/{Image}"], SizeBytes = 24_000_000 }];
        Corev1Event Pulled(string image, string time) => new()
        {
            Metadata = new V1ObjectMeta(),
            Reason = "Pulled",
            Message = $"Successfully pulled image \"{image}\" in {time}",
            InvolvedObject = new V1ObjectReference { Uid = "u" },
        };
        _cluster.Nodes(node);
        _cluster.Put("/api/v1/namespaces/bookinfo/pods", new V1PodList { Items = [pod] });
        _cluster.Put("/api/v1/namespaces/bookinfo/events", new Corev1EventList { Items = [Pulled(Image, "1.5s"), Pulled(ProxyImage, "9.5s")] });
        using var connection = await ConnectAsync();

        var report = await new StatusReader(connection, "bookinfo", TimeProvider.System).ReadAsync(TestContext.Current.CancellationToken);

        var state = Assert.Single(report.Pods);
        Assert.Equal((Image, 24_000_000, 1.5), (state.Image, state.ImageBytes, state.ImagePullSeconds));
        // There is no log here, so this is from the start of the container to the readiness of its pod.
        Assert.Equal(3, state.StartUpSeconds);
    }

    private Task<ClusterConnection> ConnectAsync()
    {
        _tools.AddKubectl(_cluster.Url);
        return ClusterConnection.OpenAsync(new Kubectl(Path.Combine(_tools.Path, "kubectl"), null), TestContext.Current.CancellationToken);
    }
}
