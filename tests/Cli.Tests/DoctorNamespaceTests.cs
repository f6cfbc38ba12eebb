using Bookinfo.Cli.Doctor;
using Bookinfo.ToolTesting;
using k8s.Models;

namespace Bookinfo.Cli.Tests;

/// <summary>The checks of <c>doctor</c> of the namespace: its state, who else is in it, and its quotas.</summary>
public sealed class DoctorNamespaceTests : DoctorExaminations
{
    [Fact]
    public async Task A_namespace_that_is_not_there_is_made()
    {
        Cluster.Refuse("/api/v1/namespaces/bookinfo", 404);

        Assert.Equal((CheckState.Ok, "'bookinfo' does not exist yet; 'deploy' creates it"), await StateAndDetailAsync("namespace"));
    }

    [Fact]
    public async Task A_namespace_on_its_way_out_is_a_problem()
    {
        Namespace(space => space.Status = new V1NamespaceStatus { Phase = "Terminating" });

        Assert.Equal((CheckState.Problem, "'bookinfo' is being deleted"), await StateAndDetailAsync("namespace"));
    }

    [Theory]
    [InlineData("istio-injection", "enabled", "restricted", nameof(CheckState.Warning))]
    [InlineData("istio.io/rev", "1-24", "baseline", nameof(CheckState.Warning))]
    [InlineData("istio-injection", "enabled", "privileged", nameof(CheckState.Ok))]
    [InlineData("istio-injection", "disabled", "restricted", nameof(CheckState.Ok))]
    public async Task A_level_that_refuses_the_proxies_of_a_mesh_is_a_warning(string label, string value, string level, string state)
    {
        Namespace(space =>
            space.Metadata.Labels = new Dictionary<string, string> { [label] = value, ["pod-security.kubernetes.io/enforce"] = level });

        var result = await CheckAsync("namespace");

        Assert.Equal(state, $"{result.State}");
        Assert.Contains(state == nameof(CheckState.Ok) ? $"level '{level}'" : $"{label}={value}", result.Detail);
    }

    [Fact]
    public async Task Linkerds_annotation_counts_as_well()
    {
        Namespace(space =>
        {
            space.Metadata.Labels = new Dictionary<string, string> { ["pod-security.kubernetes.io/enforce"] = "restricted" };
            space.Metadata.Annotations = new Dictionary<string, string> { ["linkerd.io/inject"] = "enabled" };
        });

        Assert.Equal(CheckState.Warning, (await CheckAsync("namespace")).State);
    }

    [Fact]
    public async Task The_pods_of_others_in_the_namespace_are_a_warning()
    {
        Cluster.Put(
            "/api/v1/namespaces/bookinfo/pods", new V1PodList { Items = [FakeCluster.Pod("one"), FakeCluster.Pod("one", ours: true)] });

        var (state, detail) = await StateAndDetailAsync("namespace");

        Assert.Equal(CheckState.Warning, state);
        Assert.StartsWith("'bookinfo' has 1 pod other than Bookinfo's", detail);
    }

    [Theory]
    [InlineData("pods", "3", "2", "allows pods 3, of which 2 are used; 2 more are needed")]
    [InlineData("requests.cpu", "250m", "100m", "allows requests.cpu 250m, of which 100m are used; 200m more are needed")]
    [InlineData("requests.memory", "100Mi", "0", "allows requests.memory 100Mi, of which 0 are used; 128Mi more are needed")]
    [InlineData("limits.memory", "100Mi", "0", "128Mi more are needed")]
    [InlineData("services.nodeports", "1", "1", "1 more are needed")]
    [InlineData("services", "0", "0", "1 more are needed")]
    [InlineData("limits.cpu", "8", "0", "requires a CPU limit for every pod")]
    [InlineData("pods", "4", "2", null)]
    [InlineData("limits.memory", "128Mi", "0", null)]
    [InlineData("persistentvolumeclaims", "0", "0", null)]
    public async Task Quotas_are_a_warning_when_too_small(string resource, string hard, string used, string? detail)
    {
        Quota(resource, hard, used);

        var result = await CheckAsync("quota");

        Assert.Equal(detail is null ? CheckState.Ok : CheckState.Warning, result.State);
        Assert.Contains(detail ?? "small of 'bookinfo' has room", result.Detail);
    }

    [Fact]
    public async Task A_service_that_is_elsewhere_has_no_ports_to_count()
    {
        Quota("services.nodeports", "1", "1");
        Cluster.Put("/api/v1/namespaces/bookinfo/services", new V1ServiceList
        {
            Items =
            [
                new V1Service
                {
                    Metadata = new V1ObjectMeta { Name = "ratings" },
                    Spec = new V1ServiceSpec { Type = "ExternalName", ExternalName = "ratings.example.org" },
                },
            ],
        });

        Assert.Contains("1 more are needed", (await CheckAsync("quota")).Detail);
    }

    [Fact]
    public async Task What_is_deployed_is_used_already()
    {
        Quota("pods", "2", "2");
        Cluster.Put(
            "/api/v1/namespaces/bookinfo/pods",
            new V1PodList { Items = [FakeCluster.Pod("one", ours: true), FakeCluster.Pod("one", ours: true)] });

        Assert.Equal(CheckState.Ok, (await CheckAsync("quota")).State);
    }

    [Fact]
    public async Task A_default_limit_satisfies_a_quota_of_limits()
    {
        Quota("limits.cpu", "8", "0");
        Cluster.Put("/api/v1/namespaces/bookinfo/limitranges", new V1LimitRangeList
        {
            Items =
            [
                new V1LimitRange
                {
                    Spec = new V1LimitRangeSpec
                    {
                        Limits =
                        [
                            new V1LimitRangeItem
                            {
                                Type = "Container",
                                DefaultProperty = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("1") },
                            },
                        ],
                    },
                },
            ],
        });

        Assert.Equal(CheckState.Ok, (await CheckAsync("quota")).State);
    }

    private void Namespace(Action<V1Namespace> change)
    {
        var space = new V1Namespace { Metadata = new V1ObjectMeta { Name = "bookinfo" } };
        change(space);
        Cluster.Put("/api/v1/namespaces/bookinfo", space);
    }

    private void Quota(string resource, string hard, string used) =>
        Cluster.Put("/api/v1/namespaces/bookinfo/resourcequotas", new V1ResourceQuotaList
        {
            Items =
            [
                new V1ResourceQuota
                {
                    Metadata = new V1ObjectMeta { Name = "small" },
                    Spec = new V1ResourceQuotaSpec { Hard = new Dictionary<string, ResourceQuantity> { [resource] = new(hard) } },
                    Status = new V1ResourceQuotaStatus { Used = new Dictionary<string, ResourceQuantity> { [resource] = new(used) } },
                },
            ],
        });
}
