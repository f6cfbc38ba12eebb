using System.Text.Json;
using Bookinfo.Cli.Terminal;
using Bookinfo.Cli.Views;
using Bookinfo.Foundation;
using Bookinfo.Measurement;
using k8s.Models;

namespace Bookinfo.Kubernetes.Tests;

/// <summary>What the commands for a cluster read and write.</summary>
public sealed class KubernetesFormatTests
{
    [Theory]
    [InlineData("30s", 30)]
    [InlineData("1m30s", 90)]
    [InlineData("2.5s", 2.5)]
    [InlineData("250ms", 0.25)]
    [InlineData("1h", 3600)]
    [InlineData("300000us", 0.3)]
    [InlineData("300000\u00b5s", 0.3)]
    [InlineData("300000\u03bcs", 0.3)]
    [InlineData("1ms13.5\u03bcs", 0.0010135)]
    [InlineData("13.5\u00b5s", 0.0000135)]
    public void A_duration_is_read(string text, double seconds)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2")]
    [InlineData("s")]
    [InlineData("-2s")]
    [InlineData("2 s")]
    [InlineData("2s3")]
    [InlineData("1.s")]
    [InlineData("25h")]
    [InlineData("30s\n")]
    [InlineData("\u0663s")]
    [InlineData("1_000s")]
    [InlineData("1e3s")]
    [InlineData("+1s")]
    [InlineData("1,5s")]
    [InlineData("NaNs")]
    [InlineData("5S")]
    [InlineData("1d")]
    [InlineData("999999999h999999999h")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(Duration.TryParse(text, out _));

    [Theory]
    [InlineData(0.04, "0.0 s")]
    [InlineData(9.94, "9.9 s")]
    [InlineData(119, "119 s")]
    [InlineData(121, "2m")]
    [InlineData(7201, "2h")]
    [InlineData(172801, "2d")]
    public void A_duration_is_written(double seconds, string text) => Assert.Equal(text, Duration.Format(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData("Container image \"bookinfo/details:1\" already present on machine", null, null)]
    [InlineData("Successfully pulled image \"bookinfo/details:1\" in 1.234567s", 1.234567, null)]
    [InlineData("Successfully pulled image \"bookinfo/details:1\" in 1m2.5s (1m3s including waiting). Image size: 12345678 bytes.", 62.5, 12345678L)]
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
            Status = new V1NodeStatus { Images = [new V1ContainerImage { SizeBytes = 1 }, new V1ContainerImage { Names = ["docker.io/bookinfo/details:1"], SizeBytes = 7 }] },
        };
        var present = new Corev1Event { Reason = "Pulled", Message = "Container image \"bookinfo/details:1\" already present on machine", InvolvedObject = new V1ObjectReference { Uid = "u" } };

        Assert.Equal(new ImagePull(null, 7), ImagePull.Find(pod, [present], [node]));
        Assert.Equal(new ImagePull(null, null), ImagePull.Find(pod, [present], []));
        Assert.Null(ImagePull.Find(pod, [], [node]));
    }

    [Fact]
    public void A_table_that_does_not_fit_loses_nothing()
    {
        var table = new TextTable("NAME", ">COUNT", "PLACE");
        table.Add("short", "1", "here");
        table.Add("short", "20", "a place with a long name");

        Assert.Equal(["NAME   COUNT  PLACE", "short      1  here", "short     20  a place with a long name"], table.Format(80).SelectMany(row => row));
        Assert.Equal(["NAME   COUNT  PLACE", "short      1  here", "short     20", "    a place with a long name"], table.Format(20).SelectMany(row => row));
    }

    [Fact]
    public void What_is_rendered_is_read_and_can_be_taken_apart()
    {
        const string yaml = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: n\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: d\n  namespace: n\n";

        var manifests = Manifests.Parse(yaml);

        Assert.Equal([new ObjectReference("v1", "Namespace", "n", null), new ObjectReference("apps/v1", "Deployment", "d", "n")], manifests.Objects);
        Assert.Equal("n", manifests.Namespace);
        Assert.Equal("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: n\n", manifests.Select(one => one.Kind == "Namespace"));
        Assert.Throws<OperationFailedException>(() => Manifests.Parse("- a list"));
        Assert.Throws<OperationFailedException>(() => Manifests.Parse("a: ["));
    }

    [Fact]
    public void An_inventory_that_somebody_has_spoilt_is_not_guessed_at()
    {
        V1ConfigMap Stored(string objects) => new() { Metadata = new V1ObjectMeta { Name = Inventory.Name, NamespaceProperty = "n" }, Data = new Dictionary<string, string> { ["objects"] = objects } };

        Assert.Equal(
            [new ObjectReference("v1", "Namespace", "n", null), new ObjectReference("apps/v1", "Deployment", "d", "n")],
            Inventory.Parse(Stored("v1 Namespace n\napps/v1 Deployment d n\n")).Objects);
        Assert.Contains("correct it", Assert.Throws<OperationFailedException>(() => Inventory.Parse(Stored("Deployment\n"))).Message);
    }

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
    [InlineData(false, "Pod", """{"name": "p", "ownerReferences": [{"name": "r"}]}""")]
    [InlineData(false, "Pod", """{"name": "p", "deletionTimestamp": "2030-01-01T00:00:00Z"}""")]
    [InlineData(true, "Pod", """{"name": "p"}""")]
    [InlineData(true, "Secret", """{"name": "default"}""")]
    [InlineData(true, "ServiceAccount", """{"name": "mine"}""")]
    public void What_others_made_is_told_from_what_comes_by_itself(bool foreign, string kind, string metadata) =>
        Assert.Equal(foreign, Removal.IsForeign(kind, JsonDocument.Parse(metadata).RootElement));

    [Fact]
    public void What_kubectl_did_is_counted() => Assert.Equal(
        "2 created, 1 changed, 1 unchanged.",
        ApplySummary.Parse(["namespace/bookinfo created\nservice/details created\n", "service/ratings configured\nservice/reviews unchanged\n"], []).ToString());

    [Theory]
    [InlineData(
        "Error from server (Forbidden): error when creating \"STDIN\": services is forbidden: User \"u\" cannot create resource \"services\" in API group \"\" in the namespace \"n\"",
        FailureKind.NotAllowed,
        "user 'u' is not allowed to create services in namespace 'n'. Check with 'kubectl auth can-i create services --namespace n'; who administers the cluster can grant it.")]
    [InlineData("The Service \"s\" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated", FailureKind.PortTaken, "The Service \"s\" is invalid")]
    [InlineData("Warning: something old\nThe Deployment \"d\" is invalid: spec: Required value", FailureKind.ObjectRefused, "The Deployment \"d\" is invalid: spec: Required value")]
    [InlineData("Unable to connect to the server: dial tcp 127.0.0.1:1: i/o timeout", FailureKind.ClusterUnreachable, "the cluster at http://c cannot be reached: Unable to connect")]
    public void What_kubectl_says_is_told_with_what_to_do(string messages, FailureKind kind, string told)
    {
        var failure = ClusterFailure.Explain(new ToolResult(1, "", messages), new Kubeconfig("c", null, new k8s.KubernetesClientConfiguration { Host = "http://c" }, []));

        Assert.Equal(kind, failure.Kind);
        Assert.StartsWith(told, failure.Message);
    }

    [Theory]
    [InlineData("E1122 23:06:39.488179   26660 run.go:72] \"command failed\" err=\"no such file: '\\\"x\\\"'\"", "no such file: '\"x\"'")]
    [InlineData("error: error: it is so\nerror: it is so\n", "it is so")]
    public void The_noise_around_what_kubectl_says_is_left_out(string messages, string told) => Assert.Equal(told, ClusterFailure.Shorten(messages));

    [Fact]
    public void A_right_says_how_to_ask_for_it() =>
        Assert.Equal("kubectl auth can-i get nodes --subresource=proxy", new Right("get", "nodes/proxy").CanI);

    [Theory]
    [InlineData(200, "<title>Simple Bookstore App</title>", null)]
    [InlineData(503, "", "it answers 503")]
    [InlineData(200, "<title>Welcome to nginx!</title>", "it is not Bookinfo's page")]
    [InlineData(200, "<title>Simple Bookstore App</title><h4>Error fetching product details</h4>", "it says 'Error fetching product details'")]
    public void The_page_is_judged_as_a_visitor_would(int status, string html, string? wrong) => Assert.Equal(wrong, PageCheck.Judge(status, html));

    [Fact]
    public void What_a_service_says_of_its_start_is_found_in_its_log()
    {
        Assert.Equal(0.041, StartUpLine.Find("{\"event\":\"SessionKeyMade\"}\n{\"event\":\"ServiceStarted\",\"startup_ms\":41}\n{\"event\":\"Requ")?.Seconds);
        Assert.Null(StartUpLine.Find("{\"event\":\"ServiceStarted\"}"));
        Assert.Null(StartUpLine.Find("{\"event\":\"ServiceStarted\",\"startup_m"));
        Assert.Null(StartUpLine.Find("Listening on port 9080"));
    }

    [Fact]
    public void Use_is_read_from_the_metrics_API_and_from_the_kubelet()
    {
        var metrics = JsonDocument.Parse("""{"items": [{"metadata": {"name": "p"}, "containers": [{"usage": {"cpu": "1500000n", "memory": "2Mi"}}, {"usage": {"cpu": "1m", "memory": "1024Ki"}}]}]}""");
        var summary = JsonDocument.Parse("""
            {"pods": [
                {"podRef": {"name": "p", "namespace": "n"}, "containers": [{"cpu": {"usageNanoCores": 2500000}, "memory": {"workingSetBytes": 3145728}}]},
                {"podRef": {"name": "young", "namespace": "n"}, "containers": [{"cpu": {}, "memory": {}}]},
                {"podRef": {"name": "other", "namespace": "m"}}]}
            """);

        Assert.Equal([new("p", (0.0025, 3145728))], ResourceUse.ParseMetrics(metrics.RootElement));
        Assert.Equal([new("p", (0.0025, 3145728))], ResourceUse.ParseSummary(summary.RootElement, "n"));
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

    [Fact]
    public void The_table_of_deploy_fits_on_a_terminal_of_80_columns()
    {
        RolloutStatus[] rollouts =
        [
            new("productpage-v1", 10) { Ready = 10, Scheduled = TimeSpan.FromSeconds(0.3), Image = new ImagePull(TimeSpan.FromSeconds(1.2), 12_000_000), Started = TimeSpan.FromSeconds(9), ReadyAfter = TimeSpan.FromSeconds(100) },
            new("details-v1", 1) { IsUnchanged = true, Ready = 1 },
            new("reviews-v1", 1) { Problem = new PodProblem("pod p", "Unschedulable", new string('x', 200), null) },
        ];

        var lines = RolloutTable.Format(rollouts, 79).Select(row => row.Line).ToList();

        Assert.Equal(5, lines.Count);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 79));
        Assert.Equal("productpage-v1  10/10      0.3 s  1.2 s, 11 MiB    9.0 s      100 s", lines[1]);
        Assert.EndsWith("  unchanged", lines[2]);
        Assert.StartsWith("  Unschedulable: xxx", lines[4]);
    }

    [Fact]
    public void The_tables_of_status_fit_on_a_terminal_of_80_columns()
    {
        var pod = new PodState("productpage-v1-6797d4499b-zvjwm", 1, 1, "CrashLoopBackOff", 12, 59, "ip-10-0-0-1.eu-west-1.compute.internal")
        {
            CpuUse = 0.1,
            CpuRequest = 0.1,
            MemoryUse = 6e7,
            MemoryRequest = 6.4e7,
            MemoryLimit = 6.4e7,
            Image = "registry.example.org/some/where/productpage:0.1.0",
            ImageBytes = 12_000_000,
        };
        var report = new StatusReport(DateTimeOffset.UnixEpoch, "bookinfo", [pod], [new ServiceEntry("productpage", "NodePort", "10.96.9.100", ["9080:30080/TCP"])],
            [new string('x', 100), "Real use is not known: the cluster has no metrics API (metrics-server), and the kubelets do not answer."]);

        var lines = StatusTables.Format(report, 80).ToList();

        Assert.All(lines, line => Assert.InRange(line.Length, 0, 80));
        Assert.Contains(lines, line => line.Contains("ip-10-0-0-1.eu-west-1.compute.internal"));
        Assert.Contains(lines, line => line.EndsWith(" productpage:0.1.0"));
        Assert.Equal(["Real use is not known: the cluster has no metrics API (metrics-server), and the", "kubelets do not answer."], lines[^2..]);
    }
}
