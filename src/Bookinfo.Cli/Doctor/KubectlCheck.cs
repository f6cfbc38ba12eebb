using Bookinfo.Cli.Kubernetes;

namespace Bookinfo.Cli.Doctor;

/// <summary>kubectl: there, and not too old for the manifests.</summary>
/// <param name="context">The context of <c>--context</c>.</param>
internal sealed class KubectlCheck(string? context) : ICheck
{
    private const string Advice = "Install it (https://kubernetes.io/docs/tasks/tools). 'bookinfo up' does without. macOS: brew install kubectl. Debian, Ubuntu:";
    private const string InstallCommand = "sudo snap install kubectl --classic";

    /// <inheritdoc/>
    public string Name => "kubectl";

    /// <inheritdoc/>
    public CheckPurpose Purpose => CheckPurpose.Deploy;

    /// <summary>kubectl, once it is found.</summary>
    public Kubectl? Kubectl { get; private set; }

    /// <summary>Its version; <see langword="null"/> when it does not say.</summary>
    public Version? Version { get; private set; }

    /// <inheritdoc/>
    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (InstalledTool.Find("kubectl") is not { } tool)
        {
            return CheckResult.Problem("there is no kubectl in PATH", Advice, InstallCommand);
        }

        Kubectl = Kubectl.Find(context);
        Version = await Kubectl.VersionAsync(cancellationToken);
        return Version switch
        {
            null => CheckResult.Problem($"{tool.File} does not tell its version", $"'kubectl version --client' says why. {Advice}", InstallCommand),
            _ when Version < Kubectl.Oldest => CheckResult.Problem(
                $"{Version} is too old: its kustomize does not know all of the manifests, which takes {Kubectl.Oldest}", Advice, InstallCommand),
            _ => CheckResult.Ok($"{Version} ({tool.File})"),
        };
    }
}
