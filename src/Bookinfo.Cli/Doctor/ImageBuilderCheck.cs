namespace Bookinfo.Cli.Doctor;

/// <summary>A program that builds images: the first in <c>PATH</c> is the one that <c>images build</c> takes.</summary>
internal sealed class ImageBuilderCheck : ICheck
{
    private const string Advice = "Without, 'bookinfo images build' does not work; 'deploy' does where the cluster has the images. Debian, Ubuntu:";
    private const string InstallCommand = "sudo apt-get install buildah";

    private static readonly string[] Builders = ["buildah", "podman", "docker"];

    /// <inheritdoc/>
    public string Name => "image builder";

    /// <inheritdoc/>
    public CheckPurpose Purpose => CheckPurpose.Images;

    /// <inheritdoc/>
    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (Builders.FirstOrDefault(name => InstalledTool.Find(name) is not null) is not { } name)
        {
            return CheckResult.Warning("there is no buildah, podman or docker in PATH", Advice, InstallCommand);
        }

        var tool = InstalledTool.Find(name)!;
        if (name != "docker")
        {
            return await tool.AskAsync(["--version"], "", cancellationToken) is { } version
                ? CheckResult.Ok($"{name} {InstalledTool.VersionIn(version)}")
                : CheckResult.Warning($"{tool.File} does not run", $"'{name} --version' says why. {Advice}", InstallCommand);
        }

        // Its command says nothing of use without its daemon, and builds reproducibly with the plugin buildx only.
        if (await tool.AskAsync(["version", "--format", "{{.Server.Version}}"], "", cancellationToken) is not { } server)
        {
            return CheckResult.Warning("docker is installed, but its daemon does not answer", $"Start it ('docker version' says what is wrong), or install buildah. {Advice}", InstallCommand);
        }

        return await tool.AskAsync(["buildx", "version"], "", cancellationToken) is null
            ? CheckResult.Warning("docker has no plugin buildx", "Install it: https://docs.docker.com/go/buildx. Or install buildah instead. Debian, Ubuntu:", InstallCommand)
            : CheckResult.Ok($"docker {InstalledTool.VersionIn(server)}, with buildx");
    }
}
