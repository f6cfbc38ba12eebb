using Bookinfo.Kubernetes;
using k8s;
using k8s.Models;

namespace Bookinfo.Cli.Doctor;

/// <summary>The namespace: not on its way out, not full of others' pods that would suffer, and letting ours in.</summary>
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
            return CheckResult.Ok($"'{name}' is not there yet; 'deploy' makes it");
        }

        if (space.Status?.Phase == "Terminating")
        {
            return CheckResult.Problem(
                $"'{name}' is being deleted",
                "Wait until it is gone. If it stays, this says what holds it:",
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
                $"'{name}' has {others} {(others == 1 ? "pod" : "pods")} of others; 'deploy' sets the Pod Security level 'restricted' "
                + "there, which may keep them from starting again",
                "Choose another with --namespace, or make sure that they do without privileges.")
            : CheckResult.Ok($"'{name}' is there{(level is null ? "" : $"; Pod Security level '{level}', which our pods pass")}");
    }

    /// <summary>
    /// The label or annotation by which a mesh puts its proxy, with an init container that wants more than ours, into each pod.
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
