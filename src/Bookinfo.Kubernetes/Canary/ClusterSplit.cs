using System.Net.Sockets;
using System.Text.Json;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.Measurement;
using k8s;
using k8s.Autorest;

namespace Bookinfo.Kubernetes;

/// <summary>
/// What divides requests to reviews in a cluster: an HTTPRoute or a VirtualService of ours where there is one, else the number of pods.
/// </summary>
public sealed class ClusterSplit : IVersionSplit
{
    private const string Page = "/productpage";

    /// <summary>How long a node may take to accept a connection; then the page is asked for through the API server.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ClusterConnection _cluster;
    private readonly string _space;
    private readonly IClusterRoute _route;
    private readonly TimeProvider _time;
    private PortForward? _forward;

    private ClusterSplit(ClusterConnection cluster, string space, IClusterRoute route, TimeProvider time)
    {
        _cluster = cluster;
        _space = space;
        _route = route;
        _time = time;
    }

    /// <inheritdoc/>
    public string Description => _route.Description;

    /// <summary>Looks for it.</summary>
    /// <param name="cluster">The cluster; belongs to this from now on.</param>
    /// <param name="space">The namespace.</param>
    /// <param name="options">How it is done.</param>
    /// <param name="time">Tells the time and waits.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">
    /// A right is missing, nothing is deployed, or what divides requests there is not ours.
    /// </exception>
    public static Task<ClusterSplit> OpenAsync(
        ClusterConnection cluster, string space, ClusterSplitOptions options, TimeProvider time, CancellationToken cancellationToken) =>
        ExplainAsync(cluster, async () =>
        {
            var discovery = new ApiDiscovery(cluster);
            var found = new List<RouteKind>();
            foreach (var kind in RouteKind.All)
            {
                if (await discovery.FindAsync(kind.ApiVersion, kind.Kind, cancellationToken) is not null
                    && await FindAsync(cluster, space, kind, cancellationToken))
                {
                    found.Add(kind);
                }
            }

            if (found.Count > 1)
            {
                throw new OperationFailedException(
                    FailureKind.InvalidRequest,
                    $"{string.Join(" and ", found.Select(kind => $"{kind.Kind} {RouteKind.Object}"))} are both in namespace {space}, and "
                    + "which of them the mesh goes by cannot be told: delete one.");
            }

            await RequireRightsAsync(
                cluster, found is [var only] ? RouteSplit.Rights(space, only) : ReplicaSplit.Rights(space), cancellationToken);
            return new ClusterSplit(
                cluster, space,
                found is [var one] ? new RouteSplit(cluster, space, one, time) : new ReplicaSplit(cluster, space, options, time), time);
        }, cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="OperationFailedException">There is no page, or no way to it.</exception>
    public Task<Uri> FindPageAsync(CancellationToken cancellationToken) => ExplainAsync(_cluster, async () =>
    {
        var service = await _cluster.Api.CoreV1.ReadNamespacedServiceAsync(
            ServiceCatalog.ProductPage.Name, _space, cancellationToken: cancellationToken);
        if (service.Spec.Ports[0].NodePort is { } port)
        {
            foreach (var address in await ListNodesAsync(cancellationToken))
            {
                if (await AcceptsAsync(address, port, cancellationToken))
                {
                    return new UriBuilder("http", address, port, Page).Uri;
                }
            }
        }

        try
        {
            _forward ??= await PortForward.StartAsync(
                _cluster.Kubectl, _space, $"service/{service.Metadata.Name}", service.Spec.Ports[0].Port, _time, cancellationToken);
            return new Uri(_forward.Address, Page);
        }
        catch (IOException exception)
        {
            throw new OperationFailedException(FailureKind.ClusterUnreachable, $"kubectl port-forward: {exception.Message}");
        }
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<SplitState> ReadAsync(CancellationToken cancellationToken) =>
        ExplainAsync(_cluster, () => _route.ReadAsync(cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<SplitState> SetAsync(VersionShares shares, CancellationToken cancellationToken) =>
        ExplainAsync(_cluster, () => _route.SetAsync(shares, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<SplitState?> RestoreAsync(SplitState? state, CancellationToken cancellationToken) =>
        ExplainAsync(_cluster, () => _route.RestoreAsync(state, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _forward?.Dispose();
        _cluster.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task<T> ExplainAsync<T>(ClusterConnection cluster, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work();
        }
        catch (Exception exception) when (ClusterFailure.Explain(exception, cluster.Config, cancellationToken) is { } explained)
        {
            throw explained;
        }
    }

    /// <summary>Whether there is such an object of ours.</summary>
    private static async Task<bool> FindAsync(ClusterConnection cluster, string space, RouteKind kind, CancellationToken cancellationToken)
    {
        await RequireRightsAsync(cluster, [new Right("get", kind.Plural, kind.Group, space)], cancellationToken);
        JsonDocument found;
        try
        {
            found = await cluster.GetMetadataAsync(kind.PathIn(space), list: false, cancellationToken);
        }
        catch (HttpOperationException exception) when (ClusterFailure.IsNotFound(exception))
        {
            return false;
        }

        using (found)
        {
            return found.RootElement.GetProperty("metadata").TryGetProperty("labels", out var labels)
                && labels.TryGetProperty(DeployedApplication.PartOf, out var application)
                && $"{DeployedApplication.PartOf}={application.GetString()}" == DeployedApplication.PartOfBookinfo
                ? true
                : throw new OperationFailedException(
                    FailureKind.InvalidRequest,
                    $"{kind.Kind} {RouteKind.Object} in namespace {space} is not of Bookinfo's manifests (it has no label "
                    + $"{DeployedApplication.PartOfBookinfo}), so it is not changed: give it that label, or change its weights yourself.");
        }
    }

    private static async Task RequireRightsAsync(
        ClusterConnection cluster, IReadOnlyList<Right> rights, CancellationToken cancellationToken)
    {
        if (await Right.MissingAsync(cluster.Api, rights, cancellationToken) is { Count: > 0 } missing)
        {
            throw ClusterFailure.NotAllowed(missing);
        }
    }

    private async Task<IReadOnlyList<string>> ListNodesAsync(CancellationToken cancellationToken)
    {
        try
        {
            return
            [
                .. (await _cluster.Api.CoreV1.ListNodeAsync(cancellationToken: cancellationToken)).All()
                    .SelectMany(node => node.Status?.Addresses ?? [])
                    .Where(address => address.Type is "InternalIP" or "ExternalIP")
                    .Select(address => address.Address),
            ];
        }
        catch (HttpOperationException exception) when (ClusterFailure.IsForbidden(exception))
        {
            return [];
        }
    }

    private async Task<bool> AcceptsAsync(string address, int port, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(Patience, _time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(address, port, limit.Token);
            return true;
        }
        catch (Exception exception) when (
            exception is SocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}

/// <summary>How requests are divided in a cluster.</summary>
/// <param name="MostPods">The most pods of reviews, where their number divides requests.</param>
/// <param name="Timeout">How long pods may take to become ready.</param>
public sealed record ClusterSplitOptions(int MostPods, TimeSpan Timeout);

/// <summary>One of the ways to divide requests in a cluster. See <see cref="IVersionSplit"/> for what is what.</summary>
internal interface IClusterRoute
{
    /// <inheritdoc cref="IVersionSplit.Description"/>
    string Description { get; }

    /// <inheritdoc cref="IVersionSplit.ReadAsync"/>
    Task<SplitState> ReadAsync(CancellationToken cancellationToken);

    /// <inheritdoc cref="IVersionSplit.SetAsync"/>
    Task<SplitState> SetAsync(VersionShares shares, CancellationToken cancellationToken);

    /// <inheritdoc cref="IVersionSplit.RestoreAsync"/>
    Task<SplitState?> RestoreAsync(SplitState? state, CancellationToken cancellationToken);
}
