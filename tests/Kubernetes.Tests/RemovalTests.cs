using System.Collections.Concurrent;
using Bookinfo.ToolTesting;
using k8s.Autorest;

namespace Bookinfo.Kubernetes.Tests;

/// <summary>What <c>delete</c> takes for gone, and what it does with answers that say neither.</summary>
public sealed class RemovalTests : IDisposable
{
    private const string DeploymentPath = "/apis/apps/v1/namespaces/bookinfo/deployments/details-v1";
    private const string InventoryPath = "/api/v1/namespaces/bookinfo/configmaps/bookinfo-deployment";
    private const string NamespacePath = "/api/v1/namespaces/bookinfo";
    private const string Apps = """{"resources":[{"name":"deployments","kind":"Deployment","namespaced":true,"verbs":["list"]}]}""";

    private static readonly ObjectReference Deployment = new("apps/v1", "Deployment", "details-v1", "bookinfo");
    private static readonly ObjectReference Namespace = new("v1", "Namespace", "bookinfo", null);

    private readonly FakeCluster _cluster = new();
    private readonly FakeTools _tools = new();
    private readonly ConcurrentQueue<string> _asked = [];
    private readonly List<string> _gone = [];

    public RemovalTests()
    {
        _cluster.Answer("/api/v1", 200, """
            {"resources":[{"name":"configmaps","kind":"ConfigMap","namespaced":true,"verbs":["list"]},
              {"name":"namespaces","kind":"Namespace","namespaced":false,"verbs":["list"]}]}
            """);
        _cluster.Answer("/apis/apps/v1", 200, Apps);
        _cluster.Answer("/apis", 200, """{"groups":[{"preferredVersion":{"groupVersion":"apps/v1"}}]}""");
        _cluster.Answer("/api/v1/namespaces/bookinfo/configmaps", 200, """{"items":null}""");
        _cluster.Answer("/apis/apps/v1/namespaces/bookinfo/deployments", 200, """{"items":[]}""");
        foreach (var path in new[] { DeploymentPath, InventoryPath, NamespacePath })
        {
            _cluster.Answer(path, 200, "{}");
        }

        _cluster.Asked = asked =>
        {
            _asked.Enqueue(asked);
            if (asked.StartsWith("DELETE ", StringComparison.Ordinal))
            {
                _cluster.Refuse(asked.Split(' ')[1], 404);
            }
        };
    }

    private IEnumerable<string> Deleted =>
        _asked.Where(asked => asked.StartsWith("DELETE ", StringComparison.Ordinal)).Select(asked => asked.Split(' ')[1]);

    public void Dispose()
    {
        _cluster.Dispose();
        _tools.Dispose();
    }

    [Fact]
    public async Task An_API_that_cannot_answer_for_a_moment_is_asked_again()
    {
        _cluster.Answer("/apis/apps/v1", 503, "");
        var next = _cluster.Asked;
        _cluster.Asked = asked =>
        {
            next(asked);
            if (_asked.Count(one => one == "GET /apis/apps/v1") == 3)
            {
                _cluster.Answer("/apis/apps/v1", 200, Apps);
            }
        };

        await RemoveAsync(TimeSpan.FromHours(1), Deployment);

        Assert.Equal([DeploymentPath, InventoryPath], Deleted);
    }

    [Theory]
    [InlineData("/apis/apps/v1", 503, "")]
    [InlineData("/apis/apps/v1", 404, "default backend - 404")]
    [InlineData(DeploymentPath, 429, "")]
    [InlineData(DeploymentPath, 404, "<html>404 Not Found</html>")]
    public async Task What_is_not_known_to_be_gone_stays_in_the_inventory(string path, int status, string body)
    {
        _cluster.Answer(path, status, body);
        _cluster.Asked = _asked.Enqueue;

        await Assert.ThrowsAsync<HttpOperationException>(() => RemoveAsync(TimeSpan.Zero, Deployment));

        Assert.Empty(_gone);
        Assert.DoesNotContain(InventoryPath, Deleted);
    }

    /// <summary>The API server's own words for a path that it has not.</summary>
    [Fact]
    public async Task A_kind_that_the_cluster_has_not_any_more_took_its_objects_with_it()
    {
        _cluster.Answer("/apis/apps/v1", 404, "404 page not found\n");

        await RemoveAsync(TimeSpan.Zero, Deployment);

        Assert.Equal(["Deployment details-v1", "ConfigMap bookinfo-deployment"], _gone);
    }

    [Theory]
    [InlineData("agg.example/v1", false)]
    [InlineData("metrics.k8s.io/v1beta1", true)]
    public async Task The_namespace_stays_when_an_API_is_silent_that_may_have_objects_in_it(string version, bool isDeleted)
    {
        _cluster.Answer("/apis", 200,
            $$$"""{"groups":[{"preferredVersion":{"groupVersion":"apps/v1"}},{"preferredVersion":{"groupVersion":"{{{version}}}"}}]}""");
        _cluster.Answer($"/apis/{version}", 503, "");

        var foreign = await RemoveAsync(TimeSpan.FromHours(1), Namespace, Deployment);

        Assert.Equal(isDeleted ? [] : [$"perhaps something of {version}, which does not answer"], foreign);
        Assert.Equal(isDeleted, Deleted.Contains(NamespacePath));
    }

    [Fact]
    public async Task A_cluster_without_groups_has_none()
    {
        _cluster.Answer("/apis", 200, """{"groups":null}""");
        _cluster.Answer("/apis/apps/v1", 200, """{"resources":null}""");

        Assert.Empty(await RemoveAsync(TimeSpan.Zero, Namespace, Deployment));
    }

    private async Task<IReadOnlyList<string>> RemoveAsync(TimeSpan timeout, params ObjectReference[] objects)
    {
        _tools.AddKubectl(_cluster.Url);
        using var connection = await ClusterConnection.OpenAsync(
            new Kubectl(Path.Combine(_tools.Path, "kubectl"), null), TestContext.Current.CancellationToken);
        return await new Removal(connection, "bookinfo", TimeProvider.System).RunAsync(
            new Inventory("o", [], objects), timeout, one => _gone.Add($"{one}"), TestContext.Current.CancellationToken);
    }
}
