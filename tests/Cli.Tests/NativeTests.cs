using Bookinfo.Cli.Terminal;
using Bookinfo.Foundation;
using Bookinfo.Local;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary>
/// What compiles our programs to native code when they are not compiled yet: <c>bookinfo up --native</c> the services, and
/// <c>bookinfo images build</c> the rest. test.sh runs these tests before all others that need those programs, so that they are compiled
/// once.
/// </summary>
[Collection(nameof(ImageContexts))]
[Trait("Needs", "native")]
public sealed class NativeTests
{
    private readonly FreePorts _ports = FreePorts.Find();

    [Fact]
    public async Task Native_binaries_run_and_get_into_images()
    {
        await RunAsync();
        await BuildImagesAsync();
    }

    private async Task RunAsync()
    {
        await using var up = CommandRun.Bookinfo(["up", "--native", "--output", "json", .. _ports.Options]);
        var ready = await up.ReadyAsync();

        AssertQuiet(up);
        foreach (var service in ready.GetProperty("services").EnumerateArray())
        {
            var program = new FileInfo($"/proc/{service.GetProperty("pid")}/exe").LinkTarget;
            Assert.StartsWith(Path.Combine(WorkingCopy.Root, "artifacts", "publish"), program);
        }

        Assert.Equal(["reviews-v1", "reviews-v2", "reviews-v3"], (await Page.ServedByAsync(_ports.Page, reloads: 12)).Distinct().Order());
        await up.SignalGroupAsync("INT");
        Assert.Equal(ExitCode.Success, await up.ExitAsync());
        Assert.Empty(up.Alive);
    }

    private static async Task BuildImagesAsync()
    {
        using var buildah = new FakeTool("buildah", "build*) exit 1 ;;");
        await using var build = CommandRun.Start(
            Path.Combine(WorkingCopy.Root, "bookinfo"), ["images", "build", "--builder", "buildah", "--base", "debian"],
            environment: buildah.Environment);

        Assert.Equal(ExitCode.BuildFailed, await build.ExitAsync());
        Assert.Contains(buildah.Calls, call => call.StartsWith("build ", StringComparison.Ordinal));
        AssertQuiet(build);
        Assert.All(NativeProgram.All, program => Assert.True(
            File.Exists(new SourceTree(WorkingCopy.Root).NativeExecutable(program.Project)), program.Project));
    }

    /// <summary>A compiler that says something warns of what may break in native code alone.</summary>
    private static void AssertQuiet(CommandRun run)
    {
        if (run.Messages.Contains(" to native code", StringComparison.Ordinal))
        {
            Assert.Equal("", File.ReadAllText(Path.Combine(WorkingCopy.Root, "artifacts", "logs", "build.log")));
        }
    }
}
