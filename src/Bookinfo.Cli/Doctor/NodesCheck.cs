using System.Globalization;
using System.Runtime.InteropServices;
using Bookinfo.Kubernetes;
using k8s;
using k8s.Models;

namespace Bookinfo.Cli.Doctor;

/// <summary>Checks that nodes are ready, have an architecture that there are images for, and have room for the pods.</summary>
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
        var nodes = (await api.CoreV1.ListNodeAsync(cancellationToken: cancellationToken)).All();
        IEnumerable<V1Pod>? pods;
        try
        {
            pods = (await api.CoreV1.ListPodForAllNamespacesAsync(
                fieldSelector: "status.phase!=Succeeded,status.phase!=Failed", cancellationToken: cancellationToken)).All();
        }
        catch (Exception exception) when (ClusterFailure.IsForbidden(exception))
        {
            pods = null;
        }

        return Judge(
            [.. nodes],
            pods?.ToList(),
            manifests.Workload!.Pods,
            RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant() is "arm64" ? "arm64" : "amd64");
    }

    private static CheckResult Judge(
        IReadOnlyList<V1Node> nodes, IReadOnlyList<V1Pod>? pods, IReadOnlyList<PodDemand> demands, string ownArchitecture)
    {
        var usable = nodes.Where(IsUsable).ToList();
        var fitting = usable.Where(HasPlatform).ToList();
        var detail = $"{fitting.Count} of {nodes.Count} can run it";
        if (usable.Count == 0)
        {
            return CheckResult.Problem(
                nodes.Count == 0 ? "there is no node" : $"none of {nodes.Count} is ready for "
                    + $"pods{string.Concat(nodes.Select(Describe))}", "Wait for them, or ask a cluster administrator. This shows why:",
                "kubectl describe nodes");
        }

        if (fitting.Count == 0)
        {
            return CheckResult.Problem(
                $"the nodes are {string.Join(", ", usable.Select(Platform).Distinct())}",
                "The services run on linux/amd64 and linux/arm64 only; add such a node.");
        }

        var architectures = fitting.Select(node => node.Status.NodeInfo.Architecture).Distinct().Order(StringComparer.Ordinal).ToList();
        detail += $" ({string.Join(", ", architectures)})";
        var capacities = fitting.Select(
            node => NodeCapacity.Of(node, pods?.Where(pod => pod.Spec.NodeName == node.Metadata.Name && !IsOurs(pod)) ?? [])).ToList();
        var placed = NodeCapacity.Place(capacities, demands);
        if (placed < demands.Count)
        {
            return CheckResult.Problem(
                $"{detail}; only {placed} of the {demands.Count} pods fit beside what is requested there already: "
                + $"{string.Join(", ", capacities)} free",
                "Remove something, add a node, or run fewer versions.", "kubectl describe nodes");
        }

        var cpu = demands.Sum(demand => demand.Cpu).ToString("0.##", CultureInfo.InvariantCulture);
        var memory = (demands.Sum(demand => demand.Memory) / Mebi).ToString("0", CultureInfo.InvariantCulture);
        detail += $"; there is room for {demands.Count} pods, {cpu} CPU and {memory} MiB";
        if (!architectures.Contains(ownArchitecture) || architectures.Count > 1)
        {
            return CheckResult.Warning(
                $"{detail}; 'bookinfo images build' makes images for {ownArchitecture} here",
                "Build the images on a machine of the nodes' architecture; if the nodes differ, on one machine of each.");
        }

        return pods is not null
            ? CheckResult.Ok(detail)
            : CheckResult.Warning(
                $"{detail} if nothing else runs, which cannot be checked: you are not allowed to list the pods of all namespaces",
                "If pods stay Pending, ask a cluster administrator.");
    }

    /// <summary>Whether the pods can run on a node.</summary>
    /// <param name="node">The node.</param>
    public static bool CanRun(V1Node node) => IsUsable(node) && HasPlatform(node);

    /// <summary>Whether there are images for a node.</summary>
    private static bool HasPlatform(V1Node node) =>
        node.Status?.NodeInfo is { OperatingSystem: "linux", Architecture: "amd64" or "arm64" };

    /// <summary>Whether the scheduler places pods without tolerations on a node.</summary>
    private static bool IsUsable(V1Node node) =>
        node.Spec.Unschedulable != true
        && node.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) == true
        && node.Spec.Taints?.Any(taint => taint.Effect is "NoSchedule" or "NoExecute") != true;

    private static string Describe(V1Node node)
    {
        var ready = node.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "Ready");
        var taint = node.Spec.Taints?.FirstOrDefault(taint => taint.Effect is "NoSchedule" or "NoExecute");
        var why = ready?.Status != "True" ? "not ready" : node.Spec.Unschedulable == true ? "cordoned" : $"has the taint {taint?.Key}";
        return $"; {node.Metadata.Name}: {why}";
    }

    private static string Platform(V1Node node) =>
        node.Status.NodeInfo is { } info ? $"{info.OperatingSystem}/{info.Architecture}" : "of an unknown platform";

    /// <summary>Whether a pod is one of Bookinfo's, which needs no additional room when it is deployed again.</summary>
    private static bool IsOurs(V1Pod pod) =>
        pod.Metadata.Labels is { } labels && labels.Any(label => $"{label.Key}={label.Value}" == DeployedApplication.PartOfBookinfo);
}

/// <summary>What is left of a node after the requests of its pods.</summary>
/// <param name="Node">Its name.</param>
/// <param name="Cpu">CPU, in cores.</param>
/// <param name="Memory">Memory, in bytes.</param>
/// <param name="Pods">How many more pods it takes.</param>
internal sealed record NodeCapacity(string Node, decimal Cpu, decimal Memory, decimal Pods)
{
    /// <summary>Subtracts the requests of the pods from what the node can allocate.</summary>
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
        CultureInfo.InvariantCulture, $"{Node} {Math.Max(0, Cpu):0.##} CPU, {Math.Max(0, Math.Floor(Memory / (1024 * 1024))):0} MiB, "
            + $"{Math.Max(0, Pods):0} pods");
}

/// <summary>What a pod requests from a node and from a quota.</summary>
/// <param name="Cpu">Requested CPU, in cores.</param>
/// <param name="Memory">Requested memory, in bytes.</param>
/// <param name="CpuLimit">The most CPU that it may use, in cores; containers without a limit count as 0.</param>
/// <param name="MemoryLimit">The most memory that it may use, in bytes; containers without a limit count as 0.</param>
internal sealed record PodDemand(decimal Cpu, decimal Memory, decimal CpuLimit, decimal MemoryLimit)
{
    /// <summary>
    /// Adds up a pod as the scheduler does: its containers together, or its biggest init container if that is more, and its overhead. Init
    /// containers that go on running count beside all that start after them.
    /// </summary>
    /// <param name="pod">The pod.</param>
    public static PodDemand Of(V1PodSpec pod) => new(
        Sum(pod, "cpu", resources => resources?.Requests),
        Sum(pod, "memory", resources => resources?.Requests),
        Sum(pod, "cpu", resources => resources?.Limits),
        Sum(pod, "memory", resources => resources?.Limits));

    private static decimal Sum(V1PodSpec pod, string resource, Func<V1ResourceRequirements?, IDictionary<string, ResourceQuantity>?> side)
    {
        decimal Of(V1Container container) => Amount(side(container.Resources), resource);
        decimal sidecars = 0;
        decimal init = 0;
        foreach (var container in pod.InitContainers ?? [])
        {
            init = Math.Max(init, sidecars + Of(container));
            sidecars += PodContainers.IsSidecar(container) ? Of(container) : 0;
        }

        return Math.Max(pod.Containers.Sum(Of) + sidecars, init) + Amount(pod.Overhead, resource);
    }

    /// <summary>The amount of a resource in a list; 0 when it is not there.</summary>
    /// <param name="list">Amounts by resource; <see langword="null"/> for none.</param>
    /// <param name="resource">The resource.</param>
    public static decimal Amount(IDictionary<string, ResourceQuantity>? list, string resource) =>
        list is not null && list.TryGetValue(resource, out var quantity) ? quantity.ToDecimal() : 0;
}

/// <summary>What manifests need from a cluster.</summary>
/// <param name="Pods">What each pod needs.</param>
/// <param name="Images">The images, each once.</param>
/// <param name="NodePorts">The ports of nodes, and the Services that want them.</param>
/// <param name="Services">How many Services there are.</param>
internal sealed record Workload(
    IReadOnlyList<PodDemand> Pods, IReadOnlyList<ImageReference> Images, IReadOnlyDictionary<int, string> NodePorts, int Services)
{
    /// <summary>Adds up manifests.</summary>
    /// <param name="manifests">The objects.</param>
    public static Workload From(IEnumerable<IKubernetesObject> manifests)
    {
        var objects = manifests.ToList();
        var deployments = objects.OfType<V1Deployment>().Where(deployment => deployment.Spec?.Template?.Spec is not null).ToList();
        var services = objects.OfType<V1Service>().ToList();
        return new Workload(
            [.. deployments.SelectMany(
                deployment => Enumerable.Repeat(PodDemand.Of(deployment.Spec.Template.Spec), deployment.Spec.Replicas ?? 1))],
            [.. deployments.SelectMany(deployment => deployment.Spec.Template.Spec.Containers)
                .Select(container => ImageReference.Parse(container.Image)).Distinct()],
            services.SelectMany(service => (service.Spec?.Ports ?? [])
                .Where(port => port.NodePort is not null).Select(port => (port.NodePort!.Value, service.Metadata.Name)))
                .ToDictionary(),
            services.Count);
    }
}
