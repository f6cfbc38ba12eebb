using k8s.Models;

namespace Bookinfo.Cli.Doctor;

/// <summary>What a pod asks a node, and a quota, for.</summary>
/// <param name="Cpu">Requested CPU, in cores.</param>
/// <param name="Memory">Requested memory, in bytes.</param>
/// <param name="CpuLimit">The most CPU that it may use, in cores; 0 when not said for each container.</param>
/// <param name="MemoryLimit">The most memory that it may use, in bytes; 0 when not said for each container.</param>
internal sealed record PodDemand(decimal Cpu, decimal Memory, decimal CpuLimit, decimal MemoryLimit)
{
    /// <summary>Adds up a pod as the scheduler does: its containers together, or its biggest init container if that is more, and its overhead.</summary>
    /// <param name="pod">The pod.</param>
    public static PodDemand Of(V1PodSpec pod) => new(
        Sum(pod, "cpu", resources => resources?.Requests),
        Sum(pod, "memory", resources => resources?.Requests),
        Sum(pod, "cpu", resources => resources?.Limits),
        Sum(pod, "memory", resources => resources?.Limits));

    private static decimal Sum(V1PodSpec pod, string resource, Func<V1ResourceRequirements?, IDictionary<string, ResourceQuantity>?> side)
    {
        decimal Of(V1Container container) => Amount(side(container.Resources), resource);
        var containers = pod.Containers.Sum(Of);
        var init = (pod.InitContainers ?? []).Select(Of).DefaultIfEmpty().Max();
        return Math.Max(containers, init) + Amount(pod.Overhead, resource);
    }

    /// <summary>An amount of a list.</summary>
    /// <param name="list">Amounts by resource; <see langword="null"/> for none.</param>
    /// <param name="resource">The resource.</param>
    public static decimal Amount(IDictionary<string, ResourceQuantity>? list, string resource) =>
        list is not null && list.TryGetValue(resource, out var quantity) ? quantity.ToDecimal() : 0;
}
