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

    private readonly Dictionary<string, PortForward> _forwards = [];
    private ServiceForward? _page;

    /// <inheritdoc/>
    public string Description => $"namespace {space} of {cluster.Config.Client.Host}";

    /// <inheritdoc/>
    public Uri? Prometheus => null;

    /// <inheritdoc/>
    public Task<Uri> FindPageAsync(CancellationToken cancellationToken) => ClusterFailure.ExplainAsync(
        async () =>
        {
            var (address, forward) = await ClusterPage.FindAsync(cluster, space, say, time, cancellationToken);
            _page?.Dispose();
            _page = forward;
            return new Uri(address.GetLeftPart(UriPartial.Authority));
        },
        cluster.Config,
        cancellationToken);

    /// <inheritdoc/>
    public async Task<int> CountAsync(CancellationToken cancellationToken) => (await ListAsync(cancellationToken)).Count;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<FaultTarget>> FindAsync(
        IReadOnlyCollection<string>? services, CancellationToken cancellationToken)
    {
        var pods = await ListAsync(cancellationToken);
        var wanted = pods.Select(TargetOf).Where(target => services is null || target.IsOneOf(services)).ToList();
        CloseOthers([.. pods.Select(pod => pod.Metadata.Name)]);
        var ways = await Task.WhenAll(wanted.Where(target => !_forwards.ContainsKey(target.Name)).Select(
            async target => (target.Name, Forward: await TryOpenAsync(target.Name, cancellationToken))));
        foreach (var (name, forward) in ways.Where(way => way.Forward is not null))
        {
            _forwards[name] = forward!;
        }

        cancellationToken.ThrowIfCancellationRequested();
        return [.. wanted.Select(target => target with { Management = _forwards.GetValueOrDefault(target.Name)?.Address })];
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        CloseOthers([]);
        _page?.Dispose();
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
        return pods.Count > 0 || _forwards.Count > 0
            ? pods
            : throw await DeployedApplication.NotDeployedAsync(cluster, space, cancellationToken);
    }

    /// <summary>Closes the ways to pods that are gone, and those that have broken off.</summary>
    private void CloseOthers(HashSet<string> pods)
    {
        foreach (var (name, forward) in _forwards.Where(one => !pods.Contains(one.Key) || !one.Value.IsOpen).ToList())
        {
            forward.Dispose();
            _forwards.Remove(name);
        }
    }

    /// <summary>
    /// Opens the way to a pod; one that has just begun or ended may have none. Nothing is thrown, so that none that others have opened at
    /// the same time is lost.
    /// </summary>
    private async Task<PortForward?> TryOpenAsync(string pod, CancellationToken cancellationToken)
    {
        try
        {
            return await PortForward.StartAsync(cluster.Kubectl, space, $"pod/{pod}", ManagementPort, time, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            return null;
        }
    }
}
