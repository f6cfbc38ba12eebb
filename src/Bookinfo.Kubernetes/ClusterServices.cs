using Bookinfo.Contracts;
using k8s.Models;

namespace Bookinfo.Kubernetes;

/// <summary>
/// The services of a Bookinfo in a cluster as they are asked from this machine: the page where the cluster lets it be reached, and one pod
/// of each version by a port-forward.
/// </summary>
/// <param name="cluster">The cluster; belongs to this from now on.</param>
/// <param name="space">The namespace.</param>
/// <param name="say">Is told that the user has to wait.</param>
/// <param name="time">Tells the time and waits.</param>
public sealed class ClusterServices(ClusterConnection cluster, string space, Action<string> say, TimeProvider time) : IDisposable
{
    private readonly PodForwards _forwards = new(cluster.Kubectl, space, ServiceCatalog.ServicePort, time);
    private readonly PageWay _page = new(cluster, space, say, time);

    /// <summary>The cluster.</summary>
    public ClusterConnection Cluster => cluster;

    /// <summary>Finds where requests to the page go.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="Foundation.OperationFailedException">There is no way to it.</exception>
    public Task<Uri> FindPageAsync(CancellationToken cancellationToken) => _page.FindAsync(cancellationToken);

    /// <summary>Opens a way to one pod of each version that runs.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>
    /// The versions, such as <c>reviews-v3</c>, each with the address where it is asked, or <see langword="null"/> when there is no way to
    /// it.
    /// </returns>
    /// <exception cref="Foundation.OperationFailedException">Nothing runs there, or it cannot be asked.</exception>
    public async Task<IReadOnlyDictionary<string, Uri?>> OpenAsync(CancellationToken cancellationToken)
    {
        var pods = await ClusterFailure.ExplainAsync(
            () => RunningPods.ListAsync(cluster, space, cancellationToken), cluster.Config, cancellationToken);
        if (pods.Count == 0)
        {
            throw await DeployedApplication.NotDeployedAsync(cluster, space, cancellationToken);
        }

        // Of several pods, one that is ready: another may be on its way up or down.
        var chosen = pods.GroupBy(RunningPods.VersionOf).ToDictionary(
            version => version.Key, version => (version.FirstOrDefault(IsReady) ?? version.First()).Metadata.Name);
        await _forwards.OpenAsync(pods.Select(pod => pod.Metadata.Name), chosen.Values, cancellationToken);
        return chosen.ToDictionary(version => version.Key, version => _forwards[version.Value]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _forwards.Dispose();
        _page.Dispose();
        cluster.Dispose();
    }

    private static bool IsReady(V1Pod pod) =>
        pod.Status.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) == true;
}
