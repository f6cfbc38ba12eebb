using Bookinfo.Contracts;
using k8s;
using k8s.Models;

namespace Bookinfo.Kubernetes;

/// <summary>The pods of Bookinfo's services that run. Those of the original application have the same labels.</summary>
internal static class RunningPods
{
    /// <summary>Lists the pods of all services.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="space">The namespace.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>By their names.</returns>
    public static async Task<IReadOnlyList<V1Pod>> ListAsync(
        ClusterConnection cluster, string space, CancellationToken cancellationToken)
    {
        var pods = await ListAllAsync(cluster, space, cancellationToken);
        return
        [
            .. pods.Where(pod => pod.Status?.Phase == "Running" && pod.Metadata.DeletionTimestamp is null)
                .OrderBy(pod => pod.Metadata.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>Lists the pods of all services, those included that do not run yet or are about to end.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="space">The namespace.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async Task<IList<V1Pod>> ListAllAsync(ClusterConnection cluster, string space, CancellationToken cancellationToken)
    {
        var services = string.Join(',', ServiceCatalog.All.Select(service => service.Name));
        return (await cluster.Api.CoreV1.ListNamespacedPodAsync(
            space, labelSelector: $"app in ({services})", cancellationToken: cancellationToken)).All();
    }

    /// <summary>The service of a pod, such as <c>reviews</c>.</summary>
    /// <param name="pod">The pod.</param>
    public static string ServiceOf(V1Pod pod) => pod.Metadata.Labels["app"];

    /// <summary>The service of a pod with its version, such as <c>reviews-v3</c>, as far as its labels tell.</summary>
    /// <param name="pod">The pod.</param>
    public static string VersionOf(V1Pod pod) =>
        pod.Metadata.Labels.TryGetValue("version", out var version) ? $"{ServiceOf(pod)}-{version}" : ServiceOf(pod);
}
