using System.Text.Json;
using Bookinfo.Foundation;
using k8s.Autorest;

namespace Bookinfo.Kubernetes;

/// <summary>
/// What an inventory lists outside of its namespace. Whoever may write ConfigMaps there need not be allowed to delete anything elsewhere,
/// and must not get it deleted by who runs <c>delete</c>: only what is labeled as a part of Bookinfo is.
/// </summary>
/// <param name="cluster">The cluster.</param>
/// <param name="discovery">Which kinds it has.</param>
/// <param name="space">The namespace of the inventory.</param>
internal sealed class OutsideObjects(ClusterConnection cluster, ApiDiscovery discovery, string space)
{
    /// <summary>Makes sure that all of it is Bookinfo's.</summary>
    /// <param name="objects">What is to be deleted.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Whether there is anything outside.</returns>
    /// <exception cref="OperationFailedException">Something is not.</exception>
    public async Task<bool> RequireOursAsync(IReadOnlyList<ObjectReference> objects, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(objects.Select(
            async one => (Object: one, Resource: await discovery.FindAsync(one.ApiVersion, one.Kind, cancellationToken))));
        var outside = found
            .Where(one => one.Resource is { } resource && (!resource.IsNamespaced || one.Object.Namespace != space))
            .ToList();
        var checks = await Task.WhenAll(outside.Select(
            async one => (one.Object, IsOurs: await IsOursAsync(one.Resource!.Path(one.Object), cancellationToken))));
        return checks.Where(one => !one.IsOurs).Select(one => Describe(one.Object)).ToList() is not { Count: > 0 } others
            ? outside.Count > 0
            : throw new OperationFailedException(
                FailureKind.Failed,
                $"ConfigMap {Inventory.Name} in namespace '{space}' lists what is not in that namespace and has no label "
                + $"{DeployedApplication.PartOfBookinfo}: {string.Join(", ", others)}. Nothing was done: give what 'deploy' made that "
                + "label, and take the line of everything else out of the ConfigMap.");
    }

    /// <returns>Whether an object is labeled as a part of Bookinfo, or is gone.</returns>
    private async Task<bool> IsOursAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var found = await cluster.GetMetadataAsync(path, list: false, cancellationToken);
            return found.RootElement.GetProperty("metadata").TryGetProperty("labels", out var labels)
                && labels.ValueKind == JsonValueKind.Object
                && labels.TryGetProperty(DeployedApplication.PartOf, out var application)
                && application.GetString() == Inventory.Labels[DeployedApplication.PartOf];
        }
        catch (HttpOperationException exception) when (ClusterFailure.IsNotFound(exception))
        {
            return true;
        }
    }

    private static string Describe(ObjectReference one) => one.Namespace is null ? $"{one}" : $"{one} of namespace {one.Namespace}";
}
