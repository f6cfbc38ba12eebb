using Bookinfo.Cli.Terminal;
using Bookinfo.Foundation;
using Bookinfo.Kubernetes;
using Bookinfo.Local;
using Bookinfo.Scenarios;

namespace Bookinfo.Cli.Sessions;

/// <summary>Which Bookinfo is to have faults, or is to be verified, as the user says it.</summary>
/// <param name="Url">The address of its page; <see langword="null"/> to find out.</param>
/// <param name="Namespace">Its namespace; <see langword="null"/> when the user named none.</param>
/// <param name="Context">The context of kubectl's configuration; <see langword="null"/> when the user named none.</param>
internal sealed record FaultPlace(Uri? Url, string? Namespace, string? Context)
{
    /// <summary>Whether the user means one in a cluster.</summary>
    public bool IsInCluster => Namespace is not null || Context is not null;

    /// <summary>The namespace of one in a cluster.</summary>
    public string UsedNamespace => Namespace ?? DeployedApplication.UsualNamespace;

    /// <summary>Connects to its cluster.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">The cluster cannot be reached.</exception>
    public Task<ClusterConnection> ConnectAsync(CancellationToken cancellationToken) =>
        ClusterConnection.OpenAsync(Kubectl.Find(Context), cancellationToken);

    /// <summary>Finds it: in a cluster if the user has named a namespace or a context, else on this machine.</summary>
    /// <param name="time">Tells the time and waits.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">There is none, or the cluster cannot be reached.</exception>
    public async Task<IFaultTargets> OpenAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        if (IsInCluster)
        {
            return new ClusterFaultTargets(
                await ConnectAsync(cancellationToken), UsedNamespace, ToolOutput.Messages.WriteLine, time);
        }

        var tree = SourceTree.Find();
        return new LocalFaultTargets(tree, Url ?? await LocalPage.FindAsync(tree));
    }
}
