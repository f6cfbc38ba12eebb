using Bookinfo.Cli.Terminal;
using Bookinfo.Foundation;
using Bookinfo.Kubernetes;
using Bookinfo.Local;
using Bookinfo.Measurement;
using Bookinfo.Verification;

namespace Bookinfo.Cli.Sessions;

/// <summary>
/// The application that <c>verify</c> sends requests to, with the ways to its services: those of an <c>up</c> of this working copy, those
/// of a namespace, or none where only the address of a page is known.
/// </summary>
internal sealed class VerifiedApp : IDisposable
{
    /// <summary>What counts when requests are divided; nothing is divided here.</summary>
    private static readonly ClusterSplitOptions OnlyRead = new(MostPods: 1, TimeSpan.FromMinutes(2), OnlyReads: true);

    private readonly ClusterServices? _cluster;
    private readonly FaultPlace _place;
    private readonly TimeProvider _time;

    private VerifiedApp(Uri page, FaultPlace place, ClusterServices? cluster, TimeProvider time) =>
        (Page, _place, _cluster, _time) = (page, place, cluster, time);

    /// <summary>The address of the page.</summary>
    public Uri Page { get; }

    /// <summary>The cluster that it is in; <see langword="null"/> for none.</summary>
    public ClusterConnection? Cluster => _cluster?.Cluster;

    /// <summary>Finds the page.</summary>
    /// <param name="place">Which Bookinfo is meant.</param>
    /// <param name="time">Tells the time and waits.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">There is none, or the cluster cannot be reached.</exception>
    public static async Task<VerifiedApp> OpenAsync(FaultPlace place, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!place.IsInCluster)
        {
            return new VerifiedApp(place.Url ?? await LocalPage.FindAsync(SourceTree.Find()), place, null, time);
        }

        var cluster = new ClusterServices(
            await place.ConnectAsync(cancellationToken), place.UsedNamespace, ToolOutput.Messages.WriteLine, time);
        try
        {
            return new VerifiedApp(place.Url ?? await cluster.FindPageAsync(cancellationToken), place, cluster, time);
        }
        catch
        {
            cluster.Dispose();
            throw;
        }
    }

    /// <summary>Finds the ways to its services, and which part of the requests each version of reviews must get.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">The cluster cannot be asked.</exception>
    public async Task<AppTarget> FindTargetAsync(CancellationToken cancellationToken)
    {
        if (_cluster is not null)
        {
            return await WithSharesAsync(
                new AppTarget(Page, await _cluster.OpenAsync(cancellationToken)) { NoWay = ": kubectl port-forward does not lead to it" },
                () => OpenSplitAsync(cancellationToken), cancellationToken);
        }

        var tree = SourceTree.Find();
        if (RunRecord.Read(tree, Page) is not { Ports: { } ports })
        {
            return AppTarget.Of(Page) with
            {
                NoWay = ". An 'up' of this working copy tells where its services are; for a cluster, name the namespace with --namespace. "
                    + "To leave the application out, say --no-app",
            };
        }

        var services = ports.ToDictionary(
            port => port.Key, port => (Uri?)new UriBuilder(Uri.UriSchemeHttp, Page.Host, port.Value).Uri);
        return await WithSharesAsync(
            new AppTarget(Page, services) { Logs = tree.Logs(Page.Port) },
            () => Task.FromResult<IVersionSplit>(LocalSplit.Open(tree, Page)), cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _cluster?.Dispose();

    private static async Task<AppTarget> WithSharesAsync(
        AppTarget target, Func<Task<IVersionSplit>> open, CancellationToken cancellationToken)
    {
        var versions = target.Services.Keys.Where(process => process.StartsWith("reviews-", StringComparison.Ordinal)).ToList();
        if (versions is [var only] && VersionShares.AllVersions.FirstOrDefault(version => only == $"reviews-{version}") is { } alone)
        {
            return target with { Shares = VersionShares.All(alone) };
        }

        try
        {
            await using var split = await open();
            return target with { Shares = (await split.ReadAsync(cancellationToken)).Shares };
        }
        catch (OperationFailedException failure)
        {
            return target with { SharesUnknown = $"How requests are divided is not known: {failure.Message}" };
        }
    }

    private async Task<IVersionSplit> OpenSplitAsync(CancellationToken cancellationToken)
    {
        var cluster = await _place.ConnectAsync(cancellationToken);
        try
        {
            return await ClusterSplit.OpenAsync(cluster, _place.UsedNamespace, OnlyRead, _time, cancellationToken);
        }
        catch
        {
            cluster.Dispose();
            throw;
        }
    }
}
