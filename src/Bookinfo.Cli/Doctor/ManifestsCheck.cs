using Bookinfo.Foundation;
using Bookinfo.Kubernetes;
using k8s;
using YamlDotNet.Core;

namespace Bookinfo.Cli.Doctor;

/// <summary>
/// The manifests that <c>deploy</c> applies when no other overlay is asked for. Later checks look at what they need from a cluster.
/// </summary>
/// <param name="kubectl">kubectl.</param>
/// <param name="tree">The source tree that contains them.</param>
internal sealed class ManifestsCheck(KubectlCheck kubectl, SourceTree tree) : ICheck
{
    /// <inheritdoc/>
    public string Name => "manifests";

    /// <inheritdoc/>
    public CheckPurpose Purpose => CheckPurpose.Deploy;

    /// <inheritdoc/>
    public IReadOnlyList<ICheck> Needs => [kubectl];

    /// <summary>What the manifests would run, once they are rendered.</summary>
    public Workload? Workload { get; private set; }

    /// <inheritdoc/>
    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        var overlay = Path.Combine(tree.Root, "deploy", "overlays", "nodeport");
        var rendered = await kubectl.Kubectl!.RunOfflineAsync(["kustomize", overlay], cancellationToken);
        if (!rendered.Succeeded)
        {
            return Broken(overlay, ClusterFailure.Shorten(rendered));
        }

        try
        {
            // Also because what it allows has a depth that can be read below.
            Manifests.Parse(rendered.Output);
            Workload = Workload.From(KubernetesYaml.LoadAllFromString(rendered.Output).OfType<IKubernetesObject>());
        }
        catch (Exception exception) when (exception is OperationFailedException or YamlException or KeyNotFoundException)
        {
            return Broken(overlay, exception.Message);
        }

        if (Workload.Pods.Count == 0)
        {
            return Broken(overlay, "there is no Deployment in it");
        }

        return CheckResult.Ok($"{tree.Relative(overlay)}: {Workload.Pods.Count} pods, {Workload.Images.Count} images");
    }

    private CheckResult Broken(string overlay, string why) => CheckResult.Problem(
        $"{tree.Relative(overlay)} cannot be rendered: {why}", "Undo what was changed there:",
        $"git diff -- {tree.Relative(overlay)}/../..");
}
