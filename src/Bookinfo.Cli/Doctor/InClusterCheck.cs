using Bookinfo.Kubernetes;
using k8s;

namespace Bookinfo.Cli.Doctor;

/// <summary>A check of something in the cluster. What the cluster does not let us see is told, but does not count as a problem.</summary>
/// <param name="cluster">The cluster.</param>
internal abstract class InClusterCheck(ClusterCheck cluster) : ICheck
{
    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public CheckPurpose Purpose => CheckPurpose.Deploy;

    /// <inheritdoc/>
    public virtual IReadOnlyList<ICheck> Needs => [cluster];

    /// <summary>The cluster.</summary>
    protected ClusterCheck Cluster => cluster;

    /// <inheritdoc/>
    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await RunAsync(cluster.Api, cancellationToken);
        }
        catch (Exception exception) when (ClusterFailure.IsForbidden(exception))
        {
            var explained = ClusterFailure.Explain(exception, cluster.Config, cancellationToken)!;
            return CheckResult.Warning($"cannot be seen: {explained.Message}", "Ask for that right, or go on without this check.");
        }
        catch (Exception exception) when (ClusterFailure.Explain(exception, cluster.Config, cancellationToken) is { } explained)
        {
            return CheckResult.Problem(explained.Message, "Try again; when it stays so, ask who administers the cluster.");
        }
    }

    /// <summary>Examines the cluster.</summary>
    /// <param name="api">The cluster.</param>
    /// <param name="cancellationToken">Cancelled when its time is up.</param>
    protected abstract Task<CheckResult> RunAsync(IKubernetes api, CancellationToken cancellationToken);
}
