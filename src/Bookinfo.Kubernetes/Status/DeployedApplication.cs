using Bookinfo.Foundation;
using k8s;
using k8s.Autorest;

namespace Bookinfo.Kubernetes;

/// <summary>How the application is recognized in a cluster, and what to say when it is not there.</summary>
public static class DeployedApplication
{
    /// <summary>The namespace that the manifests have.</summary>
    public const string UsualNamespace = "bookinfo";

    /// <summary>The label that says what an object is a part of.</summary>
    public const string PartOf = "app.kubernetes.io/part-of";

    /// <summary>Selects what belongs to the application.</summary>
    public const string PartOfBookinfo = $"{PartOf}=bookinfo";

    /// <summary>That nothing is deployed, with what to do.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="space">The namespace in which nothing is.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async Task<OperationFailedException> NotDeployedAsync(
        ClusterConnection cluster, string space, CancellationToken cancellationToken) => new(
        FailureKind.NotDeployed,
        $"nothing is deployed in namespace {space} of "
        + $"{cluster.Config.Client.Host}{await DescribeElsewhereAsync(cluster, space, cancellationToken)}. 'bookinfo deploy' deploys.");

    /// <summary>Names other namespaces in which something is deployed, to follow 'nothing is deployed here'.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="space">The namespace in which nothing is.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async Task<string> DescribeElsewhereAsync(ClusterConnection cluster, string space, CancellationToken cancellationToken)
    {
        try
        {
            var elsewhere = (await cluster.Api.CoreV1.ListConfigMapForAllNamespacesAsync(
                fieldSelector: $"metadata.name={Inventory.Name}", cancellationToken: cancellationToken)).All()
                .Select(inventory => inventory.Metadata.NamespaceProperty).Where(other => other != space).ToList();
            return elsewhere.Count == 0 ? "" : $", but in {string.Join(", ", elsewhere)}: choose with --namespace";
        }
        catch (HttpOperationException exception) when (ClusterFailure.IsForbidden(exception))
        {
            return "";
        }
    }
}
