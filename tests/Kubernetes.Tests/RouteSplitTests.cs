using Bookinfo.Foundation;
using Bookinfo.Measurement;
using k8s.Models;
using static Bookinfo.Kubernetes.Tests.CanaryCluster;

namespace Bookinfo.Kubernetes.Tests;

/// <summary>Requests to reviews divided by an HTTPRoute and by a VirtualService, and what is said where that cannot be.</summary>
public sealed class RouteSplitTests
{
    private const string Ours = "\"labels\":{\"app.kubernetes.io/part-of\":\"bookinfo\"}";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_weights_of_an_HTTPRoute_change_for_everybody_and_for_nobody_else()
    {
        using var cluster = new CanaryCluster(("v1", 1), ("v3", 1));
        const string Jason = """
            {"matches":[{"headers":[{"name":"end-user","value":"jason","type":"Exact"}],"path":{"type":"PathPrefix","value":"/"}}],
             "backendRefs":[{"name":"reviews-v2","port":9080}]}
            """;
        Route(cluster, $$$"""
            [{{{Jason}}} , {"matches":[{"path":{"type":"PathPrefix","value":"/"}}],"timeouts":{"request":"9s"},
              "backendRefs":[{"name":"reviews-v1","port":9080,"weight":1,"kind":"Service","group":""}]}]
            """);
        await using var split = await cluster.OpenAsync();
        Assert.Equal("the weights of HTTPRoute reviews in namespace bookinfo", split.Description);
        Assert.Equal("v1=100", $"{(await split.ReadAsync(Cancelled)).Shares}");

        var state = await split.SetAsync(Shares("v1=80,v3=20"), Cancelled);

        Assert.Equal("v1=80,v3=20", $"{state.Shares}");
        var rules = cluster[CanaryCluster.HttpRoute]["spec"]!["rules"]!;
        Assert.Equal("reviews-v2", $"{rules[0]!["backendRefs"]![0]!["name"]}");
        Assert.Equal("9s", $"{rules[1]!["timeouts"]!["request"]}");
        Assert.Equal(
            """[{"name":"reviews-v1","port":9080,"weight":80},{"name":"reviews-v3","port":9080,"weight":20}]""",
            rules[1]!["backendRefs"]!.ToJsonString());
        Assert.Contains("\"resourceVersion\":\"7\"", cluster.Changes[0]);

        await split.SetAsync(Shares("v3=100"), Cancelled);
        Assert.Equal("v1=100", $"{(await split.RestoreAsync(null, Cancelled))!.Shares}");
        Assert.Null(await split.RestoreAsync(null, Cancelled));
    }

    [Fact]
    public async Task The_weights_of_a_VirtualService_change_for_everybody_and_for_nobody_else()
    {
        using var cluster = new CanaryCluster(("v1", 1), ("v3", 1));
        cluster.Know("networking.istio.io/v1", "VirtualService", "virtualservices");
        cluster.Put(CanaryCluster.VirtualService, $$$"""
            {"metadata":{"name":"reviews","resourceVersion":"7",{{{Ours}}} },"spec":{"hosts":["reviews"],"http":[
              {"match":[{"headers":{"end-user":{"exact":"jason"} } }],"route":[{"destination":{"host":"reviews","subset":"v2"}}]},
              {"route":[{"destination":{"host":"reviews","subset":"v1"}}]}]}}
            """);
        cluster.Put(
            "/apis/networking.istio.io/v1/namespaces/bookinfo/destinationrules/reviews",
            """{"metadata":{"name":"reviews"},"spec":{"subsets":[{"name":"v1"},{"name":"v3"}]}}""");
        await using var split = await cluster.OpenAsync();
        Assert.Equal("v1=100", $"{(await split.ReadAsync(Cancelled)).Shares}");

        Assert.Equal("v1=80,v3=20", $"{(await split.SetAsync(Shares("v1=80,v3=20"), Cancelled)).Shares}");
        Assert.Equal(
            "[{\"destination\":{\"host\":\"reviews\",\"subset\":\"v1\"},\"weight\":80},"
                + "{\"destination\":{\"host\":\"reviews\",\"subset\":\"v3\"},\"weight\":20}]",
            cluster[CanaryCluster.VirtualService]["spec"]!["http"]![1]!["route"]!.ToJsonString());
        await AssertFailsAsync(
            split.SetAsync(Shares("v2=100"), Cancelled), FailureKind.NotDeployed,
            "^v2 can get no requests by VirtualService reviews in namespace bookinfo: there is no subset v2 of DestinationRule reviews");
    }

    [Fact]
    public async Task A_route_needs_a_Service_for_each_version()
    {
        using var cluster = new CanaryCluster(("v1", 1), ("v3", 1));
        Route(cluster, """[{"backendRefs":[{"name":"reviews-v1","port":9080}]}]""", services: ["v1"]);
        await using var split = await cluster.OpenAsync();
        await AssertFailsAsync(
            split.SetAsync(Shares("v1=80,v3=20"), Cancelled), FailureKind.NotDeployed,
            "^v3 can get no requests by HTTPRoute reviews in namespace bookinfo: there is no Service reviews-v3 in namespace bookinfo");
    }

    [Theory]
    [InlineData("""[{"backendRefs":[{"name":"other","port":80}]}]""", "sends requests elsewhere than to versions of reviews")]
    [InlineData(
        """[{"backendRefs":[{"name":"reviews-v1","port":80,"weight":0}]}]""", "sends no requests anywhere, as no weight is above 0")]
    [InlineData("""[{"backendRefs":[]}]""", "sends no requests anywhere, as no weight is above 0")]
    [InlineData(
        """[{"matches":[{"path":{"type":"Exact","value":"/"}}],"backendRefs":[{"name":"reviews-v1","port":80}]}]""",
        "does not have exactly one rule that is for everybody")]
    [InlineData(
        """[{"backendRefs":[{"name":"reviews-v1","port":80}]},{"backendRefs":[{"name":"reviews-v2","port":80}]}]""",
        "does not have exactly one rule that is for everybody")]
    [InlineData("null", "has no rules")]
    public async Task A_route_that_is_not_understood_is_not_changed(string rules, string why)
    {
        using var cluster = new CanaryCluster(("v1", 1));
        Route(cluster, rules);
        await using var split = await cluster.OpenAsync();
        await AssertFailsAsync(
            split.ReadAsync(Cancelled), FailureKind.InvalidRequest, $"^HTTPRoute reviews in namespace bookinfo {why}, so it is not one");
    }

    /// <summary>As the specifications of both say.</summary>
    [Theory]
    [InlineData("""{"weight":3,"name":"reviews-v1"},{"name":"reviews-v3"}""", "v1=75,v3=25")]
    [InlineData("""{"name":"reviews-v2"}""", "v2=100")]
    [InlineData("""{"weight":1,"name":"reviews-v1"},{"weight":1,"name":"reviews-v1"},{"weight":2,"name":"reviews-v2"}""", "v1=50,v2=50")]
    public async Task A_weight_that_an_HTTPRoute_leaves_out_is_1(string backends, string shares)
    {
        using var cluster = new CanaryCluster(("v1", 1));
        Route(cluster, $$"""[{"backendRefs":[{{backends}}]}]""");
        await using var split = await cluster.OpenAsync();
        Assert.Equal(shares, $"{(await split.ReadAsync(Cancelled)).Shares}");
    }

    [Theory]
    [InlineData(
        """{"weight":3,"destination":{"host":"reviews","subset":"v1"} },{"destination":{"host":"reviews","subset":"v3"} }""", "v1=100")]
    [InlineData("""{"weight":0,"destination":{"host":"reviews","subset":"v2"} }""", "v2=100")]
    public async Task A_weight_that_a_VirtualService_leaves_out_is_0_unless_it_is_alone(string backends, string shares)
    {
        using var cluster = new CanaryCluster(("v1", 1));
        cluster.Know("networking.istio.io/v1", "VirtualService", "virtualservices");
        cluster.Put(CanaryCluster.VirtualService, $$$"""
            {"metadata":{"name":"reviews",{{{Ours}}} },"spec":{"http":[{"route":[{{{backends}}}]}]}}
            """);
        await using var split = await cluster.OpenAsync();
        Assert.Equal(shares, $"{(await split.ReadAsync(Cancelled)).Shares}");
    }

    [Fact]
    public async Task A_route_of_somebody_else_is_not_changed()
    {
        using var cluster = new CanaryCluster(("v1", 1));
        cluster.Know("gateway.networking.k8s.io/v1", "HTTPRoute", "httproutes");
        cluster.Put(CanaryCluster.HttpRoute, """{"metadata":{"name":"reviews"},"spec":{"rules":[]}}""");
        await AssertFailsAsync(
            cluster.OpenAsync(), FailureKind.InvalidRequest,
            "^HTTPRoute reviews in namespace bookinfo is not of Bookinfo's manifests \\(it has no label ");
    }

    [Fact]
    public async Task Two_routes_are_one_too_many()
    {
        using var cluster = new CanaryCluster(("v1", 1));
        Route(cluster, "[]");
        cluster.Know("networking.istio.io/v1", "VirtualService", "virtualservices");
        cluster.Put(CanaryCluster.VirtualService, $$$"""{"metadata":{"name":"reviews",{{{Ours}}} },"spec":{}}""");
        await AssertFailsAsync(
            cluster.OpenAsync(), FailureKind.InvalidRequest,
            "^HTTPRoute reviews and VirtualService reviews are both in namespace bookinfo");
    }

    [Fact]
    public async Task What_the_cluster_cannot_answer_is_told_of()
    {
        using var cluster = new CanaryCluster(("v1", 1), ("v3", 1));
        Route(cluster, """[{"backendRefs":[{"name":"reviews-v1","port":9080}]}]""");
        await using var split = await cluster.OpenAsync();
        cluster.Api.Refuse("/api/v1/namespaces/bookinfo/services/reviews-v1", 500, "boom");
        await AssertFailsAsync(split.SetAsync(Shares("v1=80,v3=20"), Cancelled), FailureKind.ClusterUnreachable, "boom");
    }

    private static void Route(CanaryCluster cluster, string rules, params IReadOnlyList<string> services)
    {
        cluster.Know("gateway.networking.k8s.io/v1", "HTTPRoute", "httproutes");
        cluster.Put(CanaryCluster.HttpRoute, $$$"""
            {"metadata":{"name":"reviews","resourceVersion":"7",{{{Ours}}} },"spec":{"rules":{{{rules}}} }}
            """);
        foreach (var version in services.Count > 0 ? services : VersionShares.AllVersions)
        {
            cluster.Api.Put($"/api/v1/namespaces/bookinfo/services/reviews-{version}", new V1Service());
        }
    }
}
