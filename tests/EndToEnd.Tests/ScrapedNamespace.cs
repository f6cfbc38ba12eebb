using System.Text.Json;
using Bookinfo.Foundation;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;
using k8s;
using k8s.Models;

namespace EndToEnd.Tests;

/// <summary>The application in a namespace of its own, with a Prometheus on this machine that scrapes all its pods once a second.</summary>
/// <param name="cluster">The cluster.</param>
public sealed class ScrapedNamespace(Cluster cluster) : IAsyncLifetime
{
    private const int Port = 9080;

    private static readonly TimeSpan FollowInterval = TimeSpan.FromSeconds(0.5);

    private readonly OwnNamespace _space = new(cluster);
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bookinfo-targets-");
    private PrometheusServer? _prometheus;
    private PrometheusClient? _client;
    private string _targets = "";

    /// <summary>The namespace.</summary>
    public string Namespace => _space.Namespace;

    /// <summary>Where the Prometheus is asked.</summary>
    public Uri Prometheus => _prometheus!.Address;

    public async ValueTask InitializeAsync()
    {
        await _space.InitializeAsync();
        try
        {
            await FollowPodsAsync();
            _prometheus = PrometheusServer.Start(FreePort.Find(), $$"""
                global: {scrape_interval: 1s}
                scrape_configs:
                  - job_name: bookinfo
                    file_sd_configs: [{files: ['{{TargetsFile}}'], refresh_interval: 1s}]
                """);
            _client = new PrometheusClient(_prometheus.Address);
            await Eventually.HoldsAsync(async () => await _prometheus.IsReadyAsync() ? "" : "Prometheus");
        }
        catch
        {
            // A fixture that was never there is not disposed either.
            await DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        await (_prometheus?.DisposeAsync() ?? ValueTask.CompletedTask);
        _directory.Delete(recursive: true);
        await _space.DisposeAsync();
    }

    /// <summary>The pods that are not on their way out.</summary>
    /// <param name="selector">A label selector, such as <c>app=reviews,version=v2</c>.</param>
    public Task<IReadOnlyList<V1Pod>> PodsAsync(string? selector = null) => _space.PodsAsync(selector);

    /// <summary>The page as one of its pods has it.</summary>
    public async Task<Uri> PageAsync() => new($"http://{(await PodsAsync("app=productpage"))[0].Status.PodIP}:{Port}/productpage");

    /// <summary>Evaluates an expression now. Pods that have come since are scraped from then on.</summary>
    /// <param name="expression">PromQL that gives a vector or a number.</param>
    /// <returns>The values of all series.</returns>
    public async Task<IReadOnlyList<double>> QueryAsync(string expression)
    {
        await FollowPodsAsync();
        return await _client!.QueryAsync(expression, TestContext.Current.CancellationToken);
    }

    /// <summary>
    /// Has Prometheus scrape the pods that there are, until told to stop, as the discovery of Kubernetes has it: from when a pod has an
    /// address until it is gone. (The Prometheus of Debian knows no Kubernetes.)
    /// </summary>
    /// <param name="stop">Ends it.</param>
    public async Task FollowAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await FollowPodsAsync((await cluster.Api.CoreV1.ListNamespacedPodAsync(Namespace, cancellationToken: default)).Items);
            await Task.Delay(FollowInterval, TimeProvider.System, stop).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    private string TargetsFile => Path.Combine(_directory.FullName, "targets.json");

    private async Task FollowPodsAsync() => await FollowPodsAsync(await PodsAsync());

    /// <summary>Tells Prometheus which pods there are.</summary>
    private async Task FollowPodsAsync(IEnumerable<V1Pod> pods)
    {
        var addresses = pods.Where(pod => pod.Status.PodIP is not null).Select(pod => $"{pod.Status.PodIP}:{Port}");
        var targets = JsonSerializer.Serialize(new[] { new { targets = addresses.Order(StringComparer.Ordinal) } });
        if (targets != _targets)
        {
            // Prometheus reads it whenever it likes, and must not find half of it.
            await File.WriteAllTextAsync($"{TargetsFile}.new", targets, TestContext.Current.CancellationToken);
            File.Move($"{TargetsFile}.new", TargetsFile, overwrite: true);
            _targets = targets;
        }
    }
}
