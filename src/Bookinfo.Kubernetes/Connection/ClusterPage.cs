using System.Net.Sockets;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.Traffic;
using k8s;
using k8s.Autorest;

namespace Bookinfo.Kubernetes;

/// <summary>Finds where requests to the page of a cluster go from this machine.</summary>
internal static class ClusterPage
{
    /// <summary>How long a cluster may not be able to say where the page is.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>How long a node may take to accept a connection; then the page is asked for through the API server.</summary>
    private static readonly TimeSpan NodePatience = TimeSpan.FromSeconds(1);

    private static readonly string Service = ServiceCatalog.ProductPage.Name;

    /// <summary>Finds an address at which the page is as it should be, or opens a way to it.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="space">The namespace.</param>
    /// <param name="say">Is told that it has to wait.</param>
    /// <param name="time">Tells the time and waits.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The address, and the port-forward behind it if there is one.</returns>
    /// <exception cref="OperationFailedException">There is no way to it, or it is not as it should be.</exception>
    public static async Task<(Uri Address, ServiceForward? Forward)> FindAsync(
        ClusterConnection cluster, string space, Action<string> say, TimeProvider time, CancellationToken cancellationToken)
    {
        var location = await new PageCheck(cluster, space, say, time).RunAsync(new Persistence(Patience, time), cancellationToken);
        if (location.Addresses.Count > 0)
        {
            return (new Uri(location.Addresses[0]), null);
        }

        return location.ForwardedPort is { } port
            ? await ForwardAsync(cluster, space, port, time, cancellationToken)
            : throw new OperationFailedException(FailureKind.NotDeployed, $"{location.Note} Say where the requests are to go.");
    }

    /// <summary>Finds the address of the page, or opens a way to it, whether the page is well or not.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="space">The namespace.</param>
    /// <param name="time">Tells the time and waits.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The address, and the port-forward behind it if there is one.</returns>
    /// <exception cref="OperationFailedException">There is no page, or no way to it.</exception>
    public static async Task<(Uri Address, ServiceForward? Forward)> FindAnyAsync(
        ClusterConnection cluster, string space, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await TryReadPortAsync(cluster, space, cancellationToken) is not { } ports)
        {
            throw new OperationFailedException(
                FailureKind.NotDeployed,
                $"there is no Service {Service} with a port in namespace '{space}', and so no page: 'bookinfo deploy' deploys it.");
        }

        if (ports.NodePort is { } nodePort)
        {
            var nodes = await ListNodesAsync(cluster, nodePort, cancellationToken);
            foreach (var address in nodes.SelectMany(node => node.Addresses).Select(address => new Uri(address)))
            {
                if (await AcceptsAsync(address, time, cancellationToken))
                {
                    return (address, null);
                }
            }
        }

        return await ForwardAsync(cluster, space, ports.Port, time, cancellationToken);
    }

    /// <summary>Lists the addresses of the page at a node port.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="port">The node port.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The name of each node, with its addresses; none when it is not allowed to know the nodes.</returns>
    /// <exception cref="HttpOperationException">The nodes cannot be listed.</exception>
    public static async Task<IReadOnlyList<(string Name, IReadOnlyList<string> Addresses)>> ListNodesAsync(
        ClusterConnection cluster, int port, CancellationToken cancellationToken)
    {
        try
        {
            var nodes = await cluster.Api.CoreV1.ListNodeAsync(cancellationToken: cancellationToken);
            return
            [
                .. nodes.All().Select(node => (node.Metadata.Name, (IReadOnlyList<string>)[
                    .. (node.Status?.Addresses ?? [])
                        .Where(address => address.Type is "InternalIP" or "ExternalIP"
                            && Uri.CheckHostName(address.Address ?? "") != UriHostNameType.Unknown)
                        .Select(address => new UriBuilder("http", address.Address, port, BookinfoTraffic.PagePath).Uri.ToString()),
                ])),
            ];
        }
        catch (HttpOperationException exception) when (ClusterFailure.IsForbidden(exception))
        {
            return [];
        }
    }

    private static async Task<(int Port, int? NodePort)?> TryReadPortAsync(
        ClusterConnection cluster, string space, CancellationToken cancellationToken)
    {
        try
        {
            var service = await cluster.Api.CoreV1.ReadNamespacedServiceAsync(Service, space, cancellationToken: cancellationToken);
            return service.Spec?.Ports?.FirstOrDefault() is { } port ? (port.Port, port.NodePort) : null;
        }
        catch (HttpOperationException exception) when (ClusterFailure.IsNotFound(exception))
        {
            return null;
        }
    }

    private static async Task<(Uri Address, ServiceForward? Forward)> ForwardAsync(
        ClusterConnection cluster, string space, int port, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            var forward = await ServiceForward.StartAsync(cluster.Kubectl, space, Service, port, time, cancellationToken);
            return (new Uri(forward.Address, BookinfoTraffic.PagePath), forward);
        }
        catch (IOException exception)
        {
            throw new OperationFailedException(FailureKind.ClusterUnreachable, $"kubectl port-forward: {exception.Message}");
        }
    }

    private static async Task<bool> AcceptsAsync(Uri address, TimeProvider time, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(NodePatience, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(address.IdnHost, address.Port, limit.Token);
            return true;
        }
        catch (Exception exception) when (
            exception is SocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
