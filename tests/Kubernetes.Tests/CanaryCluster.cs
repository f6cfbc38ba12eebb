using System.Text.Json.Nodes;
using Bookinfo.Foundation;
using Bookinfo.Measurement;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;
using k8s.Models;

namespace Bookinfo.Kubernetes.Tests;

/// <summary>A cluster whose Deployments can be scaled, and whose Service and routes can be patched, as far as canaries need it.</summary>
public sealed class CanaryCluster : IDisposable
{
    public const string Service = "/api/v1/namespaces/bookinfo/services/reviews";
    public const string HttpRoute = "/apis/gateway.networking.k8s.io/v1/namespaces/bookinfo/httproutes/reviews";
    public const string VirtualService = "/apis/networking.istio.io/v1/namespaces/bookinfo/virtualservices/reviews";

    private const string Apps = "/apis/apps/v1/namespaces/bookinfo";

    private readonly FakeTools _tools = new();
    private readonly Dictionary<string, int> _replicas = [];
    private readonly Dictionary<string, JsonObject> _objects = [];

    public CanaryCluster(params IEnumerable<(string Version, int Replicas)> replicas)
    {
        foreach (var (version, count) in replicas)
        {
            _replicas[version] = count;
            Api.Answer($"{Apps}/deployments/reviews-{version}/scale", 200, "{}");
        }

        Api.Put($"{Apps}/replicasets", new V1ReplicaSetList { Items = [] });
        Api.Put("/api/v1/namespaces/bookinfo/events", new Corev1EventList { Items = [] });
        Api.Put(
            "/apis/autoscaling/v1/namespaces/bookinfo/horizontalpodautoscalers", new V1HorizontalPodAutoscalerList { Items = [] });
        Put(Service, """{"kind":"Service","apiVersion":"v1","metadata":{"name":"reviews"}}""");
        PutDeployments();
        Api.Changed = Change;
    }

    public FakeCluster Api { get; } = new();

    /// <summary>What was changed: path and body, in order.</summary>
    public List<string> Changes { get; } = [];

    /// <summary>What kubectl does with some arguments, for <c>sh</c>; empty for nothing else than usual.</summary>
    public string KubectlCases { get; set; } = "";

    /// <summary>Whether pods that are added become ready.</summary>
    public bool PodsBecomeReady { get; set; } = true;

    public string Replicas => string.Join(',', _replicas.OrderBy(one => one.Key).Select(one => $"{one.Key}={one.Value}"));

    public JsonObject this[string path] => _objects[path];

    /// <summary>Puts an object there that can be patched.</summary>
    public void Put(string path, string json)
    {
        _objects[path] = JsonNode.Parse(json)!.AsObject();
        Api.Answer(path, 200, json);
    }

    /// <summary>Makes a kind known.</summary>
    public void Know(string apiVersion, string kind, string plural) => Api.Answer(
        $"/apis/{apiVersion}", 200,
        $$"""{"resources":[{"name":"{{plural}}","kind":"{{kind}}","namespaced":true,"verbs":["get","list","patch"]}]}""");

    /// <summary>Scales a Deployment behind the back of the canary.</summary>
    public void Scale(string version, int replicas)
    {
        _replicas[version] = replicas;
        PutDeployments();
    }

    private Task<ClusterConnection> ConnectAsync()
    {
        _tools.AddKubectl(Api.Url).ChangeKubectl(KubectlCases);
        return ClusterConnection.OpenAsync(
            new Kubectl(Path.Combine(_tools.Path, "kubectl"), null), TestContext.Current.CancellationToken);
    }

    /// <summary>Connects, and looks for what divides requests.</summary>
    public async Task<ClusterSplit> OpenAsync(int mostPods = 10, TimeSpan? timeout = null, bool onlyReads = false) =>
        await ClusterSplit.OpenAsync(
            await ConnectAsync(), "bookinfo", new ClusterSplitOptions(mostPods, timeout ?? Eventually.Never, onlyReads),
            TimeProvider.System, TestContext.Current.CancellationToken);

    public static VersionShares Shares(string text) => VersionShares.TryParse(text)!;

    public static async Task AssertFailsAsync(Task task, FailureKind kind, string pattern)
    {
        var failure = await Assert.ThrowsAsync<OperationFailedException>(() => task);
        Assert.Matches(pattern, failure.Message);
        Assert.Equal(kind, failure.Kind);
    }

    public void Dispose()
    {
        Api.Dispose();
        _tools.Dispose();
    }

    private void Change(string path, string body)
    {
        Changes.Add($"{path[(path.LastIndexOf("bookinfo/", StringComparison.Ordinal) + 9)..]} {body}");
        var change = JsonNode.Parse(body)!.AsObject();
        if (path.EndsWith("/scale", StringComparison.Ordinal))
        {
            Scale(path.Split("reviews-")[1].Split('/')[0], (int)change["spec"]!["replicas"]!);
        }
        else
        {
            Merge(_objects[path], change);
            Api.Answer(path, 200, _objects[path].ToJsonString());
        }
    }

    /// <summary>RFC 7396.</summary>
    private static void Merge(JsonObject target, JsonObject change)
    {
        foreach (var (name, value) in change)
        {
            if (value is null)
            {
                target.Remove(name);
            }
            else if (value is JsonObject part)
            {
                var own = target[name] as JsonObject ?? [];
                target[name] = null;
                Merge(own, part);
                target[name] = own.Parent is null ? own : own.DeepClone();
            }
            else
            {
                target[name] = value.DeepClone();
            }
        }
    }

    private void PutDeployments() => Api.Put($"{Apps}/deployments", new V1DeploymentList
    {
        Items =
        [
            .. _replicas.Select(one => new V1Deployment
            {
                Metadata = new V1ObjectMeta { Name = $"reviews-{one.Key}", Generation = 1, Uid = one.Key },
                Spec = new V1DeploymentSpec { Replicas = one.Value },
                Status = new V1DeploymentStatus
                {
                    ObservedGeneration = 1,
                    Replicas = one.Value,
                    UpdatedReplicas = one.Value,
                    AvailableReplicas = PodsBecomeReady ? one.Value : 0,
                },
            }),
        ],
    });
}
