using System.Text.Json;
using Bookinfo.Kubernetes;
using Bookinfo.Local;
using k8s.Models;

namespace Bookinfo.Measurement.Tests;

/// <summary>What services use: read from where they tell, and subtracted.</summary>
public sealed class BaselineUseTests
{
    private static readonly Dictionary<string, IdleUse> NotIdle = [];

    private readonly List<string> _notes = [];

    [Fact]
    public void What_was_used_is_the_difference_summed_over_instances()
    {
        var use = UseDifference.Of(
            [new("details-v1", "a", 100, 1, 0.5, 10, 1), new("details-v1", "b", 100, 2, 0, 10, 1)],
            [new("details-v1", "a", 106, 1.25, 0.75, 20, 2), new("details-v1", "b", 108, 2.5, 0, 30, 3)],
            NotIdle,
            _notes);

        Assert.Equal(new UseMeasurement(0.75, 0.25, 50, 5, 7), use["details-v1"]);
        Assert.Empty(_notes);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a", "c")]
    [InlineData("a", "b", "c")]
    public void A_service_of_which_an_instance_came_or_went_has_no_figures(params string[] after)
    {
        var use = UseDifference.Of(
            [new("details-v1", "a", 1, 1, 0, 1, 0), new("details-v1", "b", 1, 1, 0, 1, 0), new("ratings-v1", "r", 1, 1, 0, 1, 0)],
            [.. after.Select(instance => new InstanceUse("details-v1", instance, 2, 2, 0, 1, 0)), new("ratings-v1", "r", 2, 2, 0, 1, 0)],
            NotIdle,
            _notes);

        Assert.Equal(["ratings-v1"], use.Keys);
        Assert.Equal(["details-v1 was restarted, replaced or scaled while it was measured."], _notes);
    }

    [Fact]
    public void A_service_that_was_not_read_before_has_no_figures() =>
        Assert.Empty(UseDifference.Of([], [new("details-v1", "a", 2, 2, 0, 1, 0)], NotIdle, _notes));

    [Fact]
    public void The_idle_share_of_a_step_is_what_reading_costs_and_what_is_used_without_requests()
    {
        // A reading costs 2 ms. Without requests the service uses 10 ms in 2 s, and its sidecar 300 ms in the 10 s between two samples.
        var idle = UseDifference.Idle(
            [new("details-v1", "a", 100, 1, 0.5, 0, 0, Requests: 7, SidecarAt: 0)],
            [new("details-v1", "a", 100, 1.002, 0.5, 0, 0, Requests: 7, SidecarAt: 0)],
            [new("details-v1", "a", 102, 1.014, 0.8, 0, 0, Requests: 7, SidecarAt: 10)]);

        var use = UseDifference.Of(
            [new("details-v1", "a", 103, 2, 1, 0, 0, Requests: 7, SidecarAt: 20)],
            [new("details-v1", "a", 108, 2.427, 1.56, 0, 0, Requests: 207, SidecarAt: 32)],
            idle,
            _notes)["details-v1"];

        Assert.Equal(200, use.Requests);
        Assert.Equal(0.002 + (0.005 * 5), use.IdleCpuSeconds!.Value, 1e-9);
        Assert.Equal(0.03 * 12, use.IdleSidecarCpuSeconds!.Value, 1e-9);
        Assert.Equal((0.4 + 0.2) * 5, use.CpuPerThousand(new CpuBasis(IsOwn: true, IsNet: true), sent: 600)!.Value, 1e-9);
        Assert.Equal((0.4 + 0.2) / 0.6, use.CpuPerThousand(new CpuBasis(IsOwn: false, IsNet: true), sent: 600)!.Value, 1e-9);
        Assert.Equal((0.427 + 0.56) / 0.6, use.CpuPerThousand(new CpuBasis(IsOwn: false, IsNet: false), sent: 600)!.Value, 1e-9);
        Assert.Equal(0.2 * 5, use.SidecarCpuPerThousand(new CpuBasis(IsOwn: true, IsNet: true), sent: 600)!.Value, 1e-9);
    }

    [Fact]
    public void An_idle_share_of_more_than_was_used_at_all_is_none()
    {
        var idle = new Dictionary<string, IdleUse> { ["details-v1"] = new(0.1, 0.5, 0) };

        var use = UseDifference.Of(
            [new("details-v1", "a", 1, 1, 0, 1, 0)], [new("details-v1", "a", 2, 1.59, 0, 1, 0)], idle, _notes)["details-v1"];

        Assert.Equal((null, null), (use.IdleCpuSeconds, use.IdleSidecarCpuSeconds));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void Where_a_service_is_only_sampled_reading_costs_it_nothing(int second)
    {
        InstanceUse Sample(double at) => new("details-v1", "a", at, 0.1 * at, 0, 1, 0, IsSampled: true);

        var idle = UseDifference.Idle([Sample(0)], [Sample(second)], [Sample(10)])["details-v1"];

        Assert.Equal((0, 0.1), (idle.ReadingSeconds, Math.Round(idle.Cores, 9)));
    }

    [Theory]
    [InlineData("b", "b")]
    [InlineData("a", "b")]
    public void A_service_that_was_restarted_in_the_quiet_span_has_no_idle_share(string second, string last)
    {
        InstanceUse Reading(string instance, double at) => new("details-v1", instance, at, at, 0, 1, 0);

        Assert.Empty(UseDifference.Idle([Reading("a", 1)], [Reading(second, 2)], [Reading(last, 4)]));
    }

    [Fact]
    public void Without_requests_or_without_an_idle_share_the_figures_that_need_them_are_not_known()
    {
        var use = UseDifference.Of([new("details-v1", "a", 1, 1, 0, 1, 0)], [new("details-v1", "a", 2, 2, 0, 1, 0)], NotIdle, _notes)
            ["details-v1"];

        Assert.Equal((null, null), (use.Requests, use.IdleCpuSeconds));
        Assert.Null(use.CpuPerThousand(new CpuBasis(IsOwn: true, IsNet: false), sent: 100));
        Assert.Null(use.CpuPerThousand(new CpuBasis(IsOwn: false, IsNet: true), sent: 100));
        Assert.Equal(10, use.CpuPerThousand(new CpuBasis(IsOwn: false, IsNet: false), sent: 100));
    }

    [Fact]
    public void Metrics_tell_who_they_are_of_what_it_uses_and_whom_it_calls()
    {
        var metrics = MetricsText.Parse("""
            # TYPE target info
            target_info{service_name="productpage",service_version="v1",odd="a } \"b\" , c=\"d"} 1
            process_cpu_time_seconds_total{cpu_mode="user"} 1.5 1700000000
            process_cpu_time_seconds_total{cpu_mode="system"} 2.5e-1
            process_memory_usage_bytes{} 26386432
            process_uptime_seconds 12.5
            dotnet_jit_compilation_time_seconds_total{} 0.75
            http_client_request_duration_seconds_count{server_address="127.0.0.1",server_port="9081",service_peer_name="details"} 3
            http_client_request_duration_seconds_count{server_address="127.0.0.1",server_port="9081",http_response_status_code="500"} 1
            http_client_request_duration_seconds_count{server_address="ratings",server_port="9080"} 1
            http_client_request_duration_seconds_count{server_port="nonsense"} 1
            http_server_request_duration_seconds_count{http_route="/productpage"} 40
            http_server_request_duration_seconds_count{http_route="/login",error_type="500"} 2
            """);

        Assert.Equal("productpage-v1", metrics.Service);
        Assert.Equal(1.75, metrics.CpuSeconds);
        Assert.Equal(26386432, metrics.MemoryBytes);
        Assert.Equal(12.5, metrics.UptimeSeconds);
        Assert.Equal(0.75, metrics.CompileSeconds);
        Assert.Equal([("127.0.0.1", 9081), ("ratings", 9080)], metrics.Called);
        Assert.Equal(42, metrics.Requests);
    }

    [Theory]
    [InlineData("dotnet_jit_compiled_methods_total 0", "native")]
    [InlineData("dotnet_jit_compiled_methods_total{} 7123", "jit")]
    [InlineData("python_info 1", null)]
    public void Metrics_tell_whether_code_is_compiled_while_it_runs(string text, string? build) =>
        Assert.Equal(build, MetricsText.Parse(text).Build);

    [Theory]
    [InlineData("target_info{service_name=\"ratings\",service_version=\"v1\"} 1", 0)]
    [InlineData("python_info 1", null)]
    public void A_service_that_has_had_no_requests_is_told_from_one_that_does_not_count_them(string text, int? requests) =>
        Assert.Equal(requests, MetricsText.Parse(text).Requests);

    [Theory]
    [InlineData("")]
    [InlineData("<html>404</html>")]
    [InlineData("process_cpu_time_seconds_total NaN")]
    [InlineData("process_uptime_seconds 1e300")]
    [InlineData("process_uptime_seconds -1e300")]
    [InlineData("http_client_request_duration_seconds_count{server_address=\"127.0.0.1\",server_port=\"99999\"} 1")]
    public void Where_metrics_do_not_tell_nothing_is_known(string text)
    {
        var metrics = MetricsText.Parse(text);

        Assert.Null(metrics.Service);
        Assert.Null(metrics.CpuSeconds);
        Assert.Null(metrics.MemoryBytes);
        Assert.Null(metrics.UptimeSeconds);
        Assert.Empty(metrics.Called);
    }

    [Fact]
    public void A_kubelets_summary_tells_of_each_container_also_without_figures()
    {
        using var summary = JsonDocument.Parse("""
            {"node": {}, "pods": [
              {"podRef": {"name": "a", "namespace": "bookinfo", "uid": "u1"}, "containers": [
                {"name": "details", "cpu": {"time": "2026-11-23T02:28:15Z", "usageCoreNanoSeconds": 14758845},
                   "memory": {"workingSetBytes": 2772992}},
                {"name": "istio-proxy", "cpu": {"time": "2026-11-23T02:28:16Z"}}]},
              {"podRef": {"name": "b", "namespace": "bookinfo", "uid": "u2"}, "containers": null},
              {"podRef": {"name": "c", "namespace": "bookinfo", "uid": "u3"}}]}
            """);

        Assert.Equal(
            [
                new ContainerUse("u1", "details", new DateTimeOffset(2026, 11, 23, 2, 28, 15, TimeSpan.Zero), 0.014758845, 2772992),
                new ContainerUse("u1", "istio-proxy", new DateTimeOffset(2026, 11, 23, 2, 28, 16, TimeSpan.Zero), null, null),
            ],
            ContainerUse.Parse(summary.RootElement)
                .Select(use => use with { CpuSeconds = use.CpuSeconds is { } cpu ? Math.Round(cpu, 12) : null }));
    }

    [Theory]
    [InlineData("details", "", "", null, "details", "", "")]
    [InlineData("details,istio-proxy", "", "", null, "details", "istio-proxy", "istio")]
    [InlineData("istio-proxy,details", "", "", null, "details", "istio-proxy", "istio")]
    [InlineData("details", "istio-proxy", "istio-init", null, "details", "istio-proxy", "istio")]
    [InlineData("details", "", "", "enabled", "details", "", "istio ambient")]
    [InlineData("details", "", "", "disabled", "details", "", "")]
    [InlineData("linkerd-proxy,details", "", "linkerd-init", null, "details", "linkerd-proxy", "linkerd")]
    [InlineData("details,kuma-sidecar", "", "", null, "details", "kuma-sidecar", "kuma")]
    [InlineData("details,consul-dataplane", "", "", null, "details", "consul-dataplane", "consul")]
    [InlineData("details,watcher", "", "", null, "details", "watcher", "")]
    [InlineData("linkerd-proxy,main", "", "", null, "main", "linkerd-proxy", "linkerd")]
    public void Sidecars_and_meshes_are_seen_in_the_pods(
        string containers, string native, string initial, string? ambient, string service, string sidecars, string mesh)
    {
        static List<V1Container> Containers(string names, string? policy = null) =>
            [.. names.Split(',', StringSplitOptions.RemoveEmptyEntries)
                .Select(name => new V1Container { Name = name, RestartPolicy = policy })];
        var pod = new V1Pod
        {
            Metadata = new V1ObjectMeta
            {
                Labels = new Dictionary<string, string> { ["app"] = "details" },
                Annotations = ambient is null ? null : new Dictionary<string, string> { ["ambient.istio.io/redirection"] = ambient },
            },
            Spec = new V1PodSpec
            {
                Containers = Containers(containers),
                InitContainers = [.. Containers(native, "Always"), .. Containers(initial)],
            },
        };

        Assert.Equal(service, PodContainers.Service(pod).Name);
        Assert.Equal(sidecars, string.Join(',', PodContainers.Sidecars(pod)));
        Assert.Equal(mesh, string.Join(',', PodContainers.Mesh([pod, pod])));
    }

    [Fact]
    public void Start_up_is_only_told_by_the_log_of_the_process_that_runs()
    {
        var log = Path.GetTempFileName();
        try
        {
            File.WriteAllText(log, """{"time":"2026-11-23T02:29:45.005695Z","event":"ServiceStarted","startup_ms":1188}""" + "\n");
            var started = new DateTimeOffset(2026, 11, 23, 2, 29, 44, TimeSpan.Zero);

            Assert.Equal(1.188, LocalSubject.ReadStartUp(log, started));
            Assert.Null(LocalSubject.ReadStartUp(log, started.AddMinutes(5)));
            Assert.Null(LocalSubject.ReadStartUp(log, started.AddMinutes(-5)));
            Assert.Null(LocalSubject.ReadStartUp(log + ".none", started));
            // A directory is as little allowed to be read as another user's file.
            Assert.Null(LocalSubject.ReadStartUp(Path.GetTempPath(), started));
        }
        finally
        {
            File.Delete(log);
        }
    }
}
