using Bookinfo.Cli.Doctor;
using Bookinfo.ToolTesting;
using k8s.Models;

namespace Bookinfo.Cli.Tests;

/// <summary>The checks of <c>doctor</c> against clusters in every state.</summary>
public sealed class DoctorClusterTests : DoctorExaminations
{
    [Theory]
    [InlineData("1", "29", nameof(CheckState.Ok), "Kubernetes v1.29.0")]
    [InlineData("1", "31", nameof(CheckState.Ok), "Kubernetes v1.31.0")]
    [InlineData("1", "31+", nameof(CheckState.Ok), "Kubernetes v1.31+.0")]
    [InlineData("1", "32", nameof(CheckState.Warning), "kubectl 1.30 is more than one minor version away")]
    [InlineData("1", "20", nameof(CheckState.Warning), "kubectl 1.30 is more than one minor version away")]
    [InlineData("1", "19", nameof(CheckState.Problem), "older than 1.20")]
    [InlineData("", "", nameof(CheckState.Warning), "its version is not recognized")]
    public async Task Versions_are_compared(string major, string minor, string state, string detail)
    {
        Cluster.Version(major, minor);

        var result = await CheckAsync("cluster");

        Assert.Equal(state, $"{result.State}");
        Assert.Contains(detail, result.Detail);
    }

    [Theory]
    [InlineData(401, nameof(CheckState.Problem), "does not accept the credentials of context 'fake'")]
    [InlineData(403, nameof(CheckState.Ok), "does not let you read its version")]
    [InlineData(503, nameof(CheckState.Problem), "answers 503: no")]
    public async Task ACluster_that_refuses_says_why(int status, string state, string detail)
    {
        Cluster.Refuse("/version", status);

        var result = await CheckAsync("cluster");

        Assert.Equal(state, $"{result.State}");
        Assert.Contains(detail, result.Detail);
    }

    [Fact]
    public async Task What_fails_in_theCluster_is_a_problem_of_that_check_alone()
    {
        Cluster.Refuse("/api/v1/nodes", 500, "etcd is tired");

        var findings = await ExamineAsync();

        Assert.Equal(CheckState.Problem, findings["nodes"].State);
        Assert.Contains("answers 500: etcd is tired", findings["nodes"].Detail);
        Assert.Equal(CheckState.Ok, findings["rights"].State);
    }

    [Fact]
    public async Task ACluster_that_hangs_later_on_is_given_up_there()
    {
        Cluster.Hangs = path => path == "/api/v1/services";

        var findings = await ExamineAsync();

        Assert.Equal(CheckState.Problem, findings["NodePort"].State);
        Assert.StartsWith("no answer within ", findings["NodePort"].Detail);
        Assert.Equal(CheckState.Ok, findings["nodes"].State);
    }

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

    [Theory]
    [InlineData("jane@example.com", "--user=jane@example.com")]
    [InlineData("O'Neil of Sales", @"--user='O'\''Neil of Sales'")]
    [InlineData("system:serviceaccount:ci:deployer", "--serviceaccount=ci:deployer")]
    [InlineData("", "--user=NAME")]
    public async Task Missing_rights_are_listed_with_what_grants_them(string user, string subject)
    {
        Tools.AddKubectl(Cluster.Url, refusal: user.Length == 0 ? ""
            : $"""Error from server (Forbidden): forbidden: User "{user}" cannot get path "/bookinfo-doctor": no""");
        Cluster.Denies = right => right is "create deployments" or "patch deployments" or "create pods/portforward";

        var result = await CheckAsync("rights");

        Assert.Equal(
            (CheckState.Problem, "missing in 'bookinfo': create, patch deployments.apps; create pods/portforward"),
            (result.State, result.Detail));
        Assert.Equal([$"kubectl create rolebinding bookinfo-edit --clusterrole=edit {subject} --namespace=bookinfo"], result.Commands);
    }

    [Fact]
    public async Task Rights_that_are_only_useful_are_a_warning()
    {
        Cluster.Denies = right => right is "get nodes/proxy" or "create ingresses";

        var result = await CheckAsync("rights");

        Assert.Equal(CheckState.Warning, result.State);
        Assert.Contains("create ingresses.networking.k8s.io (for some components); get nodes/proxy (in the whole cluster", result.Detail);
        Assert.Equal(3, result.Commands.Count);
    }

    [Fact]
    public async Task The_right_to_make_the_namespace_counts_only_while_it_is_not_there()
    {
        Cluster.Denies = right => right == "create namespaces";
        Assert.Equal(CheckState.Ok, (await CheckAsync("rights")).State);

        Cluster.Refuse("/api/v1/namespaces/bookinfo", 404);
        var result = await CheckAsync("rights");
        Assert.Equal((CheckState.Problem, "missing in 'bookinfo': create namespaces"), (result.State, result.Detail));
        Assert.Equal(["kubectl create namespace bookinfo"], result.Commands);
    }

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

    [Fact]
    public async Task The_NodePort_of_a_Service_elsewhere_is_a_problem()
    {
        Service("shop", "front");

        var result = await CheckAsync("NodePort");

        Assert.Equal((CheckState.Problem, "30080 is taken by Service 'front' of namespace 'shop'"), (result.State, result.Detail));
        Assert.Equal(["kubectl get service front --namespace shop"], result.Commands);
    }

    [Fact]
    public async Task A_free_NodePort_is_ok() => Assert.Equal((CheckState.Ok, "30080 is free"), await StateAndDetailAsync("NodePort"));

    [Theory]
    [InlineData(200, nameof(CheckState.Ok))]
    [InlineData(503, nameof(CheckState.Warning))]
    public async Task Our_NodePort_is_tried_from_here(int status, string state)
    {
        // The fake nodes are this machine, and the port is whatever the manifests say.
        var port = new Uri(Cluster.Url).Port;
        Tools.AddKubectl(Cluster.Url, manifests: FakeTools.Manifests.Replace("30080", $"{port}"));
        Service("bookinfo", "productpage", port);
        Cluster.Answer("/health", status, "");

        var result = await ExamineAsync();

        Assert.Equal(state, $"{result["NodePort"].State}");
        Assert.Contains(
            state == nameof(CheckState.Ok) ? $"http://127.0.0.1:{port}/productpage" : "does not answer from here on 127.0.0.1",
            result["NodePort"].Detail);
    }

    [Theory]
    [InlineData(404, 200, nameof(CheckState.Ok), "from the kubelets; the metrics API is not installed")]
    [InlineData(503, 200, nameof(CheckState.Ok), "from the kubelets; the metrics API answers 503")]
    [InlineData(403, 403, nameof(CheckState.Warning), "the metrics API is not allowed, and the kubelets' summary is not allowed")]
    [InlineData(404, 500, nameof(CheckState.Warning), "the kubelets' summary answers 500")]
    [InlineData(200, 500, nameof(CheckState.Ok), "the metrics API answers")]
    public async Task Metrics_come_from_the_API_or_the_kubelets(int api, int kubelet, string state, string detail)
    {
        Cluster.Answer("/apis/metrics.k8s.io/v1beta1/namespaces/bookinfo/pods", api, """{"kind":"Status"}""");
        Cluster.Answer("/api/v1/nodes/one/proxy/stats/summary", kubelet, "{}");

        var result = await CheckAsync("metrics");

        Assert.Equal(state, $"{result.State}");
        Assert.Contains(detail, result.Detail);
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

    private void Service(string space, string name, int nodePort = 30080) => Cluster.Put("/api/v1/services", new V1ServiceList
    {
        Items =
        [
            new V1Service
            {
                Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = space },
                Spec = new V1ServiceSpec { Ports = [new V1ServicePort { Port = 9080, NodePort = nodePort }] },
            },
        ],
    });
}
