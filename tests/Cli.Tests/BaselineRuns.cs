using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary>What the tests of <c>bookinfo baseline</c> as a process have in common.</summary>
public abstract class BaselineRuns : IDisposable
{
    /// <summary>Headers of a page that says how long its parts took.</summary>
    internal const string ServerTiming = "Content-Type: text/html\r\nServer-Timing: total;dur=12.5, details;dur=3.25, "
        + "reviews;dur=8, ratings;dur=5\r\n";

    /// <summary>Where files go; is deleted at the end.</summary>
    private protected string Folder { get; } = Directory.CreateTempSubdirectory().FullName;

    /// <summary>What the files are called, without their extensions.</summary>
    private protected string Name => Path.Combine(Folder, "base");

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs <c>bookinfo baseline</c>.</summary>
    private protected CommandRun Baseline(params string[] arguments) =>
        CommandRun.Start("dotnet", [CommandRun.ToolAssembly, "baseline", .. arguments, "--name", Name]);
}
