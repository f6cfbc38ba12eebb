using Bookinfo.Scenarios;
using k8s.Models;

namespace Bookinfo.Kubernetes;

/// <summary>
/// The pods of a Bookinfo in a cluster. Their management ports listen on the loopback address of the pod only, so the way to each is a
/// port-forward, which stays open as long as the pod is there.
/// </summary>
/// <param name="cluster">The cluster; belongs to this from now on.</param>
/// <param name="space">The namespace.</param>
/// <param name="say">Is told that the user has to wait.</param>
/// <param name="time">Tells the time and waits.</param>
public sealed class ClusterFaultTargets(ClusterConnection cluster, string space, Action<string> say, TimeProvider time) : IFaultTargets
{
    /// <summary>The management port of a pod.</summary>
    private const int ManagementPort = 9090;

    private readonly PodForwards _forwards = new(cluster.Kubectl, space, ManagementPort, time);
    private readonly PageWay _page = new(cluster, space, say, time);

    /// <inheritdoc/>
    public string Description => $"namespace {space} of {cluster.Config.Client.Host}";

    /// <inheritdoc/>
    public Uri? Prometheus => null;

    /// <inheritdoc/>
    public Task<Uri> FindPageAsync(CancellationToken cancellationToken) => _page.FindAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<int> CountAsync(CancellationToken cancellationToken) => (await ListAsync(cancellationToken)).Count;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<FaultTarget>> FindAsync(
        IReadOnlyCollection<string>? services, CancellationToken cancellationToken)
    {
        var pods = await ListAsync(cancellationToken);
        var wanted = pods.Select(TargetOf).Where(target => services is null || target.IsOneOf(services)).ToList();
        await _forwards.OpenAsync(pods.Select(pod => pod.Metadata.Name), wanted.Select(target => target.Name), cancellationToken);
        return [.. wanted.Select(target => target with { Management = _forwards[target.Name] })];
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _forwards.Dispose();
        _page.Dispose();
        cluster.Dispose();
        return ValueTask.CompletedTask;
    }

    private static FaultTarget TargetOf(V1Pod pod) => new(pod.Metadata.Name, RunningPods.ServiceOf(pod), RunningPods.VersionOf(pod), null)
    {
        IsForwarded = true,
    };

    private async Task<IReadOnlyList<V1Pod>> ListAsync(CancellationToken cancellationToken)
    {
        var pods = await ClusterFailure.ExplainAsync(
            () => RunningPods.ListAsync(cluster, space, cancellationToken), cluster.Config, cancellationToken);
        return pods.Count > 0 || !_forwards.IsEmpty
            ? pods
            : throw await DeployedApplication.NotDeployedAsync(cluster, space, cancellationToken);
    }
}
