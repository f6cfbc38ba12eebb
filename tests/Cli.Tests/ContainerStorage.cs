using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary>A place of its own for what buildah builds, so that the user's images stay as they are.</summary>
internal sealed class ContainerStorage : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bookinfo-storage-");

    /// <param name="driver">The storage driver; empty for the best that this machine has.</param>
    public ContainerStorage(string driver = "")
    {
        var file = Path.Combine(_directory.FullName, "storage.conf");
        File.WriteAllText(file, $"""
            [storage]
            driver = "{driver}"
            graphroot = "{_directory.FullName}/graph"
            runroot = "{_directory.FullName}/run"
            """);
        Environment = new() { ["CONTAINERS_STORAGE_CONF"] = file };
    }

    /// <summary>The variables by which buildah finds it.</summary>
    public Dictionary<string, string> Environment { get; }

    /// <summary>Runs buildah here.</summary>
    /// <returns>What it wrote to stdout.</returns>
    public async Task<string> BuildahAsync(params string[] arguments)
    {
        await using var run = CommandRun.Start("buildah", arguments, environment: Environment);
        Assert.True(await run.ExitAsync() == 0, run.ToString());
        return run.Output;
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
