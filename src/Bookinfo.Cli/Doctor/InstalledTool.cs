using System.ComponentModel;
using System.Text.RegularExpressions;
using Bookinfo.Cli.Images;
using Bookinfo.Cli.Local;

namespace Bookinfo.Cli.Doctor;

/// <summary>A program on this machine that is asked something.</summary>
/// <param name="File">Its path.</param>
internal sealed partial record InstalledTool(string File)
{
    /// <summary>Programs that are asked who they are answer at once, unless their daemon hangs.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Looks in <c>PATH</c>.</summary>
    /// <param name="name">Its name, without .exe.</param>
    /// <returns>The program; <see langword="null"/> when it is not there.</returns>
    public static InstalledTool? Find(string name) =>
        ChildProcess.FindTool(OperatingSystem.IsWindows() ? $"{name}.exe" : name) is { } file ? new InstalledTool(file) : null;

    /// <summary>Takes the version out of what a program says.</summary>
    /// <param name="text">For instance <c>buildah version 1.28.2 (image-spec 1.0)</c>.</param>
    /// <returns>For instance <c>1.28.2</c>; <see langword="null"/> when there is none.</returns>
    public static string? VersionIn(string text) => VersionNumber().Match(text) is { Success: true } match ? match.Value : null;

    /// <summary>Runs it.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What it wrote to stdout; <see langword="null"/> when it cannot be run, fails, or does not answer in time.</returns>
    public async Task<string?> AskAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await ToolProcess.RunAsync(File, arguments, AppContext.BaseDirectory, either.Token) is { ExitCode: 0 } result ? result.Output : null;
        }
        catch (Exception exception) when (exception is Win32Exception || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    [GeneratedRegex(@"\d+\.\d+(?:\.\d+)?")]
    private static partial Regex VersionNumber();
}
