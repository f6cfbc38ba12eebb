using Bookinfo.Cli.Terminal;
using Bookinfo.Foundation;
using Bookinfo.Kubernetes;
using Bookinfo.Local;
using Bookinfo.Measurement;

namespace Bookinfo.Cli.Sessions;

/// <summary>Finds what is to be measured: what the user named, else what <c>up</c> runs here, else what <c>deploy</c> deployed.</summary>
/// <param name="options">What the user asked for.</param>
/// <param name="here">Where <c>up</c> has its page on this machine when it is not told otherwise.</param>
internal sealed class SubjectFinder(BaselineOptions options, Uri here, TimeProvider time)
{
    private const string Page = "/productpage";

    /// <summary>Finds the subject.</summary>
    /// <exception cref="OperationFailedException">There is nothing: the message says what to do.</exception>
    public async Task<ISubject> FindAsync(CancellationToken cancellationToken)
    {
        var url = options.Url is { PathAndQuery: "/" } host ? new Uri(host, Page) : options.Url;
        if (options.WantsCluster)
        {
            return await OpenAsync(url, cancellationToken);
        }

        if (url is not null)
        {
            return await LocalSubject.FindAsync(url, time, cancellationToken) ?? (ISubject)new UrlSubject(url);
        }

        var local = new Uri(here, Page);
        if (await LocalSubject.FindAsync(local, time, cancellationToken) is { } subject)
        {
            return subject;
        }

        try
        {
            return await OpenAsync(null, cancellationToken);
        }
        catch (OperationFailedException failure)
        {
            throw new OperationFailedException(
                FailureKind.TargetUnreachable,
                $"nothing to measure. On this machine no Bookinfo answers at {local}: 'bookinfo up' starts one. In a cluster: "
                + $"{failure.Message} Or name an address.");
        }
    }

    private async Task<ISubject> OpenAsync(Uri? target, CancellationToken cancellationToken)
    {
        var space = options.Namespace ?? DeployedApplication.UsualNamespace;
        target ??= options.Workers is null ? null : ClusterGeneratorOptions.UsualTarget(space);
        var cluster = await ClusterConnection.OpenAsync(Kubectl.Find(options.Context), cancellationToken);
        try
        {
            return await ClusterSubject.OpenAsync(cluster, space, target, ToolOutput.Messages.WriteLine, time, cancellationToken);
        }
        catch (Exception exception)
        {
            cluster.Dispose();
            throw ClusterFailure.Explain(exception, cluster.Config, cancellationToken) ?? exception;
        }
    }
}
