using Bookinfo.Kubernetes;
using k8s;
using k8s.Models;

namespace Bookinfo.Cli.Doctor;

/// <summary>
/// Checks that the namespace is not being deleted, admits our pods, and has no others that its Pod Security level would keep out.
/// </summary>
/// <param name="cluster">The cluster.</param>
/// <param name="name">Its name.</param>
internal sealed class NamespaceCheck(ClusterCheck cluster, string name) : InClusterCheck(cluster)
{
    private const string EnforceLabel = "pod-security.kubernetes.io/enforce";

    /// <inheritdoc/>
    public override string Name => "namespace";

    /// <inheritdoc/>
    protected override async Task<CheckResult> RunAsync(IKubernetes api, CancellationToken cancellationToken)
    {
        V1Namespace space;
        try
        {
            space = await api.CoreV1.ReadNamespaceAsync(name, cancellationToken: cancellationToken);
        }
        catch (Exception exception) when (ClusterFailure.IsNotFound(exception))
        {
            return CheckResult.Ok($"'{name}' does not exist yet; 'deploy' creates it");
        }

        if (space.Status?.Phase == "Terminating")
        {
            return CheckResult.Problem(
                $"'{name}' is being deleted",
                "Wait until it is gone. If it stays, this shows what holds it up:",
                $"kubectl describe namespace {name}");
        }

        var level = Label(space, EnforceLabel);
        if (Injection(space) is { } injection && level is "restricted" or "baseline")
        {
            return CheckResult.Warning(
                $"'{name}' has {injection}, and {EnforceLabel}={level} refuses the init container that comes with it unless the mesh's "
                    + "CNI plugin is installed",
                "Deploy with the mesh's component, which sets the level that it needs, or install the plugin.");
        }

        var others = (await api.CoreV1.ListNamespacedPodAsync(name, cancellationToken: cancellationToken)).All()
            .Count(pod => pod.Status?.Phase is not ("Succeeded" or "Failed")
                && pod.Metadata.Labels?.Any(label => $"{label.Key}={label.Value}" == DeployedApplication.PartOfBookinfo) != true);
        return others > 0 && level != "restricted"
            ? CheckResult.Warning(
                $"'{name}' has {others} {(others == 1 ? "pod" : "pods")} other than Bookinfo's; 'deploy' sets the Pod Security level "
                + "'restricted' there, which may keep them from starting again",
                "Choose another namespace with --namespace, or make sure that they need no privileges.")
            : CheckResult.Ok($"'{name}' is there{(level is null ? "" : $"; Pod Security level '{level}', which our pods pass")}");
    }

    /// <summary>
    /// The label or annotation that makes a mesh inject its proxy into each pod, with an init container that needs more privileges.
    /// </summary>
    private static string? Injection(V1Namespace space) =>
        Label(space, "istio-injection") == "enabled" ? "istio-injection=enabled"
        : Label(space, "istio.io/rev") is { } revision ? $"istio.io/rev={revision}"
        : space.Metadata.Annotations is { } annotations
            && annotations.TryGetValue("linkerd.io/inject", out var inject)
            && inject is "enabled" or "ingress" ? $"linkerd.io/inject={inject}"
        : null;

    private static string? Label(V1Namespace space, string key) =>
        space.Metadata.Labels is { } labels && labels.TryGetValue(key, out var value) ? value : null;
}

/// <summary>Checks that the quotas of the namespace leave room for what is to run there.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="manifests">What is to run.</param>
/// <param name="name">The name of the namespace.</param>
internal sealed class QuotaCheck(ClusterCheck cluster, ManifestsCheck manifests, string name) : InClusterCheck(cluster)
{
    /// <inheritdoc/>
    public override string Name => "quota";

    /// <inheritdoc/>
    public override IReadOnlyList<ICheck> Needs => [.. base.Needs, manifests];

    /// <inheritdoc/>
    protected override async Task<CheckResult> RunAsync(IKubernetes api, CancellationToken cancellationToken)
    {
        var quotas = (await api.CoreV1.ListNamespacedResourceQuotaAsync(name, cancellationToken: cancellationToken)).All();
        if (quotas.Count == 0)
        {
            return CheckResult.Ok($"none in '{name}'");
        }

        var workload = manifests.Workload!;
        var pods = (await api.CoreV1.ListNamespacedPodAsync(
            name, labelSelector: DeployedApplication.PartOfBookinfo, cancellationToken: cancellationToken)).All()
            .Where(pod => pod.Status?.Phase is not ("Succeeded" or "Failed")).Select(pod => PodDemand.Of(pod.Spec)).ToList();
        var services = (await api.CoreV1.ListNamespacedServiceAsync(
            name, labelSelector: DeployedApplication.PartOfBookinfo, cancellationToken: cancellationToken)).All();
        var defaults = (await api.CoreV1.ListNamespacedLimitRangeAsync(name, cancellationToken: cancellationToken)).All()
            .SelectMany(range => range.Spec.Limits).Any(
                limit => limit.Type == "Container" && PodDemand.Amount(limit.DefaultProperty, "cpu") > 0);

        // What is deployed already is included in what the quota counts as used.
        decimal Pods(Func<PodDemand, decimal> amount) => workload.Pods.Sum(amount) - pods.Sum(amount);
        var needs = new Dictionary<string, decimal>
        {
            ["pods"] = Pods(_ => 1),
            ["count/pods"] = Pods(_ => 1),
            ["requests.cpu"] = Pods(pod => pod.Cpu),
            ["cpu"] = Pods(pod => pod.Cpu),
            ["requests.memory"] = Pods(pod => pod.Memory),
            ["memory"] = Pods(pod => pod.Memory),
            ["limits.memory"] = Pods(pod => pod.MemoryLimit),
            ["services"] = workload.Services - services.Count,
            ["services.nodeports"] = workload.NodePorts.Count - services.SelectMany(service => service.Spec.Ports ?? [])
                .Count(port => port.NodePort > 0),
        };
        var lacking = quotas.SelectMany(quota => Lacking(quota, needs, defaults || workload.Pods.All(pod => pod.CpuLimit > 0))).ToList();
        return lacking.Count == 0
            ? CheckResult.Ok(
                $"{string.Join(", ", quotas.Select(quota => quota.Metadata.Name))} of '{name}' {(quotas.Count == 1 ? "has" : "have")} room")
            : CheckResult.Warning(
                string.Join("; ", lacking),
                "Ask a cluster administrator for more, or remove something. This shows what is used:",
                $"kubectl describe resourcequota --namespace {name}");
    }

    private static IEnumerable<string> Lacking(V1ResourceQuota quota, Dictionary<string, decimal> needs, bool cpuIsLimited)
    {
        foreach (var (resource, hard) in quota.Spec.Hard ?? new Dictionary<string, ResourceQuantity>())
        {
            if (resource == "limits.cpu" && !cpuIsLimited)
            {
                yield return $"quota {quota.Metadata.Name} requires a CPU limit for every pod; ours have none, and no LimitRange sets one";
            }
            else if (needs.TryGetValue(resource, out var need) && need > hard.ToDecimal() - PodDemand.Amount(quota.Status?.Used, resource))
            {
                var used = quota.Status?.Used is { } amounts && amounts.TryGetValue(resource, out var amount) ? amount.ToString() : "0";
                yield return $"quota {quota.Metadata.Name} allows {resource} {hard}, of which {used} are used; "
                    + $"{Format(resource, need)} more are needed";
            }
        }
    }

    private static string Format(string resource, decimal amount) =>
        new ResourceQuantity(amount, 0, resource.Contains("memory", StringComparison.Ordinal)
            ? ResourceQuantity.SuffixFormat.BinarySI
            : ResourceQuantity.SuffixFormat.DecimalSI).CanonicalizeString();
}
