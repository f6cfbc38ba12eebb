using Bookinfo.Testing;
using k8s;

namespace EndToEnd.Tests;

/// <summary><c>bookinfo deploy</c>: what it makes, keeps and refuses.</summary>
public sealed class DeployTests(Cluster cluster)
{
    private const int InvalidUsage = 2;
    private const int PortTaken = 5;
    private const int ServiceFailed = 6;
    private const int NotAllowed = 8;
    private const int ObjectRefused = 9;

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
        var first = await cluster.Api.CoreV1.ReadNamespacedSecretAsync(
            "productpage-session", overlay.Namespace, cancellationToken: TestContext.Current.CancellationToken);

        await overlay.DeployAsync();

        var second = await cluster.Api.CoreV1.ReadNamespacedSecretAsync(
            "productpage-session", overlay.Namespace, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(first.Metadata.ResourceVersion, second.Metadata.ResourceVersion);
        Assert.Equal(32, Convert.FromBase64String(System.Text.Encoding.ASCII.GetString(second.Data["session-key"])).Length);
    }

    [Fact]
    public async Task A_node_port_that_is_taken_is_said()
    {
        const int port = 31999;
        await using var other = new TestOverlay();
        await Tool.KubectlAsync("create", "namespace", other.Namespace);
        await Tool.KubectlAsync(
            "create", "service", "nodeport", "other", "--tcp=80:80", $"--node-port={port}", "--namespace", other.Namespace);
        await using var overlay = new TestOverlay().Patch("Service", "details", """
            {"op": "add", "path": "/spec/type", "value": "NodePort"}
            """, $$"""{"op": "add", "path": "/spec/ports/0/nodePort", "value": {{port}}}""");

        var deploy = await overlay.DeployAsync();

        Assert.Equal(PortTaken, deploy.ExitCode);
        Assert.Contains(
            $"The Service \"details\" is invalid: spec.ports[0].nodePort: Invalid value: {port}: provided port is already allocated",
            deploy.Messages);
    }

    [Fact]
    public async Task An_object_that_is_invalid_is_named()
    {
        await using var overlay = new TestOverlay().Patch("Deployment", "details-v1",
            """{"op": "replace", "path": "/spec/template/spec/containers/0/readinessProbe/periodSeconds", "value": -1}""");

        var deploy = await overlay.DeployAsync();

        Assert.Equal(ObjectRefused, deploy.ExitCode);
        Assert.Contains("The Deployment \"details-v1\" is invalid", deploy.Messages);
    }

    [Fact]
    public async Task A_kind_that_the_cluster_has_not_is_named_and_nothing_is_applied()
    {
        await using var overlay = new TestOverlay()
            .Add("""{"apiVersion": "example.org/v1", "kind": "Nonesuch", "metadata": {"name": "none"}}""");

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
            var config = (await Tool.KubectlAsync("config", "view", "--raw", "--minify", "--flatten", "--output=json")).Replace(
                "\"user\": {", "\"user\": {\"as\": \"system:serviceaccount:default:nobody\",");
            await File.WriteAllTextAsync(kubeconfig, config, TestContext.Current.CancellationToken);

            var deploy = await Tool.RunAsync(
                Path.Combine(WorkingCopy.Root, "bookinfo"),
                ["deploy", .. overlay.Options],
                environment: new() { ["KUBECONFIG"] = kubeconfig });

            Assert.Equal(NotAllowed, deploy.ExitCode);
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
        var inventory = await cluster.Api.CoreV1.ReadNamespacedConfigMapAsync(
            "bookinfo-deployment", overlay.Namespace, cancellationToken: TestContext.Current.CancellationToken);
        Assert.DoesNotContain("ConfigMap", inventory.Data["objects"]);
    }

    [Fact]
    public async Task A_namespace_that_is_being_deleted_is_waited_for()
    {
        await using var overlay = new TestOverlay();
        await overlay.DeployAsync();
        var first = await cluster.Api.CoreV1.ReadNamespaceAsync(
            overlay.Namespace, cancellationToken: TestContext.Current.CancellationToken);
        await Tool.KubectlAsync("delete", "namespace", overlay.Namespace, "--wait=false");

        // A draining service alone takes longer.
        var impatient = await overlay.DeployAsync("--timeout", "1s");

        Assert.Equal(ServiceFailed, impatient.ExitCode);
        Assert.Contains($"namespace {overlay.Namespace} is still being deleted after 1.0 s (--timeout).", impatient.Messages);

        var deploy = await overlay.DeployAsync();

        Assert.True(deploy.ExitCode == 0, $"{deploy}");
        Assert.Contains($"Namespace {overlay.Namespace} is being deleted. Waiting until it is gone.", deploy.Messages);
        var second = await cluster.Api.CoreV1.ReadNamespaceAsync(
            overlay.Namespace, cancellationToken: TestContext.Current.CancellationToken);
        Assert.NotEqual(first.Metadata.Uid, second.Metadata.Uid);
        Assert.Null(second.Metadata.DeletionTimestamp);
    }

    [Fact]
    public async Task An_overlay_that_kustomize_refuses_is_said()
    {
        await using var overlay = new TestOverlay()
            .Patch("Deployment", "details-v1", """{"op": "replace", "path": "/nowhere/at/all", "value": 1}""");

        var deploy = await overlay.DeployAsync();

        Assert.Equal(InvalidUsage, deploy.ExitCode);
        Assert.Contains("cannot be rendered: ", deploy.Messages);
        Assert.Contains("/nowhere/at/all", deploy.Messages);
    }
}
