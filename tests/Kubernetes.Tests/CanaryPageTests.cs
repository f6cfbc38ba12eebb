using Bookinfo.Foundation;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;
using k8s.Models;
using static Bookinfo.Kubernetes.Tests.CanaryCluster;

namespace Bookinfo.Kubernetes.Tests;

/// <summary>Where a canary sends its page views, whether the page is well or not: to a node, or else through kubectl.</summary>
public sealed class CanaryPageTests : IDisposable
{
    private const string Service = "/api/v1/namespaces/bookinfo/services/productpage";
    private const string Forwarded = "http://127.0.0.1:5001/productpage";

    private readonly CanaryCluster _cluster = new(("v1", 1))
    {
        KubectlCases = "port-forward*service/productpage*:9080*) echo 'Forwarding from 127.0.0.1:5001 -> 9080'; exec /bin/sleep 1000 ;;",
    };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public async Task A_node_that_lets_it_in_is_asked_without_a_detour()
    {
        await using var server = new LoadServer("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n");
        Put(server.Address.Port);
        await using var split = await _cluster.OpenAsync();
        Assert.Equal($"http://127.0.0.1:{server.Address.Port}/productpage", $"{await split.FindPageAsync(Cancelled)}");
    }

    [Fact]
    public async Task Where_no_node_lets_it_in_it_goes_through_kubectl()
    {
        using var closed = new ClosedPort();
        Put(closed.Address.Port);
        await using var split = await _cluster.OpenAsync();
        Assert.Equal(Forwarded, $"{await split.FindPageAsync(Cancelled)}");
    }

    [Fact]
    public async Task Whoever_must_not_know_the_nodes_goes_through_kubectl()
    {
        await using var server = new LoadServer(LoadServer.Ok());
        Put(server.Address.Port);
        _cluster.Api.Refuse("/api/v1/nodes", 403);
        await using var split = await _cluster.OpenAsync();
        Assert.Equal(Forwarded, $"{await split.FindPageAsync(Cancelled)}");
    }

    [Fact]
    public async Task Without_a_node_port_it_goes_through_kubectl()
    {
        Put(nodePort: null);
        await using var split = await _cluster.OpenAsync();
        Assert.Equal(Forwarded, $"{await split.FindPageAsync(Cancelled)}");
    }

    [Fact]
    public async Task Where_there_is_no_page_it_says_so()
    {
        await using var split = await _cluster.OpenAsync();
        await AssertFailsAsync(
            split.FindPageAsync(Cancelled), FailureKind.NotDeployed,
            "^there is no Service productpage with a port in namespace 'bookinfo'");
    }

    private void Put(int? nodePort)
    {
        _cluster.Api.Nodes(FakeCluster.Node("one"));
        _cluster.Api.Put(Service, new V1Service
        {
            Metadata = new V1ObjectMeta { Name = "productpage" },
            Spec = new V1ServiceSpec { Ports = [new V1ServicePort { Port = 9080, NodePort = nodePort }] },
        });
    }
}
