namespace Bookinfo.Kubernetes;

/// <summary>The way to the page of a Bookinfo in a cluster: it stays open until it is looked for again, or disposed.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="space">The namespace.</param>
/// <param name="say">Is told that the user has to wait.</param>
/// <param name="time">Tells the time and waits.</param>
internal sealed class PageWay(ClusterConnection cluster, string space, Action<string> say, TimeProvider time) : IDisposable
{
    private ServiceForward? _forward;

    /// <summary>Finds where requests to the page go.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="Foundation.OperationFailedException">There is no way to it.</exception>
    public Task<Uri> FindAsync(CancellationToken cancellationToken) => ClusterFailure.ExplainAsync(
        async () =>
        {
            var (address, forward) = await ClusterPage.FindAsync(cluster, space, say, time, cancellationToken);
            _forward?.Dispose();
            _forward = forward;
            return new Uri(address.GetLeftPart(UriPartial.Authority));
        },
        cluster.Config,
        cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _forward?.Dispose();
}
