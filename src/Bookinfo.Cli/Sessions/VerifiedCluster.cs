using Bookinfo.Cli.Terminal;
using Bookinfo.Foundation;
using Bookinfo.Kubernetes;

namespace Bookinfo.Cli.Sessions;

/// <summary>The cluster of the Bookinfo that <c>verify</c> is about, as the user says it.</summary>
/// <param name="Namespace">The namespace.</param>
/// <param name="Context">The context of kubectl's configuration; <see langword="null"/> for the current one.</param>
/// <param name="HasLogs">Whether the logs of its pods are to be verified.</param>
internal sealed record VerifiedCluster(string Namespace, string? Context, bool HasLogs)
{
    /// <summary>Connects, and finds the way to the page.</summary>
    /// <param name="target">Where requests go; <see langword="null"/> for the page of the cluster.</param>
    /// <param name="time">Tells the time and waits.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">The cluster cannot be reached, nothing is deployed, or there is no way to it.</exception>
    public async Task<ClusterSubject> OpenAsync(Uri? target, TimeProvider time, CancellationToken cancellationToken)
    {
        var cluster = await ClusterConnection.OpenAsync(Kubectl.Find(Context), cancellationToken);
        try
        {
            return await ClusterSubject.OpenAsync(cluster, Namespace, target, ToolOutput.Messages.WriteLine, time, cancellationToken);
        }
        catch (Exception exception)
        {
            cluster.Dispose();
            throw ClusterFailure.Explain(exception, cluster.Config, cancellationToken) ?? exception;
        }
    }
}
