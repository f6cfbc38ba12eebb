using System.Collections.Concurrent;
using Bookinfo.Foundation;
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

    /// <summary>Istio's EnvoyFilter has v1alpha3 only; the group prefers v1.</summary>
    [Fact]
    public async Task An_object_whose_kind_is_not_in_the_preferred_version_of_its_group_keeps_the_namespace()
    {
        _cluster.Answer("/apis", 200, """
            {"groups":[{
                "preferredVersion":{"groupVersion":"mesh.example/v1"},
                "versions":[{"groupVersion":"mesh.example/v1"},{"groupVersion":"mesh.example/v1alpha3"}]}]}
            """);
        const string Gateways = """{"name":"gateways","kind":"Gateway","namespaced":true,"verbs":["list"]}""";
        _cluster.Answer("/apis/mesh.example/v1", 200, $$"""{"resources":[{{Gateways}}]}""");
        _cluster.Answer("/apis/mesh.example/v1alpha3", 200, $$"""
            {"resources":[{{Gateways}},{"name":"filters","kind":"Filter","namespaced":true,"verbs":["list"]}]}
            """);
        Put("/apis/mesh.example/v1/namespaces/bookinfo/gateways", """{"name":"g","uid":"1"}""");
        Put("/apis/mesh.example/v1alpha3/namespaces/bookinfo/filters", """{"name":"f","uid":"2"}""");

        Assert.Equal(["Gateway g", "Filter f"], await RemoveAsync(TimeSpan.Zero, Namespace, Deployment));

        Assert.DoesNotContain(NamespacePath, Deleted);
        Assert.DoesNotContain("GET /apis/mesh.example/v1alpha3/namespaces/bookinfo/gateways", _asked);
    }

    /// <summary>The owner stays when it is of the whole cluster: the object is somebody else's.</summary>
    [Theory]
    [InlineData("apps/v1", "Deployment", "details-v1", true)]
    [InlineData("apps/v1beta1", "Deployment", "gone-before", true)]
    [InlineData("v1", "Namespace", "bookinfo", true)]
    [InlineData("v1", "Namespace", "other", false)]
    [InlineData("platform.example/v1", "Database", "db", false)]
    public async Task What_an_object_of_the_whole_cluster_owns_keeps_the_namespace(string version, string kind, string name, bool isDeleted)
    {
        Put(
            "/api/v1/namespaces/bookinfo/configmaps",
            $$$"""
            {"name":"m","uid":"1","ownerReferences":[{"apiVersion":"{{{version}}}","kind":"{{{kind}}}","name":"{{{name}}}","uid":"o"}]}
            """);

        Assert.Equal(isDeleted ? [] : ["ConfigMap m"], await RemoveAsync(TimeSpan.Zero, Namespace, Deployment));

        Assert.Equal(isDeleted, Deleted.Contains(NamespacePath));
    }

    /// <summary>From 1.24 on nobody gets one by itself; before that, the account lists it.</summary>
    [Fact]
    public async Task A_token_that_was_made_by_hand_keeps_the_namespace()
    {
        _cluster.Answer("/api/v1", 200, """
            {"resources":[
                {"name":"secrets","kind":"Secret","namespaced":true,"verbs":["list"]},
                {"name":"namespaces","kind":"Namespace","namespaced":false,"verbs":["list"]}]}
            """);
        string Token(string name, string account) =>
            $$$"""{"name":"{{{name}}}","uid":"{{{name}}}","annotations":{"kubernetes.io/service-account.name":"{{{account}}}"}}""";
        Put("/api/v1/namespaces/bookinfo/secrets", Token("default-token-x", "default"), Token("mine", "default"), Token("left", "gone"));
        _cluster.Answer("/api/v1/namespaces/bookinfo/serviceaccounts", 200, """
            {"items":[{"metadata":{"name":"default"},"secrets":[{"name":"default-token-x"}]},{"metadata":{"name":"other"}}]}
            """);

        Assert.Equal(["Secret mine"], await RemoveAsync(TimeSpan.Zero, Namespace));
    }

    [Theory]
    [InlineData(null, "other", "ConfigMap m of namespace other")]
    [InlineData("shop", "other", "ConfigMap m of namespace other")]
    [InlineData("bookinfo", "other", null)]
    [InlineData(null, null, "Node m")]
    [InlineData("bookinfo", null, null)]
    // To give a namespace to an object that is in none does not make it one that is.
    [InlineData(null, "bookinfo", "Node m of namespace bookinfo")]
    public async Task Outside_of_the_namespace_only_what_has_the_label_is_deleted(string? label, string? space, string? refused)
    {
        _cluster.Answer("/api/v1", 200, """
            {"resources":[
                {"name":"configmaps","kind":"ConfigMap","namespaced":true,"verbs":["list"]},
                {"name":"nodes","kind":"Node","namespaced":false,"verbs":["list"]}]}
            """);
        var one = new ObjectReference("v1", space == "other" ? "ConfigMap" : "Node", "m", space);
        var path = one.Kind == "Node" ? "/api/v1/nodes/m" : $"/api/v1/namespaces/{space}/configmaps/m";
        var labels = label is null ? "" : $$""","labels":{"app.kubernetes.io/part-of":"{{label}}"}""";
        _cluster.Answer(path, 200, $$$"""{"metadata":{"name":"m"{{{labels}}}}}""");

        var removal = RemoveAsync(TimeSpan.Zero, Deployment, one);
        if (refused is null)
        {
            await removal;
            Assert.Contains(path, Deleted);
        }
        else
        {
            var failure = await Assert.ThrowsAsync<OperationFailedException>(() => removal);
            Assert.Contains($"has no label app.kubernetes.io/part-of=bookinfo: {refused}. Nothing was done: ", failure.Message);
            Assert.Empty(Deleted);
        }
    }

    /// <summary>A question mark would make a list of the path, and all that is in it be deleted.</summary>
    [Theory]
    [InlineData("?x")]
    [InlineData("../x")]
    public void A_name_does_not_leave_its_place_in_a_path(string name) => Assert.Equal(
        $"api/v1/namespaces/n/secrets/{Uri.EscapeDataString(name)}",
        new ApiResource("v1", "Secret", "secrets", IsNamespaced: true, IsListable: true).Path(
            new ObjectReference("v1", "Secret", name, "n")));

    private void Put(string path, params string[] metadata) => _cluster.Answer(
        path, 200, $$"""{"items":[{{string.Join(',', metadata.Select(one => $$"""{"metadata":{{one}}}"""))}}]}""");

    private async Task<IReadOnlyList<string>> RemoveAsync(TimeSpan timeout, params ObjectReference[] objects)
    {
        _tools.AddKubectl(_cluster.Url);
        using var connection = await ClusterConnection.OpenAsync(
            new Kubectl(Path.Combine(_tools.Path, "kubectl"), null), TestContext.Current.CancellationToken);
        return await new Removal(connection, "bookinfo", TimeProvider.System).RunAsync(
            new Inventory("o", [], objects), new Persistence(timeout, TimeProvider.System), one => _gone.Add($"{one}"),
            TestContext.Current.CancellationToken);
    }
}
