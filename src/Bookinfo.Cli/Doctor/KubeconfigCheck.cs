using Bookinfo.Cli.Kubernetes;

namespace Bookinfo.Cli.Doctor;

/// <summary>kubectl's configuration: which cluster it is, and as whom.</summary>
/// <param name="kubectl">kubectl.</param>
internal sealed class KubeconfigCheck(KubectlCheck kubectl) : ICheck
{
    /// <inheritdoc/>
    public string Name => "configuration";

    /// <inheritdoc/>
    public CheckPurpose Purpose => CheckPurpose.Deploy;

    /// <inheritdoc/>
    public IReadOnlyList<ICheck> Needs => [kubectl];

    /// <summary>The configuration, once it is read.</summary>
    public Kubeconfig? Config { get; private set; }

    /// <inheritdoc/>
    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            Config = await Kubeconfig.ReadAsync(kubectl.Kubectl!, cancellationToken);
        }
        catch (CommandFailedException failure)
        {
            return CheckResult.Problem(
                failure.Message, "This lists the contexts. To make a cluster on this machine, use kind, k3s or minikube: https://kubernetes.io/docs/tasks/tools", "kubectl config get-contexts");
        }

        var source = Environment.GetEnvironmentVariable("KUBECONFIG") is { Length: > 0 } file ? $"KUBECONFIG {file}" : "~/.kube/config";
        return CheckResult.Ok($"context '{Config.Context}' of {source}: {Config.Client.Host}");
    }
}
