using Bookinfo.Contracts;

namespace Manifests.Tests;

/// <summary>The component network-policies, evaluated for every pair.</summary>
public sealed class NetworkPolicyTests
{
    private const int Port = ServiceCatalog.ServicePort;

    /// <summary>Where Linkerd's proxies send everything between its pods.</summary>
    private const int LinkerdPort = 4143;

    [Theory]
    [InlineData(Port)]
    [InlineData(LinkerdPort)]
    public async Task Pods_reach_each_other_along_the_arrows_of_the_catalog_and_no_other_way(int port)
    {
        var rendering = await Rendering.WithAsync("network-policies", "details-v2");
        var policies = new NetworkPolicies(rendering);
        var pairs = from caller in rendering.Workloads from called in rendering.Workloads select (Caller: caller, Called: called);
        var allowed = pairs.Where(pair => policies.Allow(NetworkEnd.Of(pair.Caller), NetworkEnd.Of(pair.Called), port)).Select(
            pair => (pair.Caller.Name, pair.Called.Name));
        var arrows = pairs.Where(pair => ServiceCatalog.All.Single(service => service.Name == pair.Caller.Service).Calls.Any(
            call => call.Service == pair.Called.Service))
            .Select(pair => (pair.Caller.Name, pair.Called.Name));
        Assert.Equal(arrows.Order(), allowed.Order());
        Assert.DoesNotContain(pairs, pair => policies.Allow(NetworkEnd.Of(pair.Caller), NetworkEnd.Of(pair.Called), 9090));
    }

    /// <summary>Without it, whoever takes one of the others away opens everything.</summary>
    [Fact]
    public async Task What_no_policy_allows_is_denied()
    {
        var deny = (await Rendering.OfAsync("network-policies")).Objects.Single(o => o.Is("NetworkPolicy") && o.Name == "default-deny");
        var alone = new NetworkPolicies(new Rendering("default-deny", [], [deny]));
        var anybody = NetworkEnd.In("bookinfo");
        Assert.False(alone.Allow(anybody, NetworkEnd.At("203.0.113.7"), Port));
        Assert.False(alone.Allow(NetworkEnd.At("203.0.113.7"), anybody, Port));
    }

    [Theory]
    [InlineData("outside", false)]
    [InlineData("somewhere", false)]
    [InlineData("monitoring", true)]
    [InlineData("outside", false, LinkerdPort)]
    [InlineData("monitoring", true, LinkerdPort)]
    public async Task Visitors_reach_the_page_and_Prometheus_reaches_all(string where, bool all, int port = Port)
    {
        var rendering = await Rendering.WithAsync("network-policies");
        var policies = new NetworkPolicies(rendering);
        var from = where == "outside" ? NetworkEnd.At("203.0.113.7") : NetworkEnd.In(where);
        Assert.Equal(
            rendering.Workloads.Select(to => to.Name).Where(name => all || name == "productpage-v1"),
            rendering.Workloads.Where(to => policies.Allow(from, NetworkEnd.Of(to), port)).Select(to => to.Name));
        Assert.DoesNotContain(rendering.Workloads, to => policies.Allow(from, NetworkEnd.Of(to), 9090));
    }

    [Fact]
    public async Task Every_pod_has_DNS_the_collector_and_the_control_plane_of_a_mesh_and_nothing_else()
    {
        var rendering = await Rendering.WithAsync("network-policies", "details-v2");
        var policies = new NetworkPolicies(rendering);
        Assert.All(rendering.Workloads, workload =>
        {
            bool Reaches(NetworkEnd to, int port, string protocol = "TCP") => policies.Allow(NetworkEnd.Of(workload), to, port, protocol);
            Assert.True(Reaches(NetworkEnd.In("kube-system"), 53, "UDP"));
            Assert.True(Reaches(NetworkEnd.At("169.254.20.10"), 53));
            Assert.True(Reaches(NetworkEnd.In("observability"), 4317));
            Assert.True(Reaches(NetworkEnd.In("observability"), 4318));
            Assert.True(Reaches(NetworkEnd.In("istio-system"), 15012));
            Assert.True(Reaches(NetworkEnd.In("linkerd"), 8086));
            Assert.False(Reaches(NetworkEnd.In("observability"), 9080));
            Assert.False(Reaches(NetworkEnd.In("somewhere"), 4317));
            Assert.False(Reaches(NetworkEnd.At("192.168.1.1"), 443));
            Assert.Equal(workload.Name == "details-v2", Reaches(NetworkEnd.At("142.250.74.106"), 443));
            Assert.Equal(workload.Name == "details-v2", Reaches(NetworkEnd.At("2a00:1450:400e:811::200a"), 443));
            Assert.False(Reaches(NetworkEnd.At("142.250.74.106"), 22));
        });
    }

    [Fact]
    public async Task A_gateway_in_the_namespace_takes_visitors_to_the_page_and_nowhere_else()
    {
        var rendering = await Rendering.WithAsync("network-policies");
        var policies = new NetworkPolicies(rendering);
        var gateway = new NetworkEnd(
            "bookinfo", new Dictionary<string, string> { ["gateway.networking.k8s.io/gateway-name"] = "bookinfo-gateway" });
        Assert.True(policies.Allow(NetworkEnd.At("203.0.113.7"), gateway, 80));
        Assert.Equal(
            ["productpage-v1"], rendering.Workloads.Where(to => policies.Allow(gateway, NetworkEnd.Of(to), Port)).Select(to => to.Name));
    }

    [Fact]
    public async Task Load_workers_in_the_namespace_reach_the_page_and_nothing_else_and_nobody_reaches_them()
    {
        var rendering = await Rendering.WithAsync("network-policies");
        var policies = new NetworkPolicies(rendering);
        var worker = new NetworkEnd("bookinfo", new Dictionary<string, string> { ["app.kubernetes.io/name"] = "load-worker" });
        Assert.Equal(
            ["productpage-v1"], rendering.Workloads.Where(to => policies.Allow(worker, NetworkEnd.Of(to), Port)).Select(to => to.Name));
        Assert.DoesNotContain(rendering.Workloads, from => policies.Allow(NetworkEnd.Of(from), worker, 9091));
        Assert.False(policies.Allow(NetworkEnd.At("203.0.113.7"), worker, 9091));
    }

    [Fact]
    public async Task Istios_authorization_has_the_same_arrows()
    {
        var rendering = await Rendering.OfAsync("istio/authorization");
        foreach (var service in ServiceCatalog.All.Where(service => service != ServiceCatalog.ProductPage))
        {
            var rule = Assert.Single(
                rendering.Objects.Single(o => o.Is("AuthorizationPolicy") && o.Name == $"{service.Name}-viewer").List("spec", "rules"));
            var source = Assert.Single(Manifest.Items(rule["from"]))["source"];
            Assert.Equal(
                ServiceCatalog.All.Where(caller => caller.IsCallerOf(service)).Select(caller => $"*/sa/bookinfo-{caller.Name}").Order(),
                Manifest.Items(source!["principals"]).Select(principal => $"{principal}").Order());
        }

        // And anybody may scrape, and do nothing else.
        var scrapes = Assert.Single(
            rendering.Objects.Single(o => o.Is("AuthorizationPolicy") && o.Name == "metrics-viewer").List("spec", "rules"));
        Assert.Equal("""{"to":[{"operation":{"methods":["GET"],"paths":["/metrics"]}}]}""", scrapes.ToJsonString());
        Assert.Empty(rendering.Objects.Single(o => o.Is("AuthorizationPolicy") && o.Name == "allow-nothing").Field("spec")!.AsObject());
    }
}
