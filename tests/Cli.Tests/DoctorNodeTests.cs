using Bookinfo.Cli.Doctor;
using Bookinfo.ToolTesting;
using k8s.Models;

namespace Bookinfo.Cli.Tests;

/// <summary>
/// The checks of <c>doctor</c> of the nodes of a cluster: which can run the application, and whether there is room on them.
/// </summary>
public sealed class DoctorNodeTests : DoctorExaminations
{
    [Fact]
    public async Task Nodes_that_are_not_ready_cordoned_or_tainted_do_not_count()
    {
        var down = FakeCluster.Node("down");
        down.Status.Conditions[0].Status = "Unknown";
        var cordoned = FakeCluster.Node("cordoned");
        cordoned.Spec.Unschedulable = true;
        var tainted = FakeCluster.Node("tainted");
        tainted.Spec.Taints = [new V1Taint { Key = "control-plane", Effect = "NoSchedule" }];
        Cluster.Nodes(down, cordoned, tainted);

        var result = await CheckAsync("nodes");

        Assert.Equal(
            (CheckState.Problem, "none of 3 is ready for pods; down: not ready; cordoned: cordoned; tainted: has the taint control-plane"),
            (result.State, result.Detail));
        Cluster.Nodes(down, cordoned, tainted, FakeCluster.Node("up"));
        Assert.Equal(
            (CheckState.Ok, "1 of 4 can run it (amd64); there is room for 2 pods, 0.2 CPU and 128 MiB"),
            await StateAndDetailAsync("nodes"));
    }

    [Fact]
    public async Task Nodes_of_another_architecture_are_a_problem_and_those_that_images_are_not_built_for_here_a_warning()
    {
        Cluster.Nodes(FakeCluster.Node("one", "s390x"));
        Assert.Equal((CheckState.Problem, "the nodes are linux/s390x"), await StateAndDetailAsync("nodes"));

        Cluster.Nodes(FakeCluster.Node("one"), FakeCluster.Node("two", "arm64"));
        var (state, detail) = await StateAndDetailAsync("nodes");
        Assert.Equal(CheckState.Warning, state);
        Assert.StartsWith("2 of 2 can run it (amd64, arm64)", detail);
    }

    [Theory]
    [InlineData("199m", "1Gi", "110", 1)]
    [InlineData("4", "127Mi", "110", 1)]
    [InlineData("4", "1Gi", "1", 1)]
    [InlineData("99m", "1Gi", "110", 0)]
    public async Task Without_room_it_is_a_problem(string cpu, string memory, string pods, int placed)
    {
        Cluster.Nodes(FakeCluster.Node("one", cpu: cpu, memory: memory, pods: pods));

        var (state, detail) = await StateAndDetailAsync("nodes");

        Assert.Equal(CheckState.Problem, state);
        Assert.Contains($"only {placed} of the 2 pods fit", detail);
    }

    [Fact]
    public async Task Room_is_what_others_have_left_and_ours_count_as_room()
    {
        Cluster.Nodes(FakeCluster.Node("one", cpu: "300m"));
        Cluster.Put(
            "/api/v1/pods",
            new V1PodList { Items = [FakeCluster.Pod("one", ours: true), FakeCluster.Pod("one"), FakeCluster.Pod("two", cpu: "4")] });
        Assert.Equal(CheckState.Ok, (await CheckAsync("nodes")).State);

        Cluster.Put("/api/v1/pods", new V1PodList { Items = [FakeCluster.Pod("one"), FakeCluster.Pod("one")] });
        Assert.Contains("only 1 of the 2 pods fit beside what is requested there already: one 0.1 CPU", (await CheckAsync("nodes")).Detail);
    }

    /// <summary>Init containers end before the others start, unless they are sidecars, as Istio's proxy is from 1.27 on.</summary>
    [Theory]
    [InlineData(null, nameof(CheckState.Ok))]
    [InlineData("Always", nameof(CheckState.Problem))]
    public async Task A_sidecar_that_is_an_init_container_takes_room_beside_the_others(string? restartPolicy, string state)
    {
        var pod = FakeCluster.Pod("one");
        pod.Spec.InitContainers = [FakeCluster.Pod("one", cpu: "200m").Spec.Containers[0]];
        pod.Spec.InitContainers[0].RestartPolicy = restartPolicy;
        Cluster.Nodes(FakeCluster.Node("one", cpu: "450m"));
        Cluster.Put("/api/v1/pods", new V1PodList { Items = [pod] });

        Assert.Equal(state, $"{(await CheckAsync("nodes")).State}");
    }

    [Fact]
    public async Task Without_the_right_to_see_all_pods_room_is_a_guess()
    {
        Cluster.Refuse("/api/v1/pods", 403);

        var (state, detail) = await StateAndDetailAsync("nodes");

        Assert.Equal(CheckState.Warning, state);
        Assert.Contains("if nothing else runs", detail);
    }

    [Fact]
    public async Task Without_the_right_to_see_nodes_the_checks_of_nodes_are_warnings()
    {
        Cluster.Refuse(
            "/api/v1/nodes", 403, """nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope""");

        var findings = await ExamineAsync();

        Assert.Equal(CheckState.Warning, findings["nodes"].State);
        Assert.Contains("user 'jane' is not allowed to list nodes in the whole cluster", findings["nodes"].Detail);
        Assert.Equal(CheckState.Warning, findings["images"].State);
    }

    /// <summary>An autoscaler has taken the last one away, or a node has registered and said nothing of itself yet.</summary>
    [Fact]
    public async Task A_cluster_without_nodes_and_one_with_a_bare_one_are_told()
    {
        Cluster.Refuse("/apis/metrics.k8s.io/v1beta1/namespaces/bookinfo/pods", 404);
        Cluster.Answer("/api/v1/nodes", 200, """{"items":null}""");
        var none = await ExamineAsync();
        Cluster.Answer("/api/v1/nodes", 200, """{"items":[{"metadata":{"name":"one"},"spec":{}}]}""");
        var bare = await ExamineAsync();
        Cluster.Answer("/api/v1/nodes", 200,
            """{"items":[{"metadata":{"name":"one"},"spec":{},"status":{"conditions":[{"type":"Ready","status":"True"}]}}]}""");
        var unknown = await ExamineAsync();

        Assert.Equal((CheckState.Problem, "there is no node"), (none["nodes"].State, none["nodes"].Detail));
        Assert.Contains("is unavailable, because there is no node", none["metrics"].Detail);
        Assert.Equal((CheckState.Problem, "none of 1 is ready for pods; one: not ready"), (bare["nodes"].State, bare["nodes"].Detail));
        Assert.Equal("the nodes are of an unknown platform", unknown["nodes"].Detail);
        Assert.DoesNotContain(
            none.Values.Concat(bare.Values).Concat(unknown.Values),
            result => result.Detail.Contains("check itself failed", StringComparison.Ordinal));
    }
}
