using System.Text.Json;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.Measurement;
using k8s.Autorest;

namespace Bookinfo.Kubernetes;

/// <summary>
/// What divides requests to reviews in a cluster: an HTTPRoute or a VirtualService of ours where there is one, else the number of pods.
/// </summary>
public sealed class ClusterSplit : IVersionSplit
{
    private readonly ClusterConnection _cluster;
    private readonly string _space;
    private readonly IClusterRoute _route;
    private readonly TimeProvider _time;
    private ServiceForward? _forward;

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
        ClusterFailure.ExplainAsync(async () =>
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

            IReadOnlyList<Right> toRead = found is [var only] ? [RouteSplit.ReadRight(space, only)] : ReplicaSplit.ReadRights(space);
            IReadOnlyList<Right> toChange = options.OnlyReads ? []
                : found is [var changed] ? [RouteSplit.ChangeRight(space, changed)] : ReplicaSplit.ChangeRights(space);
            await RequireRightsAsync(cluster, [.. toRead, .. toChange], cancellationToken);
            if (found.Count == 0
                && !await cluster.ExistsAsync($"api/v1/namespaces/{space}/services/{ServiceCatalog.Reviews.Name}", cancellationToken))
            {
                throw await DeployedApplication.NotDeployedAsync(cluster, space, cancellationToken);
            }

            return new ClusterSplit(
                cluster, space,
                found is [var one] ? new RouteSplit(cluster, space, one, time) : new ReplicaSplit(cluster, space, options, time), time);
        }, cluster.Config, cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="OperationFailedException">There is no page, or no way to it.</exception>
    public Task<Uri> FindPageAsync(CancellationToken cancellationToken) => ExplainAsync(
        async () =>
        {
            var (address, forward) = await ClusterPage.FindAnyAsync(_cluster, _space, _time, cancellationToken);
            _forward?.Dispose();
            _forward = forward;
            return address;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<SplitState> ReadAsync(CancellationToken cancellationToken) =>
        ExplainAsync(() => _route.ReadAsync(cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<SplitState> SetAsync(VersionShares shares, CancellationToken cancellationToken) =>
        ExplainAsync(() => _route.SetAsync(shares, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<SplitState?> RestoreAsync(SplitState? state, CancellationToken cancellationToken) =>
        ExplainAsync(() => _route.RestoreAsync(state, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _forward?.Dispose();
        _cluster.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task<T> ExplainAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken) =>
        ClusterFailure.ExplainAsync(work, _cluster.Config, cancellationToken);

    /// <summary>Whether there is such an object of ours.</summary>
    private static async Task<bool> FindAsync(ClusterConnection cluster, string space, RouteKind kind, CancellationToken cancellationToken)
    {
        await RequireRightsAsync(cluster, [RouteSplit.ReadRight(space, kind)], cancellationToken);
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
}

/// <summary>How requests are divided in a cluster.</summary>
/// <param name="MostPods">The most pods of reviews, where their number divides requests.</param>
/// <param name="Timeout">How long pods may take to become ready.</param>
/// <param name="OnlyReads">Whether nothing is to be changed, for which fewer rights are needed.</param>
public sealed record ClusterSplitOptions(int MostPods, TimeSpan Timeout, bool OnlyReads = false);

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
