using Bookinfo.Foundation;
using Bookinfo.Measurement;
using Bookinfo.ToolTesting;
using k8s.Models;

namespace Bookinfo.Kubernetes.Tests;

/// <summary>What <c>baseline</c> makes of a cluster that answers as it should not: everything that needs no such answer.</summary>
public sealed class ClusterSubjectTests : IDisposable
{
    private const string Space = "/api/v1/namespaces/bookinfo";
    private const string Summary = "/api/v1/nodes/one/proxy/stats/summary";
    private const string Metrics = $"{Space}/pods/details-v1-x:9080/proxy/metrics";
    private const string Told = "process_cpu_time_seconds_total{a=\"b\"} 5\nprocess_memory_usage_bytes 100\n";

    private readonly FakeCluster _cluster = new();
    private readonly FakeTools _tools = new();
    private readonly List<string> _notes = [];

    public ClusterSubjectTests()
    {
        _cluster.Put($"{Space}/pods", new V1PodList { Items = [Pod()] });
        _cluster.Answer($"{Space}/events", 200, """{"items":[]}""");
        _cluster.Answer(Metrics, 200, Told);
        _cluster.Answer(Summary, 200, """{"pods":[]}""");
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _cluster.Dispose();
        _tools.Dispose();
    }

    /// <summary>As when the API server is started again, or the page of a proxy comes in its place.</summary>
    [Theory]
    [InlineData($"{Space}/pods", 200, "<html>Please sign in</html>")]
    [InlineData($"{Space}/pods", 200, """{"items":[{"metadata":{"name":"a"}""")]
    [InlineData($"{Space}/pods", 429, "")]
    [InlineData($"{Space}/pods", 500, "")]
    public async Task Without_the_pods_there_is_no_figure_but_a_note(string path, int status, string body)
    {
        await using var subject = await OpenAsync();
        _cluster.Answer(path, status, body);

        Assert.Empty(await subject.ReadUseAsync(settled: true, _notes, Cancelled));

        Assert.StartsWith("What the pods use could not always be read: ", Assert.Single(_notes));
    }

    [Theory]
    [InlineData(200, "<html>Please sign in</html>")]
    [InlineData(200, """{"pods":[{"podRef":{"name":"a"},"containers":[]}]}""")]
    [InlineData(502, "")]
    public async Task Without_the_kubelet_a_service_tells_what_it_uses(int status, string body)
    {
        await using var subject = await OpenAsync();
        _cluster.Answer(Summary, status, body);

        var use = Assert.Single(await subject.ReadUseAsync(settled: true, _notes, Cancelled));

        Assert.Equal(("details-v1", 5, 100), (use.Service, use.CpuSeconds, use.MemoryBytes));
        Assert.EndsWith("the kubelets do not answer.", Assert.Single(_notes));
    }

    /// <summary>Otherwise another source counts until the end, which is not the one of the baseline that it is compared with.</summary>
    [Fact]
    public async Task A_service_that_does_not_answer_for_a_moment_is_asked_again()
    {
        var asked = 0;
        _cluster.Fails = request => request == $"GET {Metrics}" && Interlocked.Increment(ref asked) == 1;
        await using var subject = await OpenAsync();

        Assert.Equal(5, Assert.Single(await subject.ReadUseAsync(settled: false, _notes, Cancelled)).CpuSeconds);

        Assert.Empty(_notes);
    }

    [Fact]
    public async Task The_source_is_noted_where_it_is_not_the_service()
    {
        _cluster.Refuse(Metrics, 404);
        await using var subject = await OpenAsync();

        await subject.ReadUseAsync(settled: false, _notes, Cancelled);

        Assert.Contains(
            "Of details-v1, CPU is what the kubelets say: no /metrics with it was to be had through the API server.", _notes);
    }

    [Fact]
    public async Task Services_and_nodes_are_not_needed()
    {
        await using var subject = await OpenAsync();
        _cluster.Refuse($"{Space}/services", 403);
        _cluster.Refuse("/api/v1/nodes", 500);

        var facts = await subject.DescribeAsync(Cancelled);

        Assert.Equal("details-v1", Assert.Single(facts.Services).Name);
        Assert.Contains("No answer to a list of nodes: what they are is not known.", facts.Notes);
    }

    [Theory]
    [InlineData(403, FailureKind.NotAllowed)]
    [InlineData(429, FailureKind.ClusterUnreachable)]
    [InlineData(500, FailureKind.ClusterUnreachable)]
    public async Task That_the_pods_cannot_be_listed_is_told_as_what_it_is(int status, FailureKind kind)
    {
        await using var subject = await OpenAsync();
        _cluster.Refuse($"{Space}/pods", status);

        Assert.Equal(kind, (await Assert.ThrowsAsync<OperationFailedException>(() => subject.DescribeAsync(Cancelled))).Kind);
    }

    [Fact]
    public async Task How_services_are_set_up_is_told_and_no_secret()
    {
        var pod = Pod();
        var own = pod.Spec.Containers[0];
        own.Resources.Limits = new Dictionary<string, ResourceQuantity> { ["memory"] = new("64Mi") };
        own.EnvFrom =
        [
            new V1EnvFromSource { ConfigMapRef = new V1ConfigMapEnvSource { Name = "otlp" } },
            new V1EnvFromSource { ConfigMapRef = new V1ConfigMapEnvSource { Name = "unreadable" } },
            new V1EnvFromSource { SecretRef = new V1SecretEnvSource { Name = "keys" } },
        ];
        own.Env =
        [
            new V1EnvVar { Name = "SERVICE_VERSION", Value = "v1" },
            new V1EnvVar { Name = "LOG_FORMAT", Value = "text" },
            new V1EnvVar { Name = "PASSWORD", Value = "a-secret" },
            new V1EnvVar
            {
                Name = "TOKEN",
                ValueFrom = new V1EnvVarSource { SecretKeyRef = new V1SecretKeySelector { Name = "keys", Key = "t" } },
            },
            new V1EnvVar
            {
                Name = "K8S_POD_NAME",
                ValueFrom = new V1EnvVarSource { FieldRef = new V1ObjectFieldSelector { FieldPath = "metadata.name" } },
            },
        ];
        // A mesh may put its own in front, so that it starts first.
        pod.Spec.Containers.Insert(0, new V1Container { Name = "istio-proxy", Image = "istio/proxyv2:1.27.0" });
        _cluster.Put($"{Space}/pods", new V1PodList { Items = [pod] });
        _cluster.Put($"{Space}/configmaps/otlp", new V1ConfigMap
        {
            Data = new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://me:a-secret@collector:4317" },
        });
        _cluster.Refuse($"{Space}/configmaps/unreadable", 403);
        _cluster.Answer(Metrics, 200, $"{Told}dotnet_jit_compiled_methods_total 0\n");
        await using var subject = await OpenAsync();

        var setup = Assert.Single((await subject.DescribeAsync(Cancelled)).Setup!);

        Assert.Equal(("details-v1", ServiceSetup.Native, null), (setup.Service, setup.Build, setup.Program));
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["ConfigMap unreadable"] = "set",
                ["LOG_FORMAT"] = "text",
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "set",
                ["PASSWORD"] = "set",
                ["Secret keys"] = "set",
                ["TOKEN"] = "set",
            },
            setup.Variables);
        Assert.Equal(
            [
                new ContainerSetup("main", "bookinfo/details:0.1.0", "100m", null, "64Mi", "64Mi"),
                new ContainerSetup("istio-proxy", "istio/proxyv2:1.27.0", null, null, null, null),
            ],
            setup.Containers);
        Assert.Equal(["one"], setup.Nodes);
    }

    [Fact]
    public async Task A_service_that_does_not_tell_how_it_was_built_is_not_guessed()
    {
        await using var subject = await OpenAsync();

        Assert.Null(Assert.Single((await subject.DescribeAsync(Cancelled)).Setup!).Build);
    }

    [Fact]
    public async Task A_service_tells_how_many_requests_it_answered()
    {
        _cluster.Answer(
            Metrics, 200, Told + "target_info{service_name=\"details\",service_version=\"v1\"} 1\n"
                + "http_server_request_duration_seconds_count{http_route=\"/details/{id?}\"} 12\n");
        await using var subject = await OpenAsync();

        Assert.Equal(12, Assert.Single(await subject.ReadUseAsync(settled: false, _notes, Cancelled)).Requests);
    }

    /// <summary>Its idle share is that of the time between its samples, and not of the step.</summary>
    [Fact]
    public async Task A_sidecar_has_the_time_of_its_own_sample()
    {
        var pod = Pod();
        pod.Spec.Containers.Add(new V1Container { Name = "istio-proxy" });
        _cluster.Put($"{Space}/pods", new V1PodList { Items = [pod] });
        _cluster.Answer(Summary, 200, """
            {"pods": [{"podRef": {"name": "details-v1-x", "namespace": "bookinfo", "uid": "u"}, "containers": [
              {"name": "istio-proxy", "cpu": {"time": "1970-01-01T00:01:40Z", "usageCoreNanoSeconds": 2000000000}}]}]}
            """);
        await using var subject = await OpenAsync();

        var use = Assert.Single(await subject.ReadUseAsync(settled: false, _notes, Cancelled));

        Assert.Equal((5, 2, 100, false), (use.CpuSeconds, use.SidecarCpuSeconds, use.SidecarAt, use.IsSampled));
        Assert.True(use.At > 1e9);
    }

    private static V1Pod Pod()
    {
        var pod = FakeCluster.Pod("one");
        pod.Metadata = new V1ObjectMeta
        {
            Name = "details-v1-x",
            Uid = "u",
            Labels = new Dictionary<string, string> { ["app"] = "details", ["version"] = "v1" },
        };
        pod.Spec.Containers[0].Image = "bookinfo/details:0.1.0";
        pod.Status = new V1PodStatus { Phase = "Running" };
        return pod;
    }

    private async Task<ClusterSubject> OpenAsync()
    {
        _tools.AddKubectl(_cluster.Url);
        var connection = await ClusterConnection.OpenAsync(new Kubectl(Path.Combine(_tools.Path, "kubectl"), null), Cancelled);
        return await ClusterSubject.OpenAsync(
            connection, "bookinfo", new Uri("http://localhost:1/productpage"), static _ => { }, TimeProvider.System, Cancelled);
    }
}
