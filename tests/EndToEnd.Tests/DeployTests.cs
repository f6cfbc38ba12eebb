using System.Text.Json;
using k8s;

namespace EndToEnd.Tests;

/// <summary><c>bookinfo deploy</c>: what it makes, and how it says what cannot become ready.</summary>
public sealed class DeployTests(Cluster cluster)
{
    private const int InvalidUsage = 2;
    private const int PortTaken = 5;
    private const int ServiceFailed = 6;
    private const int NotAllowed = 8;
    private const int ObjectRefused = 9;
    private const int Interrupted = 130;

    /// <summary>Seconds in which everything is to be ready, from an empty cluster that has the images.</summary>
    private const double Promised = 10;

    private static readonly string[] Deployments = ["details-v1", "productpage-v1", "ratings-v1", "reviews-v1", "reviews-v2", "reviews-v3"];

    /// <summary>Within this the user is told of what cannot work; it is far below <c>--timeout</c>.</summary>
    private static readonly TimeSpan Early = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task From_nothing_all_is_ready_and_the_page_answers_on_every_node_and_a_second_time_changes_nothing()
    {
        try
        {
            var first = await Tool.BookinfoAsync("deploy", "--output", "json");
            // Ten seconds are promised for a machine that has nothing else to do.
            for (var tries = 1; tries < 3 && ReadyAfter(first) >= Promised; tries++)
            {
                await Tool.KubectlAsync("delete", "namespace", Cluster.Namespace);
                first = await Tool.BookinfoAsync("deploy", "--output", "json");
            }

            Assert.InRange(ReadyAfter(first), 0.1, Promised);
            var events = Events(first);
            Assert.Equal("applied", events[0].GetProperty("event").GetString());
            foreach (var name in Deployments)
            {
                var last = events.Last(one => one.TryGetProperty("deployment", out var deployment) && deployment.GetString() == name);
                Assert.Equal(1, last.GetProperty("ready").GetInt32());
                Assert.InRange(last.GetProperty("readySeconds").GetDouble(), last.GetProperty("scheduledSeconds").GetDouble(), 120);
                Assert.True(last.GetProperty("imagePresent").GetBoolean() || last.GetProperty("imagePullSeconds").GetDouble() > 0, $"{last}");
                Assert.InRange(last.GetProperty("imageBytes").GetInt64(), 1_000_000, 80_000_000);
            }

            var nodes = await cluster.NodeAddressesAsync();
            var addresses = events[^1].GetProperty("addresses").EnumerateArray().Select(address => address.GetString()!).ToList();
            Assert.Equal([.. nodes.Select(node => $"http://{node}:30080/productpage").Order()], addresses.Order());
            using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
            foreach (var address in addresses)
            {
                Assert.Contains("Simple Bookstore App", await client.GetStringAsync(address, TestContext.Current.CancellationToken));
                Assert.Contains($"Open {address}", first.Messages);
            }

            var before = await VersionsAsync(Cluster.Namespace);
            var second = await Tool.BookinfoAsync("deploy");

            Assert.True(second.ExitCode == 0, $"{second}");
            Assert.Contains($"Applied: 0 created, 0 changed, {before.Count(line => !line.StartsWith("ReplicaSet ") && !line.StartsWith("Secret productpage") && !line.StartsWith("ConfigMap "))} unchanged.", second.Messages);
            Assert.All(Deployments, name => Assert.Contains($"{name}: ready, unchanged", second.Output));
            Assert.Equal(before, await VersionsAsync(Cluster.Namespace));

            // What it has applied is the user's to go on with.
            var byHand = await Tool.KubectlAsync("apply", "-k", "deploy/overlays/nodeport");
            Assert.All(byHand.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.EndsWith(" unchanged", line));
        }
        finally
        {
            await Tool.KubectlAsync("delete", "namespace", Cluster.Namespace, "--ignore-not-found");
        }
    }

    [Fact]
    public async Task Components_come_when_they_are_named_and_go_when_they_are_not()
    {
        try
        {
            var with = await Tool.BookinfoAsync("deploy", "--component", "otlp", "--component", "network-policies");

            Assert.True(with.ExitCode == 0, $"{with}");
            Assert.NotEmpty(await PoliciesAsync());
            Assert.Equal(["otlp"], await SettingsFromAsync());

            var without = await Tool.BookinfoAsync("deploy");

            Assert.True(without.ExitCode == 0, $"{without}");
            Assert.Empty(await PoliciesAsync());
            Assert.Empty(await SettingsFromAsync());
        }
        finally
        {
            await Tool.KubectlAsync("delete", "namespace", Cluster.Namespace, "--ignore-not-found");
        }

        async Task<IEnumerable<string>> PoliciesAsync() =>
            (await cluster.Api.NetworkingV1.ListNamespacedNetworkPolicyAsync(Cluster.Namespace)).Items.Select(policy => policy.Metadata.Name);

        // The name without the hash of its content.
        async Task<IEnumerable<string>> SettingsFromAsync() =>
            (await cluster.Api.AppsV1.ReadNamespacedDeploymentAsync("details-v1", Cluster.Namespace)).Spec.Template.Spec.Containers[0].EnvFrom?
                .Select(source => source.ConfigMapRef.Name.Split('-')[0]) ?? [];
    }

    [Fact]
    public async Task Without_a_node_port_the_page_is_checked_through_a_port_forward_which_does_not_stay()
    {
        await using var overlay = new TestOverlay();

        var deploy = await overlay.DeployAsync();

        Assert.True(deploy.ExitCode == 0, $"{deploy}");
        Assert.Contains($"kubectl port-forward --namespace {overlay.Namespace} service/productpage 8080:9080", deploy.Messages);
        var processes = await Tool.RunAsync("ps", ["-eo", "args"]);
        Assert.DoesNotContain(processes.Output.Split('\n'), line => line.Contains("port-forward") && line.Contains(overlay.Namespace));
    }

    [Fact]
    public async Task The_sessions_key_is_made_once()
    {
        await using var overlay = new TestOverlay();
        await overlay.DeployAsync();
        var first = await cluster.Api.CoreV1.ReadNamespacedSecretAsync("productpage-session", overlay.Namespace, cancellationToken: TestContext.Current.CancellationToken);

        await overlay.DeployAsync();

        var second = await cluster.Api.CoreV1.ReadNamespacedSecretAsync("productpage-session", overlay.Namespace, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(first.Metadata.ResourceVersion, second.Metadata.ResourceVersion);
        Assert.Equal(32, Convert.FromBase64String(System.Text.Encoding.ASCII.GetString(second.Data["session-key"])).Length);
    }

    [Fact]
    public async Task A_wrong_tag_ends_early_with_the_image_and_why()
    {
        await using var overlay = new TestOverlay();

        var deploy = await overlay.DeployAsync("--tag", "no-such-tag");

        Assert.Equal(ServiceFailed, deploy.ExitCode);
        Assert.InRange(deploy.Duration, TimeSpan.Zero, Early);
        Assert.Matches(@"pod details-v1-\S+: its image bookinfo/details:no-such-tag cannot be pulled: \S+", deploy.Messages);
        Assert.Contains("Check --registry and --tag.", deploy.Messages);
    }

    [Fact]
    public async Task A_registry_replaces_the_usual_one_in_all_images()
    {
        await using var overlay = new TestOverlay();

        var deploy = await overlay.DeployAsync("--registry", "registry.invalid/some/where", "--tag", "9");

        Assert.Equal(ServiceFailed, deploy.ExitCode);
        var pods = await cluster.Api.CoreV1.ListNamespacedPodAsync(overlay.Namespace, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(
            ["registry.invalid/some/where/details:9", "registry.invalid/some/where/productpage:9", "registry.invalid/some/where/ratings:9", "registry.invalid/some/where/reviews:9"],
            pods.Items.Select(pod => pod.Spec.Containers[0].Image).Distinct().Order());
    }

    [Fact]
    public async Task What_fits_on_no_node_is_said_with_the_schedulers_words()
    {
        await using var overlay = new TestOverlay().Patch("Deployment", "details-v1", """{"op": "replace", "path": "/spec/template/spec/containers/0/resources/requests/cpu", "value": "1000"}""");

        var deploy = await overlay.DeployAsync("--timeout", "10s");

        Assert.Equal(ServiceFailed, deploy.ExitCode);
        // On a slow machine others may be named after it.
        Assert.Matches(@"bookinfo: details-v1.* not ready in 10 s \(--timeout\)\.", deploy.Messages);
        Assert.Matches(@"pod details-v1-\S+: fits on no node: .*Insufficient cpu", deploy.Messages);
    }

    [Fact]
    public async Task What_crashes_is_said_early_with_its_last_words()
    {
        await using var overlay = new TestOverlay().Patch("Deployment", "ratings-v1", """{"op": "add", "path": "/spec/template/spec/containers/0/env/-", "value": {"name": "DRAIN_SECONDS", "value": "soon"}}""");

        var deploy = await overlay.DeployAsync();

        Assert.Equal(ServiceFailed, deploy.ExitCode);
        Assert.Contains("bookinfo: ratings-v1 cannot become ready.", deploy.Messages);
        Assert.Matches(@"pod ratings-v1-\S+: container ratings ended with exit code \d+", deploy.Messages);
        Assert.Contains("DRAIN_SECONDS", deploy.Messages.Split("    | ")[1]);
    }

    [Fact]
    public async Task What_uses_too_much_memory_is_said()
    {
        await using var overlay = new TestOverlay().Patch(
            "Deployment", "ratings-v1", """{"op": "replace", "path": "/spec/template/spec/containers/0/resources", "value": {"requests": {"cpu": "10m", "memory": "6Mi"}, "limits": {"memory": "6Mi"}}}""");

        var deploy = await overlay.DeployAsync();

        Assert.Equal(ServiceFailed, deploy.ExitCode);
        Assert.Matches(@"pod ratings-v1-\S+: container ratings was ended ", deploy.Messages);
    }

    [Fact]
    public async Task A_probe_that_fails_is_said()
    {
        await using var overlay = new TestOverlay().Patch("Deployment", "details-v1", """{"op": "replace", "path": "/spec/template/spec/containers/0/readinessProbe/httpGet/path", "value": "/nowhere"}""");

        var deploy = await overlay.DeployAsync("--timeout", "12s");

        Assert.Equal(ServiceFailed, deploy.ExitCode);
        Assert.Matches(@"pod details-v1-\S+: runs but is not ready: Readiness probe failed: HTTP probe failed with statuscode: 404", deploy.Messages);
    }

    [Fact]
    public async Task A_missing_ConfigMap_is_said_early()
    {
        await using var overlay = new TestOverlay().Patch("Deployment", "details-v1", """{"op": "add", "path": "/spec/template/spec/containers/0/envFrom", "value": [{"configMapRef": {"name": "missing"}}]}""");

        var deploy = await overlay.DeployAsync();

        Assert.Equal(ServiceFailed, deploy.ExitCode);
        Assert.Matches(@"pod details-v1-\S+: cannot be configured: configmap ""missing"" not found", deploy.Messages);
    }

    [Fact]
    public async Task A_volume_that_cannot_be_mounted_is_said()
    {
        await using var overlay = new TestOverlay().Patch(
            "Deployment",
            "details-v1",
            """{"op": "add", "path": "/spec/template/spec/volumes", "value": [{"name": "v", "secret": {"secretName": "missing"}}]}""",
            """{"op": "add", "path": "/spec/template/spec/containers/0/volumeMounts", "value": [{"name": "v", "mountPath": "/v"}]}""");

        var deploy = await overlay.DeployAsync("--timeout", "12s");

        Assert.Equal(ServiceFailed, deploy.ExitCode);
        Assert.Matches(@"pod details-v1-\S+: its container cannot be created: MountVolume.* ""missing"" not found", deploy.Messages);
    }

    [Fact]
    public async Task Pods_that_a_quota_refuses_are_said_early()
    {
        await using var overlay = new TestOverlay().Add("""{"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "none"}, "spec": {"hard": {"pods": "0"}}}""");

        var deploy = await overlay.DeployAsync();

        Assert.Equal(ServiceFailed, deploy.ExitCode);
        Assert.Matches("Deployment details-v1: its pods are refused: .*exceeded quota: none", deploy.Messages);
    }

    [Fact]
    public async Task A_node_port_that_is_taken_is_said()
    {
        const int port = 31999;
        await using var other = new TestOverlay();
        await Tool.KubectlAsync("create", "namespace", other.Namespace);
        await Tool.KubectlAsync("create", "service", "nodeport", "other", "--tcp=80:80", $"--node-port={port}", "--namespace", other.Namespace);
        await using var overlay = new TestOverlay().Patch("Service", "details", """{"op": "add", "path": "/spec/type", "value": "NodePort"}""", $$"""{"op": "add", "path": "/spec/ports/0/nodePort", "value": {{port}}}""");

        var deploy = await overlay.DeployAsync();

        Assert.Equal(PortTaken, deploy.ExitCode);
        Assert.Contains($"The Service \"details\" is invalid: spec.ports[0].nodePort: Invalid value: {port}: provided port is already allocated", deploy.Messages);
    }

    [Fact]
    public async Task An_object_that_is_invalid_is_named()
    {
        await using var overlay = new TestOverlay().Patch("Deployment", "details-v1", """{"op": "replace", "path": "/spec/template/spec/containers/0/readinessProbe/periodSeconds", "value": -1}""");

        var deploy = await overlay.DeployAsync();

        Assert.Equal(ObjectRefused, deploy.ExitCode);
        Assert.Contains("The Deployment \"details-v1\" is invalid", deploy.Messages);
    }

    [Fact]
    public async Task A_kind_that_the_cluster_has_not_is_named_and_nothing_is_applied()
    {
        await using var overlay = new TestOverlay().Add("""{"apiVersion": "example.org/v1", "kind": "Nonesuch", "metadata": {"name": "none"}}""");

        var deploy = await overlay.DeployAsync();

        Assert.Equal(ObjectRefused, deploy.ExitCode);
        Assert.Contains("has no Nonesuch of example.org/v1", deploy.Messages);
        Assert.DoesNotContain(overlay.Namespace, await Tool.KubectlAsync("get", "namespaces", "--output", "name"));
    }

    [Fact]
    public async Task Without_rights_it_says_which_are_missing_and_touches_nothing()
    {
        await using var overlay = new TestOverlay();
        var kubeconfig = Path.GetTempFileName();
        try
        {
            var config = (await Tool.KubectlAsync("config", "view", "--raw", "--minify", "--flatten", "--output=json")).Replace("\"user\": {", "\"user\": {\"as\": \"system:serviceaccount:default:nobody\",");
            await File.WriteAllTextAsync(kubeconfig, config, TestContext.Current.CancellationToken);

            var deploy = await Tool.RunAsync(Path.Combine(Tool.Root, "bookinfo"), ["deploy", .. overlay.Options], environment: new() { ["KUBECONFIG"] = kubeconfig });

            Assert.Equal(NotAllowed, deploy.ExitCode);
            Assert.InRange(deploy.Duration, TimeSpan.Zero, Early);
            Assert.Contains($"get, create, patch services in namespace '{overlay.Namespace}'", deploy.Messages);
            Assert.Contains($"Check with 'kubectl auth can-i get namespaces --namespace {overlay.Namespace}'", deploy.Messages);
            Assert.DoesNotContain(overlay.Namespace, await Tool.KubectlAsync("get", "namespaces", "--output", "name"));
        }
        finally
        {
            File.Delete(kubeconfig);
        }
    }

    [Fact]
    public async Task What_is_no_longer_part_of_it_is_removed_and_what_was_there_before_stays()
    {
        await using var overlay = new TestOverlay();
        await Tool.KubectlAsync("create", "namespace", overlay.Namespace);
        await Tool.KubectlAsync("create", "configmap", "before", "--namespace", overlay.Namespace);
        overlay
            .Add("""{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "before"}, "data": {"a": "b"}}""")
            .Add("""{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "added"}, "data": {"a": "b"}}""");
        await overlay.DeployAsync();

        var deploy = await overlay.RemoveAdded().DeployAsync();

        Assert.True(deploy.ExitCode == 0, $"{deploy}");
        Assert.Contains("Removed, because no longer part of it: ConfigMap added.", deploy.Messages);
        var left = await Tool.KubectlAsync("get", "configmaps", "--namespace", overlay.Namespace, "--output", "name");
        Assert.Contains("configmap/before", left);
        Assert.DoesNotContain("configmap/added", left);
        var inventory = await cluster.Api.CoreV1.ReadNamespacedConfigMapAsync("bookinfo-deployment", overlay.Namespace, cancellationToken: TestContext.Current.CancellationToken);
        Assert.DoesNotContain("ConfigMap", inventory.Data["objects"]);
    }

    [Fact]
    public async Task Interrupted_it_says_what_stays()
    {
        await using var overlay = new TestOverlay().Patch("Deployment", "details-v1", """{"op": "replace", "path": "/spec/template/spec/containers/0/resources/requests/cpu", "value": "1000"}""");

        var deploy = await Tool.RunAsync("timeout", ["--preserve-status", "--signal=INT", "10", Path.Combine(Tool.Root, "bookinfo"), "deploy", .. overlay.Options]);

        Assert.Equal(Interrupted, deploy.ExitCode);
        Assert.Contains("Interrupted. What was applied stays: deploy again to go on, or remove it with 'bookinfo delete'.", deploy.Messages);
    }

    [Fact]
    public async Task An_overlay_that_kustomize_refuses_is_said()
    {
        await using var overlay = new TestOverlay().Patch("Deployment", "details-v1", """{"op": "replace", "path": "/nowhere/at/all", "value": 1}""");

        var deploy = await overlay.DeployAsync();

        Assert.Equal(InvalidUsage, deploy.ExitCode);
        Assert.Contains("cannot be rendered: ", deploy.Messages);
        Assert.Contains("/nowhere/at/all", deploy.Messages);
    }

    /// <summary>Seconds from the beginning until everything was ready.</summary>
    private static double ReadyAfter(ToolResult deploy)
    {
        Assert.True(deploy.ExitCode == 0, $"{deploy}");
        return Events(deploy).Single(one => one.GetProperty("event").GetString() == "ready").GetProperty("readySeconds").GetDouble();
    }

    private static List<JsonElement> Events(ToolResult result) =>
        [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>All that deploy makes and what that makes, with the version that each change increases.</summary>
    private async Task<List<string>> VersionsAsync(string space)
    {
        var list = await Tool.KubectlAsync(
            "get", "serviceaccounts,services,deployments,replicasets,configmaps,secrets", "--namespace", space,
            "--output", "jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.resourceVersion}{\"\\n\"}{end}");
        var itself = await cluster.Api.CoreV1.ReadNamespaceAsync(space, cancellationToken: TestContext.Current.CancellationToken);
        return [.. list.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.Contains("default") && !line.Contains("-token-") && !line.Contains("kube-root-ca")), $"Namespace {space} {itself.Metadata.ResourceVersion}"];
    }
}
