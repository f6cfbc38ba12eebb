using Bookinfo.Foundation;

namespace Bookinfo.Local;

/// <summary>Runs <c>dotnet</c> to build or to restore, so that nothing of it stays behind.</summary>
/// <param name="tree">The working copy.</param>
/// <param name="program">The <c>dotnet</c> to run.</param>
/// <param name="time">Tells the time and waits.</param>
internal sealed class DotNetCommand(SourceTree tree, string program, TimeProvider time)
{
    private const int MostErrors = 20;

    /// <summary>
    /// Runs a build so that it ends with this process, however that ends: the standard input of the shell is a pipe from here, and when
    /// it is closed the shell ends its process group. What is left of that when the build has ended, which is the compiler's server, is
    /// ended as well.
    /// </summary>
    private const string EndWithParent =
        """
        exec 3<&0
        (read -r _ <&3; kill -KILL 0) >/dev/null 2>&1 &
        "$@" </dev/null 3<&-
        code=$?
        trap '' TERM
        kill -TERM 0
        exit $code
        """;

    /// <summary>
    /// How everything is built: nothing stays behind, neither a worker of MSBuild nor the compiler's server. Where that can be ended with
    /// the build, one compiler for all projects, under a name of its own, saves a quarter of the time.
    /// </summary>
    public static IReadOnlyList<string> CommonArguments { get; } =
    [
        "--nologo", "-v:quiet", "-nodeReuse:false", $"-p:UseSharedCompilation={(ChildProcess.HasSessions ? "true" : "false")}",
        $"-p:SharedCompilationId=bookinfo-{Environment.ProcessId}",
    ];

    /// <summary>Runs it, and waits until it has ended.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="log">Where its output goes.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    /// <returns>Its exit code.</returns>
    public async Task<int> RunAsync(string[] arguments, ProcessLog log, CancellationToken cancellationToken)
    {
        var environment = InheritedEnvironment.SelectForBuild(Environment.GetEnvironmentVariables());
        using var running = ChildProcess.HasSessions
            ? ChildProcess.Start("/bin/sh", ["-c", EndWithParent, "sh", program, .. arguments], environment, tree.Root, log, time)
            : ChildProcess.Start(program, arguments, environment, tree.Root, log, time);
        try
        {
            return await running.Exited.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            running.Kill();
            running.CloseInput();
            await running.Exited;
            throw;
        }
    }

    /// <summary>The lines of its output that tell of errors: the first 20, each once, as MSBuild repeats them for every project.</summary>
    /// <param name="logFile">The file of the log.</param>
    public IEnumerable<string> ReadErrors(string logFile) => File.ReadLines(logFile)
        .Where(line => line.Contains("error", StringComparison.OrdinalIgnoreCase))
        // It says all paths in full.
        .Select(line => line.Trim().Replace(tree.Root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal))
        .Distinct()
        .Take(MostErrors);
}
