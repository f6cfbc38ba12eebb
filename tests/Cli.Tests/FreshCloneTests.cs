using Bookinfo.Cli.Terminal;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary>What a person has who has just cloned the repository: sources, and nothing built.</summary>
public sealed class FreshCloneTests : IDisposable
{
    /// <summary>Spaces, and what shells and MSBuild read as something else.</summary>
    private const string Odd = "it's (a) $clone & %é, = @!";

    /// <summary>
    /// Variables that build machines have for other tools, and that MSBuild would take for the properties of these names.
    /// </summary>
    private static readonly Dictionary<string, string> Variables = new()
    {
        ["PLATFORM"] = "linux/amd64",
        ["OUTDIR"] = "/nonexistent/",
        ["OutputPath"] = "/nonexistent/",
        ["RUNTIMEIDENTIFIER"] = "linux-musl-x64",
        ["SELFCONTAINED"] = "true",
        ["IntermediateOutputPath"] = "/nonexistent/",
        ["VERSION"] = "latest",
        ["INFORMATIONALVERSION"] = "latest",
    };

    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("bookinfo clone ");

    public FreshCloneTests()
    {
        Clone = Path.Combine(_parent.FullName, Odd);
        Copy(new DirectoryInfo(WorkingCopy.Root), Clone);
        Link = Path.Combine(_parent.FullName, "link");
        File.CreateSymbolicLink(Link, Path.Combine(Odd, "bookinfo"));
    }

    private string Clone { get; }

    private string Link { get; }

    public void Dispose() => _parent.Delete(recursive: true);

    [Fact]
    public async Task Up_builds_what_is_needed_once_also_after_it_was_ended_and_anew_after_a_change()
    {
        // Nothing is built where that is forbidden.
        await using (var forbidden = Run("up", "--no-build"))
        {
            Assert.Equal(ExitCode.BuildFailed, await forbidden.ExitAsync());
            Assert.Equal("bookinfo: the tool itself is not built yet: run once without --no-build to build it.\n", forbidden.Messages);
            Assert.False(Directory.Exists(Path.Combine(Clone, "artifacts")));
        }

        foreach (var signal in new[] { "INT", "TERM", "KILL" })
        {
            await NothingSurvivesABuildThatIsEndedAsync(signal);
        }

        var ports = FreePorts.Find();
        await using (var first = Run(["up", "--output", "json", .. ports.Options]))
        {
            await first.ReadyAsync();
            Assert.Contains("Building the services", first.Messages);
            Assert.NotEqual("nobody", (await Page.ServedByAsync(ports.Page, reloads: 1))[0]);
            await StopAsync(first);
        }

        await using (var second = Run(["up", "--output", "json", .. FreePorts.Find().Options]))
        {
            await second.ReadyAsync();
            Assert.DoesNotContain("Building", second.Messages);
            await StopAsync(second);
        }

        var source = Path.Combine(Clone, "src", "Bookinfo.Ratings", "Program.cs");
        await File.AppendAllTextAsync(source, "this is no C#\n", TestContext.Current.CancellationToken);
        await using (var broken = Run(["up", .. FreePorts.Find().Options]))
        {
            Assert.Equal(ExitCode.BuildFailed, await broken.ExitAsync());
            Assert.Matches("Building the services; the last time this took [1-9][0-9]* s\\.", broken.Messages);
            Assert.Contains("bookinfo: the build failed. All that it said: artifacts/logs/build.log", broken.Messages);
            Assert.Contains("src/Bookinfo.Ratings/Program.cs(", broken.Messages);
            Assert.Empty(broken.Output);
            await broken.NothingSurvivesAsync();
        }
    }

    private async Task NothingSurvivesABuildThatIsEndedAsync(string signal)
    {
        await using var run = Run(["up", .. FreePorts.Find().Options]);
        // The first time, the tool has to be built before.
        await run.MessageAsync("Building the services");
        // The packages came with those of the tool.
        Assert.True(File.Exists(Path.Combine(Clone, "artifacts", "obj", "Bookinfo.Ratings", "project.nuget.cache")));
        await Eventually.HoldsAsync("its processes", () => run.Alive.Count > 2);

        await run.SignalAsync(signal);

        var exitCode = await run.ExitAsync();
        Assert.Equal(signal == "KILL" ? 137 : ExitCode.Interrupted, exitCode);
        await run.NothingSurvivesAsync();
    }

    private static async Task StopAsync(CommandRun up)
    {
        await up.SignalAsync("TERM");
        Assert.Equal(ExitCode.Success, await up.ExitAsync());
        Assert.Empty(up.Alive);
    }

    private static void Copy(DirectoryInfo from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in from.EnumerateFiles())
        {
            file.CopyTo(Path.Combine(to, file.Name));
        }

        foreach (var directory in from.EnumerateDirectories()
            .Where(directory => directory.Name is not ("artifacts" or ".git" or "bin" or "obj")))
        {
            Copy(directory, Path.Combine(to, directory.Name));
        }
    }

    // Through the link, from a directory that has nothing to do with it.
    private CommandRun Run(params string[] arguments) => CommandRun.Start(Link, arguments, environment: Variables);
}
