using System.Globalization;
using k8s.Models;

namespace Bookinfo.Cli.Doctor;

/// <summary>What of a node nobody has requested yet.</summary>
/// <param name="Node">Its name.</param>
/// <param name="Cpu">CPU, in cores.</param>
/// <param name="Memory">Memory, in bytes.</param>
/// <param name="Pods">How many more pods it takes.</param>
internal sealed record NodeCapacity(string Node, decimal Cpu, decimal Memory, decimal Pods)
{
    /// <summary>Takes off what is requested.</summary>
    /// <param name="node">The node.</param>
    /// <param name="pods">The pods there that have not ended.</param>
    public static NodeCapacity Of(V1Node node, IEnumerable<V1Pod> pods)
    {
        var demands = pods.Select(pod => PodDemand.Of(pod.Spec)).ToList();
        return new NodeCapacity(
            node.Metadata.Name,
            PodDemand.Amount(node.Status.Allocatable, "cpu") - demands.Sum(demand => demand.Cpu),
            PodDemand.Amount(node.Status.Allocatable, "memory") - demands.Sum(demand => demand.Memory),
            PodDemand.Amount(node.Status.Allocatable, "pods") - demands.Count);
    }

    /// <summary>Puts each pod on the first node with room.</summary>
    /// <param name="nodes">The nodes.</param>
    /// <param name="pods">The pods.</param>
    /// <returns>How many found a place.</returns>
    public static int Place(IEnumerable<NodeCapacity> nodes, IEnumerable<PodDemand> pods)
    {
        var free = nodes.ToList();
        var placed = 0;
        foreach (var pod in pods)
        {
            var index = free.FindIndex(node => node.Pods >= 1 && node.Cpu >= pod.Cpu && node.Memory >= pod.Memory);
            if (index >= 0)
            {
                var node = free[index];
                free[index] = node with { Cpu = node.Cpu - pod.Cpu, Memory = node.Memory - pod.Memory, Pods = node.Pods - 1 };
                placed++;
            }
        }

        return placed;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Node} {Math.Max(0, Cpu):0.##} CPU, {Math.Max(0, Math.Floor(Memory / (1024 * 1024))):0} MiB, {Math.Max(0, Pods):0} pods");
}
