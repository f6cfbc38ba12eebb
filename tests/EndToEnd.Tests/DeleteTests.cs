using System.Text.Json;

namespace EndToEnd.Tests;

/// <summary><c>bookinfo delete</c> removes what <c>deploy</c> made, and only that.</summary>
public sealed class DeleteTests
{
    private const int NotDeployed = 10;

    [Fact]
    public async Task Nothing_is_left()
    {
        await using var overlay = new TestOverlay();
        await overlay.DeployAsync();

        var delete = await Tool.BookinfoAsync("delete", "--namespace", overlay.Namespace, "--output", "json");

        Assert.True(delete.ExitCode == 0, $"{delete}");
        Assert.DoesNotContain(overlay.Namespace, await Tool.KubectlAsync("get", "namespaces", "--output", "name"));
        var events = delete.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToList();
        Assert.Contains(events, one => one.TryGetProperty("object", out var gone) && gone.GetString() == "Deployment details-v1");
        Assert.Equal(events.Count - 1, events[^1].GetProperty("deleted").GetInt32());

        var again = await Tool.BookinfoAsync("delete", "--namespace", overlay.Namespace);
        Assert.Equal(0, again.ExitCode);
        Assert.Contains($"Nothing is deployed in namespace {overlay.Namespace}", again.Messages);
    }

    [Fact]
    public async Task A_namespace_stays_for_what_others_made_in_it()
    {
        await using var overlay = new TestOverlay();
        await overlay.DeployAsync();
        await Tool.KubectlAsync("create", "configmap", "mine", "--namespace", overlay.Namespace);

        var delete = await Tool.BookinfoAsync("delete", "--namespace", overlay.Namespace);

        Assert.True(delete.ExitCode == 0, $"{delete}");
        Assert.Contains(
            $"Namespace {overlay.Namespace} stays, for in it is what 'bookinfo deploy' did not make: ConfigMap mine.", delete.Messages);
        await AssertLeftAsync(overlay.Namespace, "configmap/mine");
    }

    [Fact]
    public async Task What_was_there_before_stays()
    {
        await using var overlay = new TestOverlay()
            .Add("""{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "before"}, "data": {"a": "b"}}""");
        await Tool.KubectlAsync("create", "namespace", overlay.Namespace);
        await Tool.KubectlAsync("create", "configmap", "before", "--namespace", overlay.Namespace);
        await overlay.DeployAsync();

        var delete = await Tool.BookinfoAsync("delete", "--namespace", overlay.Namespace);

        Assert.True(delete.ExitCode == 0, $"{delete}");
        await AssertLeftAsync(overlay.Namespace, "configmap/before");
    }

    [Fact]
    public async Task What_was_applied_by_hand_is_not_touched()
    {
        await using var overlay = new TestOverlay();
        await Tool.KubectlAsync("create", "namespace", overlay.Namespace);
        await Tool.KubectlAsync(
            "create", "deployment", "details-v1", "--image=localhost/bookinfo/details:0.1.0", "--replicas=0",
            "--namespace", overlay.Namespace);
        await Tool.KubectlAsync(
            "label", "deployment", "details-v1", "app.kubernetes.io/part-of=bookinfo", "--namespace", overlay.Namespace);

        var delete = await Tool.BookinfoAsync("delete", "--namespace", overlay.Namespace);

        Assert.Equal(NotDeployed, delete.ExitCode);
        Assert.Contains("kubectl delete -k deploy/overlays/nodeport", delete.Messages);
        Assert.Contains("details-v1", await Tool.KubectlAsync("get", "deployments", "--namespace", overlay.Namespace, "--output", "name"));
    }

    [Fact]
    public async Task What_is_not_gone_in_time_is_named_and_a_second_delete_goes_on()
    {
        await using var overlay = new TestOverlay();
        await overlay.DeployAsync();

        // A draining service alone takes longer.
        var first = await Tool.BookinfoAsync("delete", "--namespace", overlay.Namespace, "--timeout", "1s");

        Assert.Equal(6, first.ExitCode);
        Assert.Matches(@"not gone after 1\.0 s \(--timeout\): .*Deployment details-v1", first.Messages);
        var second = await Tool.BookinfoAsync("delete", "--namespace", overlay.Namespace);
        Assert.True(second.ExitCode == 0, $"{second}");
        Assert.DoesNotContain(overlay.Namespace, await Tool.KubectlAsync("get", "namespaces", "--output", "name"));
    }

    private static async Task AssertLeftAsync(string space, params string[] names)
    {
        var left = await Tool.KubectlAsync(
            "get", "deployments,pods,services,serviceaccounts,secrets,configmaps", "--namespace", space, "--output", "name");
        Assert.Equal(names, left.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line =>
            line != "serviceaccount/default" && line != "configmap/kube-root-ca.crt" && !line.StartsWith("secret/default-token-")));
    }
}
