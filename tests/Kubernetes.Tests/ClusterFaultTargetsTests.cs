using Bookinfo.Foundation;
using Bookinfo.ToolTesting;
using k8s.Models;

namespace Bookinfo.Kubernetes.Tests;

/// <summary>The ways to the management ports of pods, with an API server and a kubectl that stand in for real ones.</summary>
public sealed class ClusterFaultTargetsTests : IDisposable
{
    private const string Pods = "/api/v1/namespaces/bookinfo/pods";

    private readonly FakeCluster _cluster = new();
    private readonly FakeTools _tools = new();
    private ClusterConnection? _connection;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Calls => Path.Combine(_tools.Path, "calls");

    public void Dispose()
    {
        _connection?.Dispose();
        _cluster.Dispose();
        _tools.Dispose();
    }

    [Fact]
    public async Task There_is_a_way_to_each_pod_that_is_concerned_and_it_stays()
    {
        _cluster.Put(Pods, new V1PodList { Items = [Pod("ratings", "v1", 1), Pod("reviews", "v1", 2), Pod("reviews", "v3", 3)] });
        await using var targets = await OpenAsync();

        var found = await targets.FindAsync(["ratings", "reviews-v3"], Cancelled);

        Assert.Equal(
            [("ratings-v1-1", "ratings", "ratings-v1"), ("reviews-v3-3", "reviews", "reviews-v3")],
            found.Select(target => (target.Name, target.Service, target.Version)));
        Assert.Equal(["http://127.0.0.1:5001/", "http://127.0.0.1:5003/"], found.Select(target => target.Management!.AbsoluteUri));
        await targets.FindAsync(["ratings", "reviews-v3"], Cancelled);
        Assert.Equal(["pod/ratings-v1-1 :9090", "pod/reviews-v3-3 :9090"], (await File.ReadAllLinesAsync(Calls, Cancelled)).Order());
    }

    [Fact]
    public async Task Pods_are_counted_without_a_way_to_any()
    {
        _cluster.Put(Pods, new V1PodList { Items = [Pod("ratings", "v1", 1), Pod("reviews", "v1", 2)] });
        await using var targets = await OpenAsync();

        Assert.Equal(2, await targets.CountAsync(Cancelled));

        Assert.False(File.Exists(Calls));
    }

    [Fact]
    public async Task A_pod_that_comes_later_gets_one_and_of_one_that_is_gone_it_is_closed()
    {
        _cluster.Put(Pods, new V1PodList { Items = [Pod("ratings", "v1", 1)] });
        await using var targets = await OpenAsync();
        await targets.FindAsync(null, Cancelled);

        _cluster.Put(Pods, new V1PodList { Items = [Pod("ratings", "v1", 2)] });
        Assert.Equal("ratings-v1-2", Assert.Single(await targets.FindAsync(null, Cancelled)).Name);

        _cluster.Put(Pods, new V1PodList { Items = [Pod("ratings", "v1", 1)] });
        await targets.FindAsync(null, Cancelled);
        Assert.Equal(
            ["pod/ratings-v1-1 :9090", "pod/ratings-v1-2 :9090", "pod/ratings-v1-1 :9090"], await File.ReadAllLinesAsync(Calls, Cancelled));
    }

    [Fact]
    public async Task A_way_that_has_broken_off_is_opened_again()
    {
        _cluster.Put(Pods, new V1PodList { Items = [Pod("ratings", "v1", 8)] });
        await using var targets = await OpenAsync();

        await targets.FindAsync(null, Cancelled);
        // This kubectl ends by itself.
        await Bookinfo.Testing.Eventually.HoldsAsync(async () =>
        {
            await targets.FindAsync(null, Cancelled);
            return (await File.ReadAllLinesAsync(Calls, Cancelled)).Length > 1 ? "" : "a second port-forward";
        });
    }

    [Fact]
    public async Task A_pod_without_a_way_is_named_without_an_address()
    {
        _cluster.Put(Pods, new V1PodList { Items = [Pod("ratings", "v1", 9)] });
        await using var targets = await OpenAsync();

        Assert.Null(Assert.Single(await targets.FindAsync(null, Cancelled)).Management);
    }

    [Fact]
    public async Task Where_nothing_is_deployed_it_says_so()
    {
        _cluster.Refuse("/api/v1/configmaps", 403);
        await using var targets = await OpenAsync();

        var failure = await Assert.ThrowsAsync<OperationFailedException>(() => targets.FindAsync(null, Cancelled));

        Assert.Equal(FailureKind.NotDeployed, failure.Kind);
    }

    [Fact]
    public async Task That_the_pods_cannot_be_listed_is_said()
    {
        _cluster.Refuse(Pods, 403, "you must not");
        await using var targets = await OpenAsync();

        var failure = await Assert.ThrowsAsync<OperationFailedException>(() => targets.FindAsync(null, Cancelled));

        Assert.Equal(FailureKind.NotAllowed, failure.Kind);
    }

    [Fact]
    public async Task The_page_is_found_through_kubectl_after_one_look_at_its_Service()
    {
        const string Service = "/api/v1/namespaces/bookinfo/services/productpage";
        _cluster.Put(Service, new V1Service
        {
            Metadata = new V1ObjectMeta { Name = "productpage" },
            Spec = new V1ServiceSpec { Ports = [new V1ServicePort { Port = 9080 }] },
        });
        var looks = 0;
        _cluster.Asked = request => Interlocked.Add(ref looks, request == $"GET {Service}" ? 1 : 0);
        await using var page = new LoadServer(LoadServer.Ok("<title>Simple Bookstore App</title>", FakePage.Headers));
        await using var targets = await OpenAsync(page.Address.Port);

        Assert.Equal($"http://127.0.0.1:{page.Address.Port}/", (await targets.FindPageAsync(Cancelled)).AbsoluteUri);

        Assert.Equal(1, looks);
    }

    private static V1Pod Pod(string service, string version, int number)
    {
        var pod = FakeCluster.Pod("one");
        pod.Metadata.Name = $"{service}-{version}-{number}";
        pod.Metadata.Labels = new Dictionary<string, string> { ["app"] = service, ["version"] = version };
        pod.Status = new V1PodStatus { Phase = "Running" };
        return pod;
    }

    /// <summary>
    /// A kubectl whose port-forward to pod N leads to port 500N; that to pod 8 ends at once, and to pod 9 there is none. The one to the
    /// page leads to a port of the test.
    /// </summary>
    private async Task<ClusterFaultTargets> OpenAsync(int pagePort = 0)
    {
        _tools.AddKubectl(_cluster.Url).ChangeKubectl($"""
            port-forward*service/productpage*:9080*) echo 'Forwarding from 127.0.0.1:{pagePort} -> 9080'; exec /bin/sleep 1000 ;;
            port-forward*)
                for last; do before=$one one=$last; done
                echo "$before $one" >>{Calls}
                number=$(echo "$before" | /usr/bin/tr -dc 0-9 | /usr/bin/tail -c 1)
                [ "$number" != 9 ] || exit 1
                echo "Forwarding from 127.0.0.1:500$number -> 9090"
                [ "$number" != 8 ] || exit 0
                exec /bin/sleep 1000 ;;
            """);
        _connection = await ClusterConnection.OpenAsync(new Kubectl(Path.Combine(_tools.Path, "kubectl"), null), Cancelled);
        return new ClusterFaultTargets(_connection, "bookinfo", static _ => { }, TimeProvider.System);
    }
}
