using System.Globalization;
using System.Runtime.InteropServices;
using Bookinfo.Cli.Kubernetes;
using k8s;
using k8s.Models;

namespace Bookinfo.Cli.Doctor;

/// <summary>The nodes: ready, of an architecture that there are images for, and with room for the pods.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="manifests">What is to run.</param>
internal sealed class NodesCheck(ClusterCheck cluster, ManifestsCheck manifests) : InClusterCheck(cluster)
{
    private const decimal Mebi = 1024 * 1024;

    /// <inheritdoc/>
    public override string Name => "nodes";

    /// <inheritdoc/>
    public override IReadOnlyList<ICheck> Needs => [.. base.Needs, manifests];

    /// <inheritdoc/>
    protected override async Task<CheckResult> RunAsync(IKubernetes api, CancellationToken cancellationToken)
    {
        var nodes = (await api.CoreV1.ListNodeAsync(cancellationToken: cancellationToken)).Items;
        IEnumerable<V1Pod>? pods;
        try
        {
            pods = (await api.CoreV1.ListPodForAllNamespacesAsync(
                fieldSelector: "status.phase!=Succeeded,status.phase!=Failed", cancellationToken: cancellationToken)).Items;
        }
        catch (Exception exception) when (ClusterFailure.IsForbidden(exception))
        {
            pods = null;
        }

        return Judge([.. nodes], pods?.ToList(), manifests.Workload!.Pods, RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant() is "arm64" ? "arm64" : "amd64");
    }

    private static CheckResult Judge(IReadOnlyList<V1Node> nodes, IReadOnlyList<V1Pod>? pods, IReadOnlyList<PodDemand> demands, string ownArchitecture)
    {
        var usable = nodes.Where(IsUsable).ToList();
        var fitting = usable.Where(node => node.Status.NodeInfo is { OperatingSystem: "linux", Architecture: "amd64" or "arm64" }).ToList();
        var detail = $"{fitting.Count} of {nodes.Count} can run it";
        if (usable.Count == 0)
        {
            return CheckResult.Problem(
                $"none of {nodes.Count} is ready for pods{string.Concat(nodes.Select(Describe))}", "Wait for them, or ask who administers the cluster. This says why:", "kubectl describe nodes");
        }

        if (fitting.Count == 0)
        {
            return CheckResult.Problem(
                $"the nodes are {string.Join(", ", usable.Select(Platform).Distinct())}", "The services run on linux/amd64 and linux/arm64 only; add such a node.");
        }

        var architectures = fitting.Select(node => node.Status.NodeInfo.Architecture).Distinct().Order(StringComparer.Ordinal).ToList();
        detail += $" ({string.Join(", ", architectures)})";
        var capacities = fitting.Select(node => NodeCapacity.Of(node, pods?.Where(pod => pod.Spec.NodeName == node.Metadata.Name && !IsOurs(pod)) ?? [])).ToList();
        var placed = NodeCapacity.Place(capacities, demands);
        if (placed < demands.Count)
        {
            return CheckResult.Problem(
                $"{detail}; only {placed} of the {demands.Count} pods fit beside what is requested there already: {string.Join(", ", capacities)} free",
                "Remove something, add a node, or run fewer versions.", "kubectl describe nodes");
        }

        var cpu = demands.Sum(demand => demand.Cpu).ToString("0.##", CultureInfo.InvariantCulture);
        var memory = (demands.Sum(demand => demand.Memory) / Mebi).ToString("0", CultureInfo.InvariantCulture);
        detail += $"; there is room for {demands.Count} pods, {cpu} CPU and {memory} MiB";
        if (!architectures.Contains(ownArchitecture) || architectures.Count > 1)
        {
            return CheckResult.Warning(
                $"{detail}; 'bookinfo images build' makes images for {ownArchitecture} here",
                "Build the images on a machine of the nodes' architecture, and on one of each where nodes differ.");
        }

        return pods is not null
            ? CheckResult.Ok(detail)
            : CheckResult.Warning(
                $"{detail} when nothing else runs, which cannot be seen: you are not allowed to list the pods of all namespaces", "If pods stay Pending, ask who administers the cluster.");
    }

    /// <summary>Whether the scheduler puts pods there that tolerate nothing.</summary>
    private static bool IsUsable(V1Node node) =>
        node.Spec.Unschedulable != true
        && node.Status.Conditions.Any(condition => condition is { Type: "Ready", Status: "True" })
        && node.Spec.Taints?.Any(taint => taint.Effect is "NoSchedule" or "NoExecute") != true;

    private static string Describe(V1Node node)
    {
        var ready = node.Status.Conditions.FirstOrDefault(condition => condition.Type == "Ready");
        var taint = node.Spec.Taints?.FirstOrDefault(taint => taint.Effect is "NoSchedule" or "NoExecute");
        var why = ready?.Status != "True" ? "not ready" : node.Spec.Unschedulable == true ? "cordoned" : $"has the taint {taint?.Key}";
        return $"; {node.Metadata.Name}: {why}";
    }

    private static string Platform(V1Node node) => $"{node.Status.NodeInfo.OperatingSystem}/{node.Status.NodeInfo.Architecture}";

    /// <summary>What is deployed already is not needed again.</summary>
    private static bool IsOurs(V1Pod pod) => pod.Metadata.Labels is { } labels && labels.Any(label => $"{label.Key}={label.Value}" == ClusterCommand.PartOfBookinfo);
}
