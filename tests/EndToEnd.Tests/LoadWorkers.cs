using Bookinfo.Kubernetes;
using Bookinfo.Measurement;
using Bookinfo.Testing;
using k8s;
using k8s.Models;

namespace EndToEnd.Tests;

/// <summary>The application in a namespace of its own, to send load to from inside the cluster.</summary>
public sealed class LoadWorkers(Cluster cluster) : IAsyncLifetime
{
    private const string OfWorkers = "app.kubernetes.io/name=load-worker";

    private readonly OwnNamespace _own = new(cluster);

    /// <summary>The namespace.</summary>
    public string Namespace => _own.Namespace;

    public ValueTask InitializeAsync() => _own.InitializeAsync();

    public ValueTask DisposeAsync() => _own.DisposeAsync();

    /// <summary>What is usually asked for here.</summary>
    internal ClusterGeneratorOptions Options(int workers) => new(
        Namespace, workers, Image: null, ClusterGeneratorOptions.UsualTarget(Namespace),
        new RequestSettings([], Connections: 32, TimeSpan.FromSeconds(10), Insecure: false), StartTimeout: TimeSpan.FromMinutes(2));

    /// <summary>Connects as the commands do.</summary>
    internal static Task<ClusterConnection> ConnectAsync() =>
        ClusterConnection.OpenAsync(Kubectl.Find(null), TestContext.Current.CancellationToken);

    /// <summary>Starts workers as the commands do.</summary>
    internal static Task<ClusterGenerator> StartAsync(ClusterConnection connection, ClusterGeneratorOptions options) =>
        ClusterGenerator.StartAsync(
            connection, options, static _ => { }, static _ => { }, TimeProvider.System, TestContext.Current.CancellationToken);

    /// <summary>The pods of the workers that are not on their way out.</summary>
    internal Task<IReadOnlyList<V1Pod>> PodsAsync() => _own.PodsAsync(OfWorkers);

    /// <summary>Makes sure that nothing of a generator is left. A busy node takes its time to end a pod that it was told to end.</summary>
    internal async Task AssertNothingLeftAsync()
    {
        Assert.Empty((await cluster.Api.BatchV1.ListNamespacedJobAsync(Namespace)).Items);
        Assert.Empty(await PodsAsync());
        await Eventually.HoldsAsync(async () => string.Join(", ", (await AllPodsAsync()).Select(pod => $"{pod.Metadata.Name} still ends")));
    }

    /// <summary>How many page views productpage has counted itself.</summary>
    internal async Task<long> RequestsAsync()
    {
        var pod = Assert.Single(await _own.PodsAsync("app=productpage"));
        using var client = new HttpClient();
        var metrics = await client.GetStringAsync(
            new Uri($"http://{pod.Status.PodIP}:9080/metrics"), TestContext.Current.CancellationToken);
        return metrics.Split('\n')
            .Where(line => line.StartsWith("http_server_request_duration_seconds_count{", StringComparison.Ordinal)
                && line.Contains("http_route=\"/productpage\"", StringComparison.Ordinal))
            .Sum(line => long.Parse(line.Split("} ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));
    }

    private async Task<IList<V1Pod>> AllPodsAsync() =>
        (await cluster.Api.CoreV1.ListNamespacedPodAsync(Namespace, labelSelector: OfWorkers)).Items;
}
