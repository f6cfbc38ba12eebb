using System.Text.Json;
using Bookinfo.Cli.Terminal;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary><c>bookinfo verify --scenario</c> as a process: on real processes, with a real Prometheus and our rules.</summary>
/// <param name="system">The processes.</param>
public sealed class VerifyScenarioTests(ScenarioSystem system) : IClassFixture<ScenarioSystem>, IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory();

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task A_platform_that_notices_is_right()
    {
        // The alert that comes with it takes minutes.
        var scenario = await ScenarioAsync(text => string.Concat(
            text[..text.IndexOf("  alerts:", StringComparison.Ordinal)], text[text.IndexOf("  visitor:", StringComparison.Ordinal)..]));
        await using var run = Verify("--scenario", scenario, "--window", "10s", "--output", "json");

        Assert.Equal(ExitCode.Success, await run.ExitAsync());

        var report = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal(("exact", "mine"), (Text(report, "verdict"), Text(report, "scenario")));
        Assert.True(report.GetProperty("requests").GetInt64() > 0);
        var signals = report.GetProperty("signals").EnumerateArray().ToList();
        Assert.Equal(["alerts", "visitors"], signals.Select(one => Text(one, "signal")));
        Assert.Matches(
            "^Two of three pages, .*: [1-9][0-9]* of [0-9]+ views of /productpage, ", signals[1].GetProperty("notes")[0].GetString()!);
        var signal = signals[0];
        var injected = Assert.Single(signal.GetProperty("alerts").GetProperty("injected").EnumerateArray());
        Assert.True(injected.GetProperty("injected").GetInt64() > 0);
        Assert.All(
            signal.GetProperty("alerts").GetProperty("symptoms").EnumerateArray(),
            symptom => Assert.True(symptom.GetProperty("goneAfterSeconds").GetDouble() > 0));
        Assert.Contains(" The faults are on: ratings-v1.", run.Messages);
        await NothingIsOnAsync();
    }

    [Fact]
    public async Task A_rule_that_is_not_there_is_found_before_anything_is_broken()
    {
        var scenario = await ScenarioAsync(text => text.Replace("BookinfoPageViewsSlow", "NoSuchAlert", StringComparison.Ordinal));
        await using var run = Verify("--scenario", scenario);

        Assert.Equal(ExitCode.TelemetryDiffers, await run.ExitAsync());

        Assert.StartsWith("Differs from what 'mine' declares: 1 finding.\n", run.Output);
        Assert.Contains("\nalert-missing: NoSuchAlert (severity page) cannot fire: no rule has this name.\n", run.Output);
        Assert.DoesNotContain("The faults are on", run.Messages);
    }

    [Fact]
    public async Task A_platform_of_traces_that_does_not_answer_is_found_before_anything_is_broken()
    {
        using var nobody = new ClosedPort();
        await using var run = Verify("--scenario", "lost-spans", "--zipkin", nobody.Address.AbsoluteUri);

        Assert.Equal(ExitCode.TargetUnreachable, await run.ExitAsync());

        Assert.Contains($"bookinfo: no Zipkin answers at {nobody.Address}", run.Messages);
        Assert.DoesNotContain("The faults are on", run.Messages);
    }

    [Fact]
    public async Task Ctrl_C_takes_the_faults_away()
    {
        await using var run = Verify("--scenario", "slow-ratings");
        await run.DoesAsync("the faults", () => run.Messages.Contains("The faults are on", StringComparison.Ordinal));

        await run.SignalAsync("INT");

        Assert.Equal(ExitCode.Interrupted, await run.ExitAsync());
        Assert.Contains(" The faults are taken away.\n", run.Messages);
        Assert.Empty(run.Output);
        await NothingIsOnAsync();
    }

    [Theory]
    [InlineData("--rate has no effect with --scenario: what it declares is verified, with its own requests.",
        "--scenario", "slow-ratings", "--rate", "5")]
    [InlineData("--ledger has no effect with --scenario: what it declares is verified, with its own requests.",
        "--scenario", "slow-ratings", "--ledger", "a")]
    [InlineData("--loki has no effect with --scenario: what it declares is verified, with its own requests.",
        "--scenario", "slow-ratings", "--loki", "localhost:1")]
    [InlineData("--tenant has no effect without --tempo or --loki.", "--scenario", "slow-ratings", "--tenant", "a")]
    [InlineData("--alertmanager has no effect without --scenario.", "--alertmanager", "localhost:1")]
    [InlineData("--window has no effect without --scenario.", "--window", "10s")]
    public async Task Refuses_what_would_be_ignored(string message, params string[] arguments)
    {
        await using var run = Verify(arguments);
        Assert.Equal(ExitCode.InvalidUsage, await run.ExitAsync());
        Assert.Contains($"bookinfo: {message}\n", run.Messages);
    }

    private static string Text(JsonElement element, string property) => element.GetProperty(property).GetString()!;

    private CommandRun Verify(params string[] arguments) =>
        CommandRun.Start("dotnet", [CommandRun.ToolAssembly, "verify", system.Page, .. arguments]);

    private async Task NothingIsOnAsync()
    {
        await using var stop = CommandRun.Start("dotnet", [CommandRun.ToolAssembly, "scenario", "stop", "--url", system.Page]);
        Assert.Equal(ExitCode.Success, await stop.ExitAsync());
        Assert.Equal("No process had faults that could be taken away.\n", stop.Output);
    }

    /// <summary>A scenario like that of slow ratings.</summary>
    private async Task<string> ScenarioAsync(Func<string, string> change)
    {
        var file = Path.Combine(_directory.FullName, "mine.yaml");
        var text = await File.ReadAllTextAsync(
            Path.Combine(WorkingCopy.Root, "scenarios", "slow-ratings.yaml"), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(file, change(text), TestContext.Current.CancellationToken);
        return file;
    }
}
