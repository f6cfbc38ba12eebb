using Bookinfo.Foundation;

namespace Bookinfo.Local;

/// <summary>The Aspire dashboard: a program that NuGet has for each platform, fetched when it is first asked for.</summary>
/// <param name="tree">The working copy.</param>
/// <param name="progress">Shows how it goes on.</param>
/// <param name="time">Tells the time and waits.</param>
public sealed class DashboardPackage(SourceTree tree, IWorkProgress progress, TimeProvider time)
{
    private const string PackagePrefix = "Aspire.Dashboard.Sdk.";
    private const string State = "dashboard";

    /// <summary>What restores; tests replace it.</summary>
    internal string DotNet { get; init; } = ChildProcess.DotNet;

    /// <summary>The platform that it is for; tests replace it.</summary>
    internal string Platform { get; init; } = SourceTree.RuntimeIdentifier;

    private string LogFile => Path.Combine(tree.Artifacts, "logs", "dashboard-restore.log");

    /// <summary>Finds the program of this machine's platform.</summary>
    /// <param name="tree">The working copy.</param>
    /// <returns>Its full path; <see langword="null"/> when it has not been fetched, or is not there any more.</returns>
    public static string? Find(SourceTree tree) => Find(tree, SourceTree.RuntimeIdentifier);

    /// <summary>The version that a program is of, as the path of its package says.</summary>
    /// <param name="program">The full path of the program.</param>
    public static string VersionOf(string program) => Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(program)!)!);

    /// <summary>Fetches it, unless it is there.</summary>
    /// <param name="cancellationToken">Ends <c>dotnet restore</c>.</param>
    /// <exception cref="OperationFailedException">There is none for this platform, or it cannot be fetched.</exception>
    public async Task RestoreAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(tree.BuildState);
        // Two runs that need it at the same time would write the same files.
        await using var taken = await FileLock.TakeAsync(Path.Combine(tree.BuildState, $"{State}.lock"), time, cancellationToken);
        if (Find(tree, Platform) is { } found)
        {
            MakeExecutable(found);
            return;
        }

        var duration = new BuildDuration(Path.Combine(tree.BuildState, $"{State}.seconds"));
        var started = time.GetTimestamp();
        await progress.RunAsync(
            $"Fetching the Aspire dashboard for {Platform}", duration.Read(), _ => RunAsync(cancellationToken));
        duration.Write(time.GetElapsedTime(started));
        MakeExecutable(Find(tree, Platform) ?? throw CannotBeHad("NuGet has restored it, and it is not where it should be."));
    }

    private static string? Find(SourceTree tree, string platform)
    {
        var cache = Path.Combine(
            tree.Artifacts, "obj", Path.GetFileNameWithoutExtension(tree.DashboardProject), RestoredPackages.FileName);
        var restored = RestoredPackages.Read(new FileInfo(tree.DashboardProject), cache, File.GetLastWriteTimeUtc(tree.DashboardProject));
        return restored?.ExpectedPackageFiles
            .Where(file => Path.GetFileName(file).StartsWith(PackagePrefix + platform + '.', StringComparison.OrdinalIgnoreCase))
            .Select(file => Path.Combine(Path.GetDirectoryName(file)!, "tools", "Aspire.Dashboard"))
            .FirstOrDefault(File.Exists);
    }

    /// <summary>NuGet has no run bits.</summary>
    private static void MakeExecutable(string program)
    {
        const UnixFileMode Run = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        if (OperatingSystem.IsWindows() || (File.GetUnixFileMode(program) & Run) == Run)
        {
            return;
        }

        try
        {
            File.SetUnixFileMode(program, File.GetUnixFileMode(program) | Run);
        }
        catch (UnauthorizedAccessException)
        {
            throw new OperationFailedException(
                FailureKind.MissingTool, $"the Aspire dashboard cannot be run: '{program}' is not executable, and belongs to somebody "
                    + $"else. 'sudo chmod +x {program}' helps.");
        }
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        using var log = new ProcessLog(LogFile);
        var command = new DotNetCommand(tree, DotNet, time);
        // By force: otherwise NuGet may find that nothing has changed, and leave what it has said before.
        string[] arguments =
            ["restore", tree.DashboardProject, "--force", $"-p:DashboardPlatform={Platform}", .. DotNetCommand.CommonArguments];
        if (await command.RunAsync(arguments, log, cancellationToken) != 0)
        {
            var errors = command.ReadErrors(LogFile).ToList();
            throw CannotBeHad(
                errors.Exists(error => error.Contains("NU1101", StringComparison.Ordinal))
                    ? $"the package sources of NuGet have no {PackagePrefix}{Platform}."
                    : errors is [var first, ..] ? ReasonOf(first) : "'dotnet restore' failed.");
        }
    }

    /// <summary>What an error says behind its place and its code.</summary>
    private static string ReasonOf(string error)
    {
        const string Mark = "error ";
        var start = error.IndexOf(Mark, StringComparison.OrdinalIgnoreCase);
        return (start < 0 ? error : error[(start + Mark.Length)..]).Split(" [")[0].Trim();
    }

    private OperationFailedException CannotBeHad(string reason) => new(
        FailureKind.MissingTool,
        $"the Aspire dashboard cannot be had for this machine ({Platform}): {reason} Leave out --dashboard, or send to a platform of your "
            + $"own: docs/telemetry.md. All that NuGet said: {tree.Relative(LogFile)}");
}
