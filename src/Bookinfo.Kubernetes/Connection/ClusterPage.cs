using Bookinfo.Contracts;
using Bookinfo.Foundation;
using k8s;

namespace Bookinfo.Kubernetes;

/// <summary>Finds where requests to the page of a cluster go from this machine.</summary>
internal static class ClusterPage
{
    private const string Page = "/productpage";

    /// <summary>How long a cluster may not be able to say where the page is.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Finds an address that answers, or opens a way.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="space">The namespace.</param>
    /// <param name="say">Is told that it has to wait.</param>
    /// <param name="time">Tells the time and waits.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The address, and the port-forward behind it if there is one.</returns>
    /// <exception cref="OperationFailedException">There is no way to it.</exception>
    public static async Task<(Uri Address, PortForward? Forward)> FindAsync(
        ClusterConnection cluster, string space, Action<string> say, TimeProvider time, CancellationToken cancellationToken)
    {
        var location = await new PageCheck(cluster, space, say, time).RunAsync(new Persistence(Patience, time), cancellationToken);
        if (location.Addresses.Count > 0)
        {
            return (new Uri(location.Addresses[0]), null);
        }

        if (location.PortForward is null)
        {
            throw new OperationFailedException(FailureKind.NotDeployed, $"{location.Note} Say where the requests are to go.");
        }

        try
        {
            var service = await cluster.Api.CoreV1.ReadNamespacedServiceAsync(
                ServiceCatalog.ProductPage.Name, space, cancellationToken: cancellationToken);
            var forward = await PortForward.StartAsync(
                cluster.Kubectl, space, $"service/{ServiceCatalog.ProductPage.Name}", service.Spec.Ports[0].Port, time, cancellationToken);
            return (new Uri(forward.Address, Page), forward);
        }
        catch (IOException exception)
        {
            throw new OperationFailedException(FailureKind.ClusterUnreachable, $"kubectl port-forward: {exception.Message}");
        }
    }
}
