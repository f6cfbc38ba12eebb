using Bookinfo.Cli.Doctor;
using Bookinfo.ToolTesting;
using k8s.Models;

namespace Bookinfo.Cli.Tests;

/// <summary>The checks of <c>doctor</c> of a cluster as a whole: its version, how it answers, rights, the NodePort, and metrics.</summary>
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
    public async Task A_cluster_that_refuses_says_why(int status, string state, string detail)
    {
        Cluster.Refuse("/version", status);

        var result = await CheckAsync("cluster");

        Assert.Equal(state, $"{result.State}");
        Assert.Contains(detail, result.Detail);
    }

    [Fact]
    public async Task What_fails_in_the_cluster_is_a_problem_of_that_check_alone()
    {
        Cluster.Refuse("/api/v1/nodes", 500, "etcd is tired");

        var findings = await ExamineAsync();

        Assert.Equal(CheckState.Problem, findings["nodes"].State);
        Assert.Contains("answers 500: etcd is tired", findings["nodes"].Detail);
        Assert.Equal(CheckState.Ok, findings["rights"].State);
    }

    [Fact]
    public async Task A_cluster_that_hangs_later_on_is_given_up_there()
    {
        Cluster.Hangs = path => path == "/api/v1/services";

        var findings = await ExamineAsync();

        Assert.Equal(CheckState.Problem, findings["NodePort"].State);
        Assert.StartsWith("no answer within ", findings["NodePort"].Detail);
        Assert.Equal(CheckState.Ok, findings["nodes"].State);
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
