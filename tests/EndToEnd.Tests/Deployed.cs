using Bookinfo.Contracts;
using Bookinfo.Testing;
using k8s.Models;

namespace EndToEnd.Tests;

/// <summary>
/// The application on the cluster, as a person without our tool puts it there: <c>kubectl apply -k deploy/overlays/nodeport</c>.
/// </summary>
/// <param name="cluster">The cluster.</param>
public sealed class Deployed(Cluster cluster) : IAsyncLifetime
{
    /// <summary>The port of the page on every node.</summary>
    public const int NodePort = 30080;

    /// <summary>What is applied.</summary>
    public const string Overlay = "deploy/overlays/nodeport";

    private static readonly TimeSpan Rollout = TimeSpan.FromMinutes(2);

    /// <summary>
    /// For how long one try may hang: a node may still send a connection to a pod that is gone, and nothing ever answers then.
    /// </summary>
    private static readonly TimeSpan OneTry = TimeSpan.FromSeconds(10);

    /// <summary>The names of the Deployments.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. ServiceCatalog.All.SelectMany(service => service.Versions).Select(version => version.Name),
    ];

    public async ValueTask InitializeAsync()
    {
        try
        {
            // What an earlier run has deleted may still be on its way out, and nothing can be made in it then.
            await Tool.KubectlAsync("wait", "--for=delete", $"namespace/{Cluster.Namespace}", "--timeout=120s");
            await Tool.KubectlAsync("apply", "-k", Overlay);
            await ReadyAsync();
        }
        catch
        {
            // A fixture that was never there is not disposed either.
            await DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync() => await Tool.KubectlAsync("delete", "-k", Overlay, "--ignore-not-found", "--timeout=180s");

    /// <summary>Waits until every Deployment has the replicas that it should have, of its latest template.</summary>
    public static async Task ReadyAsync()
    {
        foreach (var name in Names)
        {
            await Tool.KubectlAsync(
                "rollout", "status", "-n", Cluster.Namespace, $"deployment/{name}", $"--timeout={Rollout.TotalSeconds}s");
        }
    }

    /// <summary>The pods that are not on their way out.</summary>
    /// <param name="selector">A label selector, such as <c>app=reviews,version=v2</c>.</param>
    public Task<IReadOnlyList<V1Pod>> PodsAsync(string? selector = null) => cluster.PodsAsync(Cluster.Namespace, selector);

    /// <summary>Waits until the pods that are on their way out are gone.</summary>
    public Task SettledAsync() => cluster.SettledAsync(Cluster.Namespace);

    /// <summary>
    /// The address of the page on a node, once all of it is there with the reviews of every version: nodes learn of ready pods some time
    /// after the API does, each on its own, so one version may reach ratings while another does not yet.
    /// </summary>
    public async Task<Uri> PageAsync()
    {
        var page = new Uri($"http://{(await cluster.NodeAddressesAsync())[0]}:{NodePort}/productpage");
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = OneTry };
        var awaited = ServiceCatalog.Reviews.Versions.Select(version => version.Name).ToHashSet();
        await Eventually.HoldsAsync(async () =>
        {
            try
            {
                var html = await client.GetStringAsync(page);
                if (MissingFrom(html) is { } text)
                {
                    return $"{page} says '{text}'";
                }

                awaited.RemoveWhere(version => html.Contains($"{version}-", StringComparison.Ordinal));
                return string.Join(", ", awaited.Select(version => $"{page} has not come with the reviews of {version}"));
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
            {
                return $"{page}: {exception.Message}";
            }
        });
        return page;
    }

    /// <summary>What a page says is missing, or <see langword="null"/> when nothing is.</summary>
    /// <param name="page">The page.</param>
    internal static string? MissingFrom(string page) =>
        ServiceCatalog.Bookinfo.MissingTexts.FirstOrDefault(text => page.Contains(text, StringComparison.Ordinal));
}
