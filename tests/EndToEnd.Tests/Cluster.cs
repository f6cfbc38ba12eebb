using k8s;

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

    /// <summary>Connects.</summary>
    public Cluster() => Api = new Kubernetes(KubernetesClientConfiguration.BuildDefaultConfig());

    /// <summary>The API of the cluster.</summary>
    public IKubernetes Api { get; }

    /// <summary>The addresses at which the nodes are reached from here.</summary>
    public async Task<IReadOnlyList<string>> NodeAddressesAsync()
    {
        var nodes = await Api.CoreV1.ListNodeAsync();
        return [.. nodes.Items.Select(node => node.Status.Addresses.First(address => address.Type == "InternalIP").Address)];
    }

    /// <inheritdoc/>
    public void Dispose() => Api.Dispose();
}
