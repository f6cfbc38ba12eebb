using System.ComponentModel;
using Bookinfo.Cli.Images;

namespace Bookinfo.Cli.Doctor;

/// <summary>A program that builds images: the one that <c>images build</c> takes by itself.</summary>
internal sealed class ImageBuilderCheck : ICheck
{
    private const string Advice = "Without, 'bookinfo images build' does not work; 'deploy' does where the cluster has the images. Debian, Ubuntu:";
    private const string InstallCommand = "sudo apt-get install buildah";

    /// <inheritdoc/>
    public string Name => "image builder";

    /// <inheritdoc/>
    public CheckPurpose Purpose => CheckPurpose.Images;

    /// <inheritdoc/>
    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(InstalledTool.Patience, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        ImageBuilder builder;
        try
        {
            builder = await ImageBuilder.FindAsync(null, either.Token);
        }
        catch (CommandFailedException failure)
        {
            return CheckResult.Warning(failure.Message, Advice, InstallCommand);
        }
        catch (Exception exception) when (exception is Win32Exception || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return CheckResult.Warning("docker is installed, but its daemon does not answer", $"Start it, or install buildah. {Advice}", InstallCommand);
        }

        return await new InstalledTool(builder.Program).AskAsync(["--version"], cancellationToken) is { } version
            ? CheckResult.Ok($"{builder.Name} {InstalledTool.VersionIn(version)}")
            : CheckResult.Warning($"{builder.Program} does not run", $"'{builder.Name} --version' says why. {Advice}", InstallCommand);
    }
}
