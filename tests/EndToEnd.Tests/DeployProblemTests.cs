using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Bookinfo.Testing;
using k8s;

namespace EndToEnd.Tests;

/// <summary><c>bookinfo deploy</c> says of what cannot become ready why, as early as that is certain.</summary>
public sealed class DeployProblemTests(Cluster cluster)
{
    private const int ServiceFailed = 6;
    private const int Interrupted = 130;

    [Fact]
    public async Task A_wrong_tag_ends_early_with_the_image_and_why()
    {
        await using var overlay = new TestOverlay();

        var deploy = await overlay.DeployAsync("--tag", "no-such-tag");

        Assert.Equal(ServiceFailed, deploy.ExitCode);
        // Without waiting for the end of the time.
        Assert.DoesNotContain("(--timeout)", deploy.Messages);
        // The first pod that is certain to fail ends it, and which of the six that is the nodes decide.
        Assert.Matches(@"pod ([a-z]+)-v\d-\S+: its image localhost/bookinfo/\1:no-such-tag cannot be pulled: \S+", deploy.Messages);
        Assert.Contains("Check --tag. Images of that name are in no registry", deploy.Messages);
    }

    [Fact]
    public async Task A_registry_replaces_the_usual_one_in_all_images()
    {
        await using var overlay = new TestOverlay();

        var deploy = await overlay.DeployAsync("--registry", "registry.invalid/some/where", "--tag", "9");

        Assert.Equal(ServiceFailed, deploy.ExitCode);
        var pods = await cluster.Api.CoreV1.ListNamespacedPodAsync(
            overlay.Namespace, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(
            [
                "registry.invalid/some/where/details:9", "registry.invalid/some/where/productpage:9",
                "registry.invalid/some/where/ratings:9", "registry.invalid/some/where/reviews:9",
            ],
            pods.Items.Select(pod => pod.Spec.Containers[0].Image).Distinct().Order());
    }

    [Fact]
    public async Task What_fits_on_no_node_is_said_with_the_schedulers_words()
    {
        await using var overlay = new TestOverlay().Patch("Deployment", "details-v1",
            """{"op": "replace", "path": "/spec/template/spec/containers/0/resources/requests/cpu", "value": "1000"}""");

        var deploy = await DeployUntilSaidAsync(overlay, "10s", @"pod details-v1-\S+: fits on no node: .*Insufficient cpu");

        // On a slow machine others may be named after it.
        Assert.Matches(@"bookinfo: details-v1.* not ready in 10 s \(--timeout\)\.", deploy.Messages);
    }

    [Fact]
    public async Task What_crashes_is_said_early_with_its_last_words()
    {
        await using var overlay = new TestOverlay().Patch("Deployment", "ratings-v1",
            """{"op": "add", "path": "/spec/template/spec/containers/0/env/-", "value": {"name": "DRAIN_SECONDS", "value": "soon"}}""");

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
            "Deployment", "ratings-v1", """{"op": "replace", "path": "/spec/template/spec/containers/0/resources", "value": {"requests": """
                + """{"cpu": "10m", "memory": "6Mi"}, "limits": {"memory": "6Mi"}}}""");

        var deploy = await overlay.DeployAsync();

        Assert.Equal(ServiceFailed, deploy.ExitCode);
        Assert.Matches(@"pod ratings-v1-\S+: container ratings was ended ", deploy.Messages);
    }

    [Fact]
    public async Task A_probe_that_fails_is_said()
    {
        await using var overlay = new TestOverlay().Patch("Deployment", "details-v1",
            """{"op": "replace", "path": "/spec/template/spec/containers/0/readinessProbe/httpGet/path", "value": "/nowhere"}""");

        await DeployUntilSaidAsync(
            overlay, "20s", @"pod details-v1-\S+: runs but is not ready: Readiness probe failed: HTTP probe failed with statuscode: 404");
    }

    [Fact]
    public async Task A_missing_ConfigMap_is_said_early()
    {
        await using var overlay = new TestOverlay().Patch("Deployment", "details-v1",
            """{"op": "add", "path": "/spec/template/spec/containers/0/envFrom", "value": [{"configMapRef": {"name": "missing"}}]}""");

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

        await DeployUntilSaidAsync(
            overlay, "12s", @"pod details-v1-\S+: its container cannot be created: MountVolume.* ""missing"" not found");
    }

    [Fact]
    public async Task Pods_that_a_quota_refuses_are_said_early()
    {
        await using var overlay = new TestOverlay()
            .Add("""{"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "none"}, "spec": {"hard": {"pods": "0"}}}""");

        var deploy = await overlay.DeployAsync();

        Assert.Equal(ServiceFailed, deploy.ExitCode);
        Assert.Matches("Deployment details-v1: its pods are refused: .*exceeded quota: none", deploy.Messages);
    }

    [Fact]
    public async Task Interrupted_it_says_what_stays()
    {
        await using var overlay = new TestOverlay().Patch("Deployment", "details-v1",
            """{"op": "replace", "path": "/spec/template/spec/containers/0/resources/requests/cpu", "value": "1000"}""");

        var deploy = await Tool.RunAsync(
            "timeout",
            ["--preserve-status", "--signal=INT", "10", Path.Combine(WorkingCopy.Root, "bookinfo"), "deploy", .. overlay.Options]);

        Assert.Equal(Interrupted, deploy.ExitCode);
        Assert.Contains(
            "Interrupted. What was applied stays: deploy again to go on, or remove it with 'bookinfo delete'.", deploy.Messages);
    }

    /// <summary>Deploys again until the reason is said: a busy node tells of it when the time of the first attempt may be over.</summary>
    private static async Task<ToolResult> DeployUntilSaidAsync(
        TestOverlay overlay, string timeout, [StringSyntax(StringSyntaxAttribute.Regex)] string reason)
    {
        ToolResult? deploy = null;
        await Eventually.HoldsAsync(async () =>
        {
            deploy = await overlay.DeployAsync("--timeout", timeout);
            Assert.Equal(ServiceFailed, deploy.ExitCode);
            return Regex.IsMatch(deploy.Messages, reason) ? "" : $"The reason is not said: {deploy.Messages}";
        });
        return deploy!;
    }
}
