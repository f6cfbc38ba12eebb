using Bookinfo.Cli.Terminal;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary><c>bookinfo up --native</c>, which compiles the services when they are not compiled yet.</summary>
public sealed class NativeTests
{
    private readonly FreePorts _ports = FreePorts.Find();

    [Fact]
    public async Task Runs_native_binaries()
    {
        await using var up = CommandRun.Bookinfo(["up", "--native", "--output", "json", .. _ports.Options]);
        var ready = await up.ReadyAsync();

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
}
