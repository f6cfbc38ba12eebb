using System.Text.Json;
using Bookinfo.Cli.Terminal;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary><c>bookinfo canary</c> on what <c>up</c> runs: exact shares, walking, and going back.</summary>
public sealed class CanaryUpTests
{
    private readonly FreePorts _ports = FreePorts.Find();

    [Fact]
    public async Task Shares_are_exact_and_a_version_that_fails_is_taken_back()
    {
        await using var up = CommandRun.Start("dotnet", [CommandRun.ToolAssembly, "up", "--no-build", .. _ports.Options]);
        await up.LineAsync(line => line.StartsWith("productpage", StringComparison.Ordinal));

        Assert.Equal("v1=80,v3=20", await AskedAsync("set", "v1=80,v3=20"));
        var served = await Page.ServedByAsync(_ports.Page, reloads: 20);
        Assert.Equal(16, served.Count(name => name == "reviews-v1"));
        Assert.Equal(4, served.Count(name => name == "reviews-v3"));

        var (code, report) = await CanaryAsync("status", "--duration", "2s");
        Assert.Equal(ExitCode.Success, code);
        var versions = report.GetProperty("measured").GetProperty("versions");
        Assert.Equal((80, 20), (Count("v1"), Count("v3")));

        // Nothing takes less than a microsecond.
        (code, report) = await CanaryAsync("set", "v3=100", "--step", "40", "--every", "2s", "--fail-on", "p50>1us");
        Assert.Equal(ExitCode.CanaryFailed, code);
        Assert.Equal("Failed", report.GetProperty("end").GetString());
        Assert.Equal("""{"v1":80,"v3":20}""", JsonSerializer.Serialize(report.GetProperty("asked")));

        (code, report) = await CanaryAsync("set", "v3=100", "--step", "40", "--every", "1s", "--fail-on", "error-rate>1%");
        Assert.Equal((ExitCode.Success, "Arrived"), (code, report.GetProperty("end").GetString()));
        Assert.Equal("v3=100", await AskedAsync("promote", "v3"));
        Assert.Equal("v1=34,v2=33,v3=33", await AskedAsync("rollback"));

        int Count(string version) => versions.GetProperty(version).GetProperty("count").GetInt32();
    }

    [Fact]
    public async Task A_port_without_up_is_told_of()
    {
        await using var run = CommandRun.Start("dotnet", [CommandRun.ToolAssembly, "canary", "status", "--port", $"{_ports.Page}"]);
        Assert.Equal(ExitCode.NotDeployed, await run.ExitAsync());
        Assert.StartsWith($"bookinfo: no 'bookinfo up' of this working copy runs at http://localhost:{_ports.Page}", run.Messages);
    }

    private async Task<string> AskedAsync(params string[] arguments)
    {
        var (code, report) = await CanaryAsync(arguments);
        Assert.Equal(ExitCode.Success, code);
        return string.Join(',', report.GetProperty("asked").EnumerateObject().Select(one => $"{one.Name}={one.Value}"));
    }

    private async Task<(int Code, JsonElement Report)> CanaryAsync(params string[] arguments)
    {
        await using var run = CommandRun.Start(
            "dotnet", [CommandRun.ToolAssembly, "canary", .. arguments, "--port", $"{_ports.Page}", "--output", "json"]);
        var code = await run.ExitAsync();
        Assert.True(run.Output.Length > 0, run.Messages);
        return (code, JsonDocument.Parse(run.Output).RootElement);
    }
}
