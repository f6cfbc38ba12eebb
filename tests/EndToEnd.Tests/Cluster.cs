using Bookinfo.Testing;
using k8s;
using k8s.Models;

[assembly: AssemblyFixture(typeof(EndToEnd.Tests.Cluster))]

namespace EndToEnd.Tests;

/// <summary>
/// The cluster that <c>KUBECONFIG</c> (or <c>~/.kube/config</c>) names: any that has the images of <c>bookinfo images build</c>, and whose
/// nodes can be reached from here. The tests own the namespace <c>bookinfo</c> there, and leave nothing behind.
/// </summary>
public sealed class Cluster : IDisposable
{
    /// <summary>The namespace of the application.</summary>
    public const string Namespace = "bookinfo";

    /// <summary>Connects to the cluster of <c>KUBECONFIG</c>.</summary>
    public Cluster() => Api = new Kubernetes(KubernetesClientConfiguration.BuildDefaultConfig());

    /// <summary>The API of the cluster.</summary>
    public IKubernetes Api { get; }

    /// <summary>The addresses at which the nodes are reached from here.</summary>
    public async Task<IReadOnlyList<string>> NodeAddressesAsync()
    {
        var nodes = await Api.CoreV1.ListNodeAsync();
        return [.. nodes.Items.Select(node => node.Status.Addresses.First(address => address.Type == "InternalIP").Address)];
    }

    /// <summary>The pods that are not on their way out.</summary>
    /// <param name="space">Their namespace.</param>
    /// <param name="selector">A label selector, such as <c>app=reviews,version=v2</c>.</param>
    public async Task<IReadOnlyList<V1Pod>> PodsAsync(string space, string? selector = null)
    {
        var pods = await Api.CoreV1.ListNamespacedPodAsync(space, labelSelector: selector);
        return [.. pods.Items.Where(pod => pod.Metadata.DeletionTimestamp is null)];
    }

    /// <summary>Waits until the pods that are on their way out are gone.</summary>
    /// <param name="space">Their namespace.</param>
    public Task SettledAsync(string space) => Eventually.HoldsAsync(async () =>
    {
        var pods = await Api.CoreV1.ListNamespacedPodAsync(space);
        return string.Join(
            ", ", pods.Items.Where(pod => pod.Metadata.DeletionTimestamp is not null).Select(pod => $"{pod.Metadata.Name} still ends"));
    });

    /// <inheritdoc/>
    public void Dispose() => Api.Dispose();
}
