using Bookinfo.Foundation;
using Bookinfo.ToolTesting;
using k8s.Models;

namespace Bookinfo.Kubernetes.Tests;

/// <summary>
/// What <c>status</c> says of pods in which a mesh has put its container in front of the service (Istio's holdApplicationUntilProxyStarts,
/// Linkerd's await).
/// </summary>
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
            new()
            {
                Name = name,
                Ready = true,
                State = new V1ContainerState { Running = new V1ContainerStateRunning { StartedAt = since } },
            };
        var pod = new V1Pod
        {
            Metadata = new V1ObjectMeta
            {
                Name = "details-v1-x",
                Uid = "u",
                Labels = new Dictionary<string, string> { ["app"] = "details" },
            },
            Spec = new V1PodSpec
            {
                NodeName = "one",
                Containers =
                [
                    new V1Container { Name = "istio-proxy", Image = ProxyImage }, new V1Container { Name = "details", Image = Image },
                ],
            },
            Status = new V1PodStatus
            {
                Phase = "Running",
                ContainerStatuses = [Running("istio-proxy", started), Running("details", started.AddSeconds(7))],
                Conditions = [new V1PodCondition { Type = "Ready", Status = "True", LastTransitionTime = started.AddSeconds(10) }],
            },
        };
        var node = FakeCluster.Node("one");
        node.Status.Images =
        [
            new V1ContainerImage { Names = [ProxyImage], SizeBytes = 100_000_000 },
            new V1ContainerImage { Names = [$"docker.io/{Image}"], SizeBytes = 24_000_000 },
        ];
        Corev1Event Pulled(string image, string time) => new()
        {
            Metadata = new V1ObjectMeta(),
            Reason = "Pulled",
            Message = $"Successfully pulled image \"{image}\" in {time}",
            InvolvedObject = new V1ObjectReference { Uid = "u" },
        };
        _cluster.Nodes(node);
        _cluster.Put("/api/v1/namespaces/bookinfo/pods", new V1PodList { Items = [pod] });
        _cluster.Put(
            "/api/v1/namespaces/bookinfo/events", new Corev1EventList { Items = [Pulled(Image, "1.5s"), Pulled(ProxyImage, "9.5s")] });
        using var connection = await ConnectAsync();

        var report = await new StatusReader(connection, "bookinfo", TimeProvider.System).ReadAsync(TestContext.Current.CancellationToken);

        var state = Assert.Single(report.Pods);
        Assert.Equal((Image, 24_000_000, 1.5), (state.Image, state.ImageBytes, state.ImagePullSeconds));
        // There is no log here, so this is from the start of the container to the readiness of its pod.
        Assert.Equal(3, state.StartUpSeconds);
    }

    /// <summary>As kubectl shows them. Istio makes its proxy one from 1.27 on.</summary>
    [Theory]
    [InlineData(true, 2, "Running")]
    [InlineData(false, 1, "Running")]
    public async Task A_sidecar_that_is_an_init_container_counts_like_any_container(bool ready, int shown, string status)
    {
        V1ContainerStatus Running(string name, bool isReady, int restarts) => new()
        {
            Name = name,
            Ready = isReady,
            Started = true,
            RestartCount = restarts,
            State = new V1ContainerState { Running = new V1ContainerStateRunning() },
        };
        var pod = Named("details-v1-x", "one");
        pod.Spec.InitContainers = [Init("istio-init", null), Init("istio-proxy", "Always")];
        pod.Spec.InitContainers[1].Resources = new V1ResourceRequirements
        {
            Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("100m"), ["memory"] = new("1Ki") },
            Limits = new Dictionary<string, ResourceQuantity> { ["memory"] = new("2Ki") },
        };
        pod.Spec.Containers[0].Resources.Requests["memory"] = new("1Ki");
        pod.Status = new V1PodStatus
        {
            Phase = "Running",
            ContainerStatuses = [Running("main", true, 1)],
            InitContainerStatuses =
            [
                new V1ContainerStatus
                {
                    Name = "istio-init",
                    Ready = true,
                    RestartCount = 7,
                    State = new V1ContainerState { Terminated = new V1ContainerStateTerminated { ExitCode = 0 } },
                },
                Running("istio-proxy", ready, 3),
            ],
        };
        _cluster.Put("/api/v1/namespaces/bookinfo/pods", new V1PodList { Items = [pod] });
        using var connection = await ConnectAsync();

        var report = await new StatusReader(connection, "bookinfo", TimeProvider.System).ReadAsync(TestContext.Current.CancellationToken);

        var state = Assert.Single(report.Pods);
        Assert.Equal((shown, 2, status, 4), (state.Ready, state.Containers, state.Status, state.Restarts));
        Assert.Equal((0.2, 2048, 2048), (state.CpuRequest!.Value, state.MemoryRequest, state.MemoryLimit));
    }

    /// <summary>Kubelets from 1.28 on say of any init container that runs that it has started.</summary>
    [Theory]
    [InlineData(null, true, "Init:0/1")]
    [InlineData("Always", true, "PodInitializing")]
    [InlineData("Always", false, "Init:0/1")]
    public void Only_a_sidecar_is_done_when_it_has_started(string? restartPolicy, bool started, string status)
    {
        var pod = FakeCluster.Pod("one");
        pod.Spec.InitContainers = [Init("first", restartPolicy)];
        pod.Status = new V1PodStatus
        {
            Phase = "Pending",
            InitContainerStatuses =
            [
                new V1ContainerStatus
                {
                    Name = "first",
                    Started = started,
                    State = new V1ContainerState { Running = new V1ContainerStateRunning() },
                },
            ],
            ContainerStatuses =
            [
                new V1ContainerStatus
                {
                    Name = "main",
                    State = new V1ContainerState { Waiting = new V1ContainerStateWaiting { Reason = "PodInitializing" } },
                },
            ],
        };

        Assert.Equal(status, StatusReader.Describe(pod));
    }

    private static V1Container Init(string name, string? restartPolicy) => new() { Name = name, RestartPolicy = restartPolicy };

    /// <summary>What is only shown beside the pods does not keep them from being shown.</summary>
    [Theory]
    [InlineData(200, "garbage")]
    [InlineData(200, """{"items":[{"metadata":{"name":"details-v1-x"},"containers":[{"usage":{"cpu":true}}]}],"pods":5}""")]
    [InlineData(200, """{"items":[{"metadata":{"name":"one"},"reason":"Pulled"}]}""")]
    [InlineData(500, "")]
    [InlineData(404, "<html>")]
    public async Task What_is_optional_may_fail_in_any_way(int status, string body)
    {
        PutPod();
        foreach (var path in new[]
        {
            "/apis/metrics.k8s.io/v1beta1/namespaces/bookinfo/pods", "/api/v1/nodes/one/proxy/stats/summary", "/api/v1/nodes",
            "/api/v1/namespaces/bookinfo/events",
            "/api/v1/namespaces/bookinfo/pods/details-v1-x/log",
        })
        {
            _cluster.Answer(path, status, body);
        }

        using var connection = await ConnectAsync();

        var report = await new StatusReader(connection, "bookinfo", TimeProvider.System).ReadAsync(TestContext.Current.CancellationToken);

        Assert.Equal(("details-v1-x", null), (Assert.Single(report.Pods).Name, report.Pods[0].CpuUse));
        Assert.Empty(report.Services);
    }

    /// <summary>An API server gives every object these; what is not as it writes it cannot be guessed at.</summary>
    [Theory]
    [InlineData("pods", "null", "null instead of a list of V1Pod.")]
    [InlineData("pods", """{"items":[null]}""", "V1Pod without a name lacks everything: it is null.")]
    [InlineData("pods", """{"items":[{"spec":{"containers":[{"name":"c"}]}}]}""", "V1Pod without a name lacks metadata.name.")]
    [InlineData("pods", """{"items":[{"metadata":{"name":"a"},"spec":{"containers":[{"name":"c"}]}}]}""", "V1Pod a lacks metadata.uid.")]
    [InlineData("pods", """{"items":[{"metadata":{"name":"a","uid":"u"}}]}""", "V1Pod a lacks spec.")]
    [InlineData("pods", """{"items":[{"metadata":{"name":"a","uid":"u"},"spec":{}}]}""", "V1Pod a lacks spec.containers.")]
    [InlineData(
        "pods", """{"items":[{"metadata":{"name":"a","uid":"u","creationTimestamp":"yesterday"}}]}""", "Unable to parse ")]
    [InlineData(
        "pods", """{"items":[{"spec":{"containers":[{"resources":{"requests":{"cpu":"abc"}}}]}}]}""", "the quantity 'abc'")]
    [InlineData(
        "pods", """{"items":[{"spec":{"containers":[{"resources":{"requests":{"cpu":"1e999999999"}}}]}}]}""", "the quantity '1e999999999'")]
    [InlineData("services", """{"items":[{"metadata":{"name":"a"}}]}""", "V1Service a lacks spec.")]
    public async Task An_answer_that_is_not_as_the_API_writes_it_is_told_of(string kind, string body, string message)
    {
        PutPod();
        _cluster.Answer($"/api/v1/namespaces/bookinfo/{kind}", 200, body);
        using var connection = await ConnectAsync();
        var reader = new StatusReader(connection, "bookinfo", TimeProvider.System);

        var failure = await Assert.ThrowsAsync<OperationFailedException>(() => ClusterFailure.ExplainAsync(
            () => reader.ReadAsync(TestContext.Current.CancellationToken), connection.Config, TestContext.Current.CancellationToken));

        Assert.Equal(FailureKind.ClusterUnreachable, failure.Kind);
        Assert.Contains($" gives an answer that cannot be read: {message}", failure.Message);
    }

    [Fact]
    public async Task More_restarts_than_a_number_holds_are_as_many_as_it_holds()
    {
        var pod = Named("details-v1-x", "one");
        pod.Status = new V1PodStatus
        {
            Phase = "Running",
            ContainerStatuses =
            [
                new V1ContainerStatus { Name = "main", RestartCount = int.MaxValue },
                new V1ContainerStatus { Name = "other", RestartCount = int.MaxValue },
            ],
        };
        _cluster.Put("/api/v1/namespaces/bookinfo/pods", new V1PodList { Items = [pod] });
        using var connection = await ConnectAsync();

        var report = await new StatusReader(connection, "bookinfo", TimeProvider.System).ReadAsync(TestContext.Current.CancellationToken);

        Assert.Equal(int.MaxValue, Assert.Single(report.Pods).Restarts);
    }

    [Fact]
    public async Task So_may_it_hang()
    {
        PutPod();
        _cluster.Answer("/apis/metrics.k8s.io/v1beta1/namespaces/bookinfo/pods", 200, """{"items":null}""");
        _cluster.Answer("/api/v1/namespaces/bookinfo/services", 200, """{"items":null}""");
        _cluster.Hangs = path => path.EndsWith("/events", StringComparison.Ordinal);
        using var connection = await ConnectAsync();

        var report = await new StatusReader(connection, "bookinfo", TimeProvider.System).ReadAsync(TestContext.Current.CancellationToken);

        Assert.Single(report.Pods);
        Assert.Equal(["No answer to a list of events: how images were pulled is not known."], report.Notes);
    }

    /// <summary>Without the metrics API, each kubelet speaks for its own pods.</summary>
    [Fact]
    public async Task A_kubelet_that_does_not_answer_leaves_out_its_own_pods_only()
    {
        _cluster.Put("/api/v1/namespaces/bookinfo/pods", new V1PodList { Items = [Named("a", "one"), Named("b", "two")] });
        _cluster.Answer("/apis/metrics.k8s.io/v1beta1/namespaces/bookinfo/pods", 404, "404 page not found");
        _cluster.Answer("/api/v1/nodes/one/proxy/stats/summary", 200, """
            {"pods":[{"podRef":{"name":"a","namespace":"bookinfo"},
              "containers":[{"cpu":{"usageNanoCores":1000000000},"memory":{"workingSetBytes":7}}]}]}
            """);
        _cluster.Refuse("/api/v1/nodes/two/proxy/stats/summary", 502);
        using var connection = await ConnectAsync();

        var report = await new StatusReader(connection, "bookinfo", TimeProvider.System).ReadAsync(TestContext.Current.CancellationToken);

        Assert.Equal([1, null], report.Pods.Select(pod => pod.CpuUse));
        Assert.Contains(
            "Real use is not known on two: the cluster has no metrics API (metrics-server), and the kubelets do not answer.", report.Notes);
    }

    private static V1Pod Named(string name, string node)
    {
        var pod = FakeCluster.Pod(node);
        pod.Metadata.Name = name;
        pod.Metadata.Uid = name;
        pod.Spec.Containers[0].Image = Image;
        return pod;
    }

    private void PutPod()
    {
        var pod = Named("details-v1-x", "one");
        pod.Status = new V1PodStatus
        {
            Phase = "Running",
            ContainerStatuses =
            [
                new V1ContainerStatus
                {
                    Name = "main",
                    Ready = true,
                    State = new V1ContainerState
                    {
                        Running = new V1ContainerStateRunning { StartedAt = new DateTime(2026, 11, 26, 8, 0, 0, DateTimeKind.Utc) },
                    },
                },
            ],
            Conditions = [new V1PodCondition { Type = "Ready", Status = "True" }],
        };
        _cluster.Put("/api/v1/namespaces/bookinfo/pods", new V1PodList { Items = [pod] });
    }

    private Task<ClusterConnection> ConnectAsync()
    {
        _tools.AddKubectl(_cluster.Url);
        return ClusterConnection.OpenAsync(new Kubectl(Path.Combine(_tools.Path, "kubectl"), null), TestContext.Current.CancellationToken);
    }
}
