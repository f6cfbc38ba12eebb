using Bookinfo.Kubernetes;
using Bookinfo.Measurement;
using Bookinfo.Testing;
using k8s;
using k8s.Models;

namespace EndToEnd.Tests;

/// <summary>The application in a namespace of its own, to send load to from inside the cluster.</summary>
public sealed class LoadWorkers(Cluster cluster) : IAsyncLifetime
{
    private readonly TestOverlay _overlay = new();

    /// <summary>The namespace.</summary>
    public string Namespace => _overlay.Namespace;

    public async ValueTask InitializeAsync()
    {
        var deploy = await _overlay.DeployAsync();
        if (deploy.ExitCode != 0)
        {
            await DisposeAsync();
            Assert.Fail($"{deploy}");
        }
    }

    public ValueTask DisposeAsync() => _overlay.DisposeAsync();

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
    internal async Task<IList<V1Pod>> PodsAsync() => [.. (await AllPodsAsync()).Where(pod => pod.Metadata.DeletionTimestamp is null)];

    /// <summary>Makes sure that nothing of a generator is left. A busy node takes its time to end a pod that it was told to end.</summary>
    internal async Task AssertNothingLeftAsync()
    {
        Assert.Empty((await cluster.Api.BatchV1.ListNamespacedJobAsync(Namespace)).Items);
        Assert.Empty(await PodsAsync());
        await Eventually.HoldsAsync(async () => string.Join(", ", (await AllPodsAsync()).Select(pod => $"{pod.Metadata.Name} still ends")));
    }

    private async Task<IList<V1Pod>> AllPodsAsync() =>
        (await cluster.Api.CoreV1.ListNamespacedPodAsync(Namespace, labelSelector: "app.kubernetes.io/name=load-worker")).Items;
}
