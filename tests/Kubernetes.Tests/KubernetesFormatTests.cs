using System.Text.Json;
using Bookinfo.Foundation;
using k8s.Models;

namespace Bookinfo.Kubernetes.Tests;

/// <summary>What the commands for a cluster read and write.</summary>
public sealed class KubernetesFormatTests
{
    [Theory]
    [InlineData("Container image \"bookinfo/details:1\" already present on machine", null, null)]
    [InlineData("Successfully pulled image \"bookinfo/details:1\" in 1.234567s", 1.234567, null)]
    [InlineData(
        "Successfully pulled image \"bookinfo/details:1\" in 1m2.5s (1m3s including waiting). Image size: 12345678 bytes.",
        62.5, 12345678L)]
    [InlineData(
        "Successfully pulled image \"bookinfo/details:1\" in 1s (1s including waiting). Image size: 12345678901234567890 bytes.",
        1.0, null)]
    public void How_an_image_came_is_read_from_the_kubelets_words(string message, double? seconds, long? bytes)
    {
        var pull = ImagePull.Parse(message);

        Assert.Equal(seconds, pull.Duration?.TotalSeconds);
        Assert.Equal(bytes, pull.Bytes);
    }

    [Fact]
    public void The_size_of_an_image_that_was_present_is_that_of_the_node()
    {
        var pod = new V1Pod
        {
            Metadata = new V1ObjectMeta { Name = "p", Uid = "u" },
            Spec = new V1PodSpec { NodeName = "n", Containers = [new V1Container { Name = "c", Image = "bookinfo/details:1" }] },
        };
        var node = new V1Node
        {
            Metadata = new V1ObjectMeta { Name = "n" },
            Status = new V1NodeStatus
            {
                Images =
                [
                    new V1ContainerImage { SizeBytes = 1 },
                    new V1ContainerImage { Names = ["docker.io/bookinfo/details:1"], SizeBytes = 7 },
                ],
            },
        };
        var present = new Corev1Event
        {
            Reason = "Pulled",
            Message = "Container image \"bookinfo/details:1\" already present on machine",
            InvolvedObject = new V1ObjectReference { Uid = "u" },
        };

        Assert.Equal(new ImagePull(null, 7), ImagePull.Find(pod, [present], [node]));
        Assert.Equal(new ImagePull(null, null), ImagePull.Find(pod, [present], []));
        Assert.Null(ImagePull.Find(pod, [], [node]));
    }

    [Fact]
    public void What_is_rendered_is_read_and_can_be_taken_apart()
    {
        const string yaml = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: n\n---\napiVersion: apps/v1\nkind: "
            + "Deployment\nmetadata:\n  name: d\n  namespace: n\n";

        var manifests = Manifests.Parse(yaml);

        Assert.Equal(
            [new ObjectReference("v1", "Namespace", "n", null), new ObjectReference("apps/v1", "Deployment", "d", "n")], manifests.Objects);
        Assert.Equal("n", manifests.Namespace);
        Assert.Equal("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: n\n", manifests.Select(one => one.Kind == "Namespace"));
        Assert.Throws<OperationFailedException>(() => Manifests.Parse("- a list"));
        Assert.Throws<OperationFailedException>(() => Manifests.Parse("a: ["));
    }

    [Fact]
    public void An_inventory_is_read() => Assert.Equal(
        [
            new ObjectReference("v1", "Namespace", "n", null), new ObjectReference("apps/v1", "Deployment", "d", "n"),
            new ObjectReference("rbac.authorization.k8s.io/v1", "ClusterRole", "system:x", null),
        ],
        ReadInventory("v1 Namespace n\napps/v1 Deployment d n\nrbac.authorization.k8s.io/v1 ClusterRole system:x\n").Objects);

    /// <summary>Whoever may write ConfigMaps must not get anything else deleted by it.</summary>
    [Theory]
    [InlineData("Deployment", "correct it")]
    [InlineData("v1 Service ../../kube-system/services/x n", "correct it")]
    [InlineData("v1 Service .. n", "correct it")]
    [InlineData("v1 Service ?x n", "correct it")]
    [InlineData("v1 Service  n", "correct it")]
    [InlineData("v1 Service x ..\\kube-system", "correct it")]
    [InlineData("v1 Service x ", "correct it")]
    [InlineData("v1/../../api/v1 Service x n", "correct it")]
    [InlineData("v1 Namespace kube-system", "is not the namespace that it is in")]
    [InlineData("v1 Namespace n n", "is not the namespace that it is in")]
    public void An_inventory_that_somebody_has_spoiled_is_not_guessed_at(string objects, string message) =>
        Assert.Contains(message, Assert.Throws<OperationFailedException>(() => ReadInventory(objects)).Message);

    [Fact]
    public void An_object_is_the_same_in_all_versions_of_its_group()
    {
        var one = new ObjectReference("autoscaling/v1", "HorizontalPodAutoscaler", "h", "n");

        Assert.True(one.IsSameAs(one with { ApiVersion = "autoscaling/v2" }));
        Assert.False(one.IsSameAs(one with { ApiVersion = "other/v1" }));
        Assert.False(one.IsSameAs(one with { Name = "other" }));
    }

    [Theory]
    [InlineData(false, "ConfigMap", """{"name": "kube-root-ca.crt"}""")]
    [InlineData(false, "ConfigMap", """{"name": "bookinfo-deployment"}""")]
    [InlineData(false, "ServiceAccount", """{"name": "default"}""")]
    [InlineData(false, "Secret", """{"name": "default-token-x", "annotations": {"kubernetes.io/service-account.name": "default"}}""")]
    [InlineData(true, "Secret", """{"name": "mine", "annotations": {"kubernetes.io/service-account.name": "default"}}""")]
    [InlineData(false, "Pod", """{"name": "p", "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "r"}]}""")]
    [InlineData(
        true,
        "Pod",
        """
        {"name": "p", "ownerReferences": [
            {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "r"}, {"apiVersion": "v1", "kind": "Node", "name": "n"}]}
        """)]
    [InlineData(true, "ReplicaSet", """{"name": "r"}""")]
    [InlineData(false, "Pod", """{"name": "p", "deletionTimestamp": "2030-01-01T00:00:00Z"}""")]
    [InlineData(true, "Pod", """{"name": "p"}""")]
    [InlineData(true, "Secret", """{"name": "default"}""")]
    [InlineData(true, "ServiceAccount", """{"name": "mine"}""")]
    public void What_others_made_is_told_from_what_comes_by_itself(bool foreign, string kind, string metadata) =>
        Assert.Equal(foreign, ForeignObjects.IsForeign(
            kind,
            JsonDocument.Parse(metadata).RootElement,
            owner => owner.Kind == "ReplicaSet",
            new Dictionary<string, IReadOnlyList<string>> { ["default"] = ["default-token-x"] }));

    private static Inventory ReadInventory(string objects) =>
        Inventory.Parse(new V1ConfigMap { Data = new Dictionary<string, string> { ["objects"] = objects } }, "n");

    [Fact]
    public void What_kubectl_did_is_counted() => Assert.Equal(
        "2 created, 1 changed, 1 unchanged.",
        ApplySummary.Parse(
            ["namespace/bookinfo created\nservice/details created\n", "service/ratings configured\nservice/reviews unchanged\n"], [])
            .ToString());

    [Theory]
    [InlineData(
        "Error from server (Forbidden): error when creating \"STDIN\": services is forbidden: User \"u\" cannot create resource "
        + "\"services\" in API group \"\" in the namespace \"n\"",
        FailureKind.NotAllowed,
        "user 'u' is not allowed to create services in namespace 'n'. Check with 'kubectl auth can-i create services --namespace n'; a "
        + "cluster administrator can grant it.")]
    [InlineData(
        "The Service \"s\" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated",
        FailureKind.PortTaken, "The Service \"s\" is invalid")]
    [InlineData(
        "Warning: something old\nThe Deployment \"d\" is invalid: spec: Required value", FailureKind.ObjectRefused,
        "The Deployment \"d\" is invalid: spec: Required value")]
    [InlineData(
        "Unable to connect to the server: dial tcp 127.0.0.1:1: i/o timeout", FailureKind.ClusterUnreachable,
        "the cluster at http://c cannot be reached: Unable to connect")]
    public void What_kubectl_says_is_told_with_what_to_do(string messages, FailureKind kind, string told)
    {
        var failure = ClusterFailure.Explain(
            new ToolResult(1, "", messages), new Kubeconfig("c", null, new k8s.KubernetesClientConfiguration { Host = "http://c" }, []));

        Assert.Equal(kind, failure.Kind);
        Assert.StartsWith(told, failure.Message);
    }

    [Theory]
    [InlineData("E1122 23:06:39.488179   26660 run.go:72] \"command failed\" err=\"no such file: '\\\"x\\\"'\"", "no such file: '\"x\"'")]
    [InlineData("error: error: it is so\nerror: it is so\n", "it is so")]
    public void The_noise_around_what_kubectl_says_is_left_out(string messages, string told) =>
        Assert.Equal(told, ClusterFailure.Shorten(messages));

    [Fact]
    public void A_right_says_how_to_ask_for_it() =>
        Assert.Equal("kubectl auth can-i get nodes --subresource=proxy", new Right("get", "nodes/proxy").CanI);

    [Theory]
    [InlineData(200, "<title>Simple Bookstore App</title>", null)]
    [InlineData(503, "", "it answers 503")]
    [InlineData(200, "<title>Welcome to nginx!</title>", "it is not Bookinfo's page")]
    [InlineData(
        200, "<title>Simple Bookstore App</title><h4>Error fetching product details</h4>", "it says 'Error fetching product details'")]
    [InlineData(
        200, "<title>Simple Bookstore App</title><i>Ratings service is currently unavailable</i>",
        "it says 'Ratings service is currently unavailable'")]
    public void The_page_is_judged_as_a_visitor_would(int status, string html, string? wrong) =>
        Assert.Equal(wrong, PageCheck.Judge(status, html));

    [Fact]
    public void Use_is_read_from_the_metrics_API_and_from_the_kubelet()
    {
        var metrics = JsonDocument.Parse("""{"items": [{"metadata": {"name": "p"}, "containers": [{"usage": """
            + """{"cpu": "1500000n", "memory": "2Mi"}}, {"usage": {"cpu": "1m", "memory": "1024Ki"}}]}]}""");
        var summary = JsonDocument.Parse("""
            {"pods": [
                {"podRef": {"name": "p", "namespace": "n"}, "containers": [
                  {"cpu": {"usageNanoCores": 2500000}, "memory": {"workingSetBytes": 3145728}}]},
                {"podRef": {"name": "young", "namespace": "n"}, "containers": [{"cpu": {}, "memory": {}}]},
                {"podRef": {"name": "other", "namespace": "m"}}]}
            """);

        Assert.Equal([new("p", (0.0025, 3145728))], ResourceUse.ParseMetrics(metrics.RootElement));
        Assert.Equal([new("p", (0.0025, 3145728))], ResourceUse.ParseSummary(summary.RootElement, "n"));
    }

    [Theory]
    [InlineData("-9")]
    [InlineData("abc")]
    [InlineData("1e999999999")]
    [InlineData("99999999999999999999")]
    public void A_use_that_cannot_be_is_not_known(string cpu)
    {
        var metrics = JsonDocument.Parse("""
            {"items": [{"metadata": {"name": "p"}, "containers": [{"usage": {"cpu": "CPU", "memory": "2Mi"}}]}]}
            """.Replace("CPU", cpu, StringComparison.Ordinal));

        Assert.Empty(ResourceUse.ParseMetrics(metrics.RootElement));
    }

    [Theory]
    [InlineData("Running", null, null, "Running")]
    [InlineData("Running", "CrashLoopBackOff", null, "CrashLoopBackOff")]
    [InlineData("Pending", "ContainerCreating", null, "ContainerCreating")]
    [InlineData("Running", null, "OOMKilled", "OOMKilled")]
    [InlineData("Running", null, "", "ExitCode:3")]
    public void The_status_of_a_pod_is_kubectls(string phase, string? waiting, string? terminated, string status)
    {
        var pod = new V1Pod
        {
            Metadata = new V1ObjectMeta(),
            Status = new V1PodStatus
            {
                Phase = phase,
                ContainerStatuses =
                [
                    new V1ContainerStatus
                    {
                        State = new V1ContainerState
                        {
                            Waiting = waiting is null ? null : new V1ContainerStateWaiting { Reason = waiting },
                            Terminated = terminated is null ? null : new V1ContainerStateTerminated { Reason = terminated, ExitCode = 3 },
                        },
                    },
                ],
            },
        };

        Assert.Equal(status, StatusReader.Describe(pod));
        pod.Metadata.DeletionTimestamp = DateTime.UnixEpoch;
        Assert.Equal("Terminating", StatusReader.Describe(pod));
    }

}
