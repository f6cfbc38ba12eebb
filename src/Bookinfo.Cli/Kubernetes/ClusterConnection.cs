using k8s;
using k8s.Models;

namespace Bookinfo.Cli.Kubernetes;

/// <summary>A cluster that answers.</summary>
internal sealed class ClusterConnection : IDisposable
{
    private ClusterConnection(Kubectl kubectl, Kubeconfig config, IKubernetes api)
    {
        Kubectl = kubectl;
        Config = config;
        Api = api;
    }

    /// <summary>kubectl for the same cluster.</summary>
    public Kubectl Kubectl { get; }

    /// <summary>Which cluster it is.</summary>
    public Kubeconfig Config { get; }

    /// <summary>The API of the cluster.</summary>
    public IKubernetes Api { get; }

    /// <summary>The version of the API server; <see langword="null"/> when it does not tell us.</summary>
    public VersionInfo? Version { get; private init; }

    /// <summary>Connects, and makes sure that the cluster answers and knows who asks.</summary>
    /// <param name="context">The context of <c>--context</c>; <see langword="null"/> for the current one.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="CommandFailedException">kubectl is missing, nothing is configured, nothing answers, or the credentials are refused.</exception>
    public static async Task<ClusterConnection> OpenAsync(string? context, CancellationToken cancellationToken)
    {
        var kubectl = Kubectl.Find(context);
        var config = await Kubeconfig.ReadAsync(kubectl, cancellationToken);
        var api = config.Connect();
        try
        {
            return new ClusterConnection(kubectl, config, api) { Version = await api.Version.GetCodeAsync(cancellationToken) };
        }
        catch (Exception exception)
        {
            if (ClusterFailure.IsForbidden(exception))
            {
                // A cluster need not tell everybody its version.
                return new ClusterConnection(kubectl, config, api);
            }

            api.Dispose();
            throw ClusterFailure.Explain(exception, config, cancellationToken) ?? exception;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Api.Dispose();
}
