using System.Text.Json.Nodes;
using Bookinfo.Cli.Terminal;

namespace EndToEnd.Tests;

/// <summary>
/// <c>bookinfo canary</c> with the routes of deploy/components: whether a real API server takes what it writes, and keeps the rest. There
/// need be no mesh that goes by them.
/// </summary>
[Collection(WholeCluster.Name)]
public sealed class CanaryRouteTests
{
    [Fact]
    public async Task Weights_are_set_for_everybody_and_rollback_brings_back_what_was()
    {
        await using var kinds = await RouteKinds.AddAsync();
        await using var overlay = new TestOverlay();

        await AssertSetAndTakenBackAsync(
            overlay, "gateway-api/by-user", "httproutes.gateway.networking.k8s.io", "rules", "backendRefs",
            static backend => $"{backend["name"]}");
        // What of the other component there was is removed: both together are refused.
        await AssertSetAndTakenBackAsync(
            overlay, "istio/reviews-test-v2", "virtualservices.networking.istio.io", "http", "route",
            static backend => $"{backend["destination"]!["host"]}-{backend["destination"]!["subset"]}");
    }

    private static async Task AssertSetAndTakenBackAsync(
        TestOverlay overlay, string component, string kind, string rules, string backends, Func<JsonNode, string> nameOf)
    {
        var deploy = await overlay.DeployAsync("--component", component);
        Assert.True(deploy.ExitCode == ExitCode.Success, $"{deploy}");
        var before = await ReadAsync(overlay, kind);

        var set = await CanaryAsync(overlay, "set", "v1=80,v3=20", "--output", "json");
        Assert.True(set.ExitCode == ExitCode.Success, $"{set}");
        Assert.Equal("""{"v1":80,"v3":20}""", JsonNode.Parse(set.Output)!["asked"]!.ToJsonString());
        var during = await ReadAsync(overlay, kind);
        Assert.Equal(
            [("reviews-v1", 80), ("reviews-v3", 20)],
            during["spec"]![rules]![1]![backends]!.AsArray().Select(backend => (nameOf(backend!), (int)backend!["weight"]!)));
        // The rule for one user.
        Assert.True(JsonNode.DeepEquals(before["spec"]![rules]![0], during["spec"]![rules]![0]), during.ToJsonString());

        var promote = await CanaryAsync(overlay, "promote", "v3");
        Assert.True(promote.ExitCode == ExitCode.Success, $"{promote}");
        var back = await CanaryAsync(overlay, "rollback");
        Assert.True(back.ExitCode == ExitCode.Success, $"{back}");
        var after = await ReadAsync(overlay, kind);
        Assert.True(JsonNode.DeepEquals(before["spec"], after["spec"]), after.ToJsonString());
        Assert.DoesNotContain("canary.bookinfo/", after.ToJsonString());
    }

    private static Task<ToolResult> CanaryAsync(TestOverlay overlay, params string[] arguments) =>
        Tool.BookinfoAsync(["canary", .. arguments, "--namespace", overlay.Namespace]);

    private static async Task<JsonNode> ReadAsync(TestOverlay overlay, string kind) => JsonNode.Parse(
        await Tool.KubectlAsync("get", kind, "reviews", "--namespace", overlay.Namespace, "--output=json"))!;
}
