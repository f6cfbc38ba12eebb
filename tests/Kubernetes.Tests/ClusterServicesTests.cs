using Bookinfo.Foundation;
using Bookinfo.ToolTesting;
using k8s.Models;

namespace Bookinfo.Kubernetes.Tests;

/// <summary>The ways to the services of a Bookinfo, with an API server and a kubectl that stand in for real ones.</summary>
public sealed class ClusterServicesTests : IDisposable
{
    private const string Pods = "/api/v1/namespaces/bookinfo/pods";

    private readonly FakeCluster _cluster = new();
    private readonly FakeTools _tools = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _cluster.Dispose();
        _tools.Dispose();
    }

    [Fact]
    public async Task There_is_a_way_to_one_pod_of_each_version_and_to_one_that_is_ready_if_any_is()
    {
        _cluster.Put(Pods, new V1PodList
        {
            Items = [Pod("ratings", "v1", 1), Pod("reviews", "v3", 2), Pod("reviews", "v3", 3, isReady: true), Pod("details", "v1", 9)],
        });
        using var services = await OpenAsync();

        var found = await services.OpenAsync(Cancelled);

        Assert.Equal(
            ["details-v1 ", "ratings-v1 http://127.0.0.1:5001/", "reviews-v3 http://127.0.0.1:5003/"],
            found.Select(one => $"{one.Key} {one.Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Where_nothing_is_deployed_it_says_so()
    {
        _cluster.Put(Pods, new V1PodList { Items = [] });
        _cluster.Refuse("/api/v1/configmaps", 403);
        using var services = await OpenAsync();

        var failure = await Assert.ThrowsAsync<OperationFailedException>(() => services.OpenAsync(Cancelled));

        Assert.Equal(FailureKind.NotDeployed, failure.Kind);
    }

    private static V1Pod Pod(string service, string version, int number, bool isReady = false)
    {
        var pod = FakeCluster.Pod("one");
        pod.Metadata.Name = $"{service}-{version}-{number}";
        pod.Metadata.Labels = new Dictionary<string, string> { ["app"] = service, ["version"] = version };
        pod.Status = new V1PodStatus
        {
            Phase = "Running",
            Conditions = [new V1PodCondition { Type = "Ready", Status = isReady ? "True" : "False" }],
        };
        return pod;
    }

    /// <summary>A kubectl whose port-forward to port 9080 of pod N leads to port 500N; to pod 9 there is none.</summary>
    private async Task<ClusterServices> OpenAsync()
    {
        _tools.AddKubectl(_cluster.Url).ChangeKubectl("""
            port-forward*:9080*)
                for last; do before=$one one=$last; done
                number=$(echo "$before" | /usr/bin/tr -dc 0-9 | /usr/bin/tail -c 1)
                [ "$number" != 9 ] || exit 1
                echo "Forwarding from 127.0.0.1:500$number -> 9080"
                exec /bin/sleep 1000 ;;
            """);
        var connection = await ClusterConnection.OpenAsync(new Kubectl(Path.Combine(_tools.Path, "kubectl"), null), Cancelled);
        return new ClusterServices(connection, "bookinfo", static _ => { }, TimeProvider.System);
    }
}
