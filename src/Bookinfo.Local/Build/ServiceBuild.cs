using System.Text.Json.Nodes;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.Load;

namespace Bookinfo.Local;

/// <summary>Builds the services if any of them is missing or out of date.</summary>
/// <param name="tree">The working copy.</param>
/// <param name="progress">Shows how far the build is.</param>
/// <param name="time">Tells the time and waits.</param>
public sealed class ServiceBuild(SourceTree tree, IWorkProgress progress, TimeProvider time)
{
    private static readonly string[] Release = ["-c", "Release", "-clp:NoSummary", .. DotNetCommand.CommonArguments];

    /// <summary>
    /// Leaves out the analyzers, which take half of the time: of the first build, since what is committed has passed them, and of native
    /// builds, since the usual ones have them.
    /// </summary>
    private static readonly string[] Unanalyzed = ["-p:RunAnalyzers=false"];

    /// <summary>What builds; tests replace it.</summary>
    internal string DotNet { get; init; } = ChildProcess.DotNet;

    /// <summary>Builds the services if any of them is missing or out of date.</summary>
    /// <param name="native">Whether native binaries are needed, rather than assemblies.</param>
    /// <param name="cancellationToken">Ends the build.</param>
    /// <exception cref="OperationFailedException">It failed.</exception>
    public Task RunAsync(bool native, CancellationToken cancellationToken) => native
        ? PublishAsync(NativeProgram.Services, cancellationToken)
        : RunAsync(
            "build.txt", ServiceCatalog.All.Select(service => service.Project), ServiceCatalog.All.Select(tree.Assembly), BuildAsync, ";#",
            cancellationToken);

    /// <summary>Compiles programs to native code if any of them is missing or out of date.</summary>
    /// <param name="programs">The programs.</param>
    /// <param name="cancellationToken">Ends the build.</param>
    /// <exception cref="OperationFailedException">It failed.</exception>
    public async Task PublishAsync(IReadOnlyList<NativeProgram> programs, CancellationToken cancellationToken)
    {
        // Services and other programs may be built at different times, so each group has a state of its own.
        foreach (var group in programs.GroupBy(NativeProgram.Services.Contains))
        {
            await RunAsync(
                $"native-{SourceTree.RuntimeIdentifier}{(group.Key ? "" : "-tools")}.txt",
                group.Select(program => program.Project),
                group.Select(program => tree.NativeExecutable(program.Project)),
                (start, token) => PublishAsync([.. group], start, token),
                ";#'",
                cancellationToken);
        }
    }

    /// <summary>Makes sure that there is something to run, without building it.</summary>
    /// <param name="native">Whether native binaries are needed, rather than assemblies.</param>
    /// <exception cref="OperationFailedException">Something is missing.</exception>
    public void RequireBuilt(bool native) =>
        RequireBuilt(native
            ? NativeProgram.Services.Select(program => tree.NativeExecutable(program.Project))
            : ServiceCatalog.All.Select(tree.Assembly));

    /// <summary>Makes sure that programs are compiled, without compiling them.</summary>
    /// <param name="programs">The programs.</param>
    /// <exception cref="OperationFailedException">One is missing.</exception>
    public void RequireBuilt(IEnumerable<NativeProgram> programs) =>
        RequireBuilt(programs.Select(program => tree.NativeExecutable(program.Project)));

    private void RequireBuilt(IEnumerable<string> files)
    {
        if (Missing(files) is { } file)
        {
            throw new OperationFailedException(
                FailureKind.BuildFailed, $"{tree.Relative(file)} is missing: run once without --no-build to build it.");
        }
    }

    private static string? Missing(IEnumerable<string> files) => files.FirstOrDefault(file => !File.Exists(file));

    private async Task RunAsync(
        string state,
        IEnumerable<string> projects,
        IEnumerable<string> files,
        Func<BuildStart, CancellationToken, Task> build,
        string trouble,
        CancellationToken cancellationToken)
    {
        var stateFile = Path.Combine(tree.BuildState, state);
        var sources = SourceFingerprint.Take(tree, projects);
        var missing = Missing(files) is not null;
        if (!missing && File.Exists(stateFile) && await File.ReadAllTextAsync(stateFile, cancellationToken) == sources)
        {
            return;
        }

        RequireBuildable(trouble);
        Directory.CreateDirectory(tree.BuildState);
        // If the build is interrupted, what is there is not what the state says.
        File.Delete(stateFile);
        var duration = new BuildDuration(Path.ChangeExtension(stateFile, "seconds"));
        using var log = new ProcessLog(Path.Combine(tree.Artifacts, "logs", "build.log"));
        var started = time.GetTimestamp();
        await build(new BuildStart(log, duration.Read(), missing), cancellationToken);
        await File.WriteAllTextAsync(stateFile, sources, cancellationToken);
        duration.Write(time.GetElapsedTime(started));
    }

    /// <summary>
    /// Makes sure that the SDK can build where the sources lie. MSBuild itself can, for the launcher has built the tool there; but ; and #
    /// begin a comment for the compiler of productpage's templates, and an apostrophe ends a text for the targets of the native compiler.
    /// </summary>
    private void RequireBuildable(string trouble)
    {
        if (tree.Root.IndexOfAny([.. trouble]) is var index and >= 0)
        {
            throw new OperationFailedException(
                FailureKind.BuildFailed, $"the path of this working copy contains a {tree.Root[index]}, with which the SDK cannot build "
                    + "the services: move it, or clone it elsewhere.");
        }
    }

    private Task BuildAsync(BuildStart start, CancellationToken cancellationToken) =>
        progress.RunAsync("Building the services", start.LastTime, async _ =>
        {
            // One invocation for all: it restores once and builds what they share once.
            var filter = Path.Combine(tree.BuildState, "services.slnf");
            var names = ServiceCatalog.All.Select(service => service.Project).ToList();
            var solution = new JsonObject
            {
                ["path"] = Path.GetRelativePath(tree.BuildState, tree.SolutionFile),
                ["projects"] = new JsonArray([.. names.Select(name => (JsonNode)tree.Relative(tree.ProjectFile(name)))]),
            };
            await File.WriteAllTextAsync(filter, new JsonObject { ["solution"] = solution }.ToJsonString(), cancellationToken);
            // The build of the tool has just restored. Later, NuGet knows better than the times of files what has changed.
            string[] restore = start.IsFirst && RestoredPackages.AreThere(tree, names) ? ["--no-restore"] : [];
            string[] analyze = start.IsFirst ? Unanalyzed : [];
            await RunAsync(["build", filter, .. restore, .. Release, .. analyze], start.Log, cancellationToken);
        });

    private Task PublishAsync(IReadOnlyList<NativeProgram> programs, BuildStart start, CancellationToken cancellationToken)
    {
        RequireLinker();
        return progress.RunAsync(
            programs is [var only] ? $"Compiling {only.Name} to native code" : "Compiling the services to native code",
            start.LastTime,
            async report =>
            {
                // A solution cannot be published for one runtime, and the native compiler uses all cores for one project anyway.
                foreach (var (index, program) in programs.Index())
                {
                    report($"{program.Name}, {index + 1} of {programs.Count}");
                    await RunAsync(
                        ["publish", tree.ProjectFile(program.Project), "-r", SourceTree.RuntimeIdentifier, .. Release, .. Unanalyzed],
                        start.Log,
                        cancellationToken);
                }
            });
    }

    private static void RequireLinker()
    {
        if (OperatingSystem.IsLinux() && ChildProcess.FindTool("clang") is null && ChildProcess.FindTool("gcc") is null)
        {
            throw new OperationFailedException(
                FailureKind.MissingTool, "native code needs a linker: install it (Debian, Ubuntu: apt-get install clang zlib1g-dev). "
                    + "Without --native, 'up' does not need one.");
        }

        if (OperatingSystem.IsMacOS() && ChildProcess.FindTool("clang") is null)
        {
            throw new OperationFailedException(
                FailureKind.MissingTool, "native code needs a linker: install it (xcode-select --install), or leave out --native.");
        }
    }

    private async Task RunAsync(string[] arguments, ProcessLog log, CancellationToken cancellationToken)
    {
        var command = new DotNetCommand(tree, DotNet, time);
        if (await command.RunAsync(arguments, log, cancellationToken) != 0)
        {
            var logFile = Path.Combine(tree.Artifacts, "logs", "build.log");
            throw new OperationFailedException(
                FailureKind.BuildFailed,
                $"the build failed. All that it said: {tree.Relative(logFile)}"
                    + string.Concat(command.ReadErrors(logFile).Select(error => $"\n  {error}")));
        }
    }

    /// <summary>What a build begins with.</summary>
    /// <param name="Log">Where its output goes.</param>
    /// <param name="LastTime">How long it took the last time; <see langword="null"/> if that is not known.</param>
    /// <param name="IsFirst">Whether some of what it builds is not there yet.</param>
    private sealed record BuildStart(ProcessLog Log, TimeSpan? LastTime, bool IsFirst);
}

/// <summary>A program of ours that is compiled to native code and gets an image of its own.</summary>
/// <param name="Name">Its name: that of the image, and of the executable in it.</param>
/// <param name="Project">The .NET project that it is built from, below <c>src/</c>.</param>
/// <param name="Port">The port that it listens on.</param>
public sealed record NativeProgram(string Name, string Project, int Port)
{
    /// <summary>The services of the catalog.</summary>
    public static IReadOnlyList<NativeProgram> Services { get; } =
        [.. ServiceCatalog.All.Select(service => new NativeProgram(service.Name, service.Project, ServiceCatalog.ServicePort))];

    /// <summary>What sends requests from inside a cluster.</summary>
    public static NativeProgram LoadWorker { get; } = new(WorkerProtocol.ProgramName, "Bookinfo.LoadWorker", WorkerProtocol.Port);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<NativeProgram> All { get; } = [.. Services, LoadWorker];
}
