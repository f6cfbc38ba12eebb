using System.Text.Json;
using Bookinfo.Cli.Terminal;
using Bookinfo.Contracts;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary>An <c>up</c> with Prometheus, for the tests of a class.</summary>
public sealed class ScenarioSystem : IAsyncLifetime
{
    private readonly FreePorts _ports = FreePorts.Find();
    private CommandRun _up = null!;

    public string Page => $"localhost:{_ports.Page}";

    public string Prometheus => $"localhost:{_ports.Prometheus}";

    /// <summary>The ids of the processes as they were started, by their services.</summary>
    public IReadOnlyDictionary<string, int> Processes { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _up = CommandRun.Bookinfo(
            ["up", "--no-build", "--output", "json", "--prometheus", "--prometheus-port", $"{_ports.Prometheus}", .. _ports.Options]);
        Processes = (await _up.ReadyAsync()).GetProperty("services").EnumerateArray()
            .DistinctBy(service => service.GetProperty("service").GetString())
            .ToDictionary(service => service.GetProperty("service").GetString()!, service => service.GetProperty("pid").GetInt32());
    }

    public async ValueTask DisposeAsync() => await _up.DisposeAsync();
}

/// <summary>Scenarios on real processes with a real Prometheus: what they declare is seen, and nothing of it stays.</summary>
/// <param name="system">The processes.</param>
public sealed class ScenarioRunTests(ScenarioSystem system) : IClassFixture<ScenarioSystem>
{
    /// <summary>Latency, errors, what the services say of themselves, and metrics that lie; bench/scenarios.sh tries all.</summary>
    [Theory]
    [InlineData("slow-ratings")]
    [InlineData("failing-ratings")]
    [InlineData("lying-metrics")]
    public async Task What_a_scenario_declares_is_seen_in_Prometheus_and_clears(string name)
    {
        await using var start = Scenario("start", name, "--check", "--window", "10s", "--output", "json");

        Assert.Equal(ExitCode.Success, await start.ExitAsync());

        var events = Events(start);
        Assert.Equal("began", Text(events[0], "event"));
        Assert.Equal(10, events[0].GetProperty("windowSeconds").GetDouble());
        Assert.Equal("done", Text(events[^1], "event"));
        Assert.Equal("checked", Text(events[^1], "end"));
        Assert.DoesNotContain(events, one => Text(one, "event").StartsWith("not-", StringComparison.Ordinal));
        Assert.True(events[^1].GetProperty("sent").GetInt64() > 0);
        await NothingIsOnAsync();
    }

    [Fact]
    public async Task A_symptom_that_does_not_come_has_an_exit_code_of_its_own()
    {
        using var directory = new TemporaryFile(
            (await File.ReadAllTextAsync(
                Path.Combine(WorkingCopy.Root, "scenarios", "slow-ratings.yaml"), TestContext.Current.CancellationToken))
                .Replace("fixedDelay: 2s", "fixedDelay: 1ms").Replace("within: 30s", "within: 1s"));
        await using var start = Scenario("start", directory.File, "--check");

        Assert.Equal(ExitCode.SymptomMissing, await start.ExitAsync());

        Assert.Contains(" NOT seen after ", start.Output);
        await NothingIsOnAsync();
    }

    [Fact]
    public async Task The_status_counts_what_was_done_and_stop_from_elsewhere_ends_it()
    {
        await using var start = Scenario("start", "failing-ratings", "--output", "json");
        await start.LineAsync(line => line.Contains("\"began\""));
        await Eventually.HoldsAsync(async () =>
        {
            var rules = (await StatusAsync()).SelectMany(process => process.GetProperty("status").GetProperty("sets").EnumerateArray())
                .SelectMany(set => set.GetProperty("rules").EnumerateArray()).ToList();
            return rules is [var rule] && rule.GetProperty("injected").GetInt64() > 0
                && rule.GetProperty("matched").GetInt64() >= rule.GetProperty("injected").GetInt64()
                    ? ""
                    : "one rule that was applied";
        });

        await using var stop = Scenario("stop");
        Assert.Equal(ExitCode.Success, await stop.ExitAsync());
        Assert.Equal("ratings-v1: failing-ratings taken away\n", stop.Output);
        Assert.Equal(ExitCode.Success, await start.ExitAsync());
        Assert.Equal("takenAway", Text(Events(start)[^1], "end"));
        await NothingIsOnAsync();
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public async Task A_signal_takes_everything_back(string signal)
    {
        await using var start = Scenario("start", "ratings-down");
        await start.LineAsync(line => line.Contains("The faults are on: ratings-v1."));

        await start.SignalAsync(signal);

        Assert.Equal(ExitCode.Success, await start.ExitAsync());
        Assert.Contains(" The faults are taken away.\n", start.Output);
        await NothingIsOnAsync();
    }

    [Fact]
    public async Task A_tool_that_is_killed_or_suspended_leaves_nothing_on_for_longer_than_the_time_to_live()
    {
        await using var killed = Scenario("start", "slow-ratings", "--no-traffic");
        await using var suspended = Scenario("start", "details-errors", "--no-traffic");
        await killed.LineAsync(line => line.Contains("The faults are on"));
        await suspended.LineAsync(line => line.Contains("The faults are on"));

        await killed.SignalAsync("KILL");
        await suspended.SignalAsync("STOP");
        await killed.ExitAsync();

        var sets = (await StatusAsync()).SelectMany(process => process.GetProperty("status").GetProperty("sets").EnumerateArray());
        Assert.All(sets, set => Assert.InRange(set.GetProperty("remainingSeconds").GetDouble(), 0, 30));
        await Eventually.HoldsAsync(async () => await IsAnythingOnAsync() ? "the end of the time to live" : "");

        await suspended.SignalAsync("CONT");
        Assert.Equal(ExitCode.Failure, await suspended.ExitAsync());
        Assert.Contains("The faults of details-v1 were not renewed for ", suspended.Output);
        Assert.Contains("The faults have ended by themselves: ", suspended.Output);
        await NothingIsOnAsync();
    }

    /// <summary>Scripts take lines for rows.</summary>
    [Fact]
    public async Task The_table_of_the_status_has_a_line_for_each_row_in_a_pipe()
    {
        var name = new string('n', FaultRuleReader.LongestName);
        using var directory = new TemporaryFile(
            (await File.ReadAllTextAsync(
                Path.Combine(WorkingCopy.Root, "scenarios", "slow-ratings.yaml"), TestContext.Current.CancellationToken))
                .Replace("    delay:", $"    name: {name}\n    delay:"));
        await using var start = Scenario("start", directory.File, "--no-traffic");
        await start.LineAsync(line => line.Contains("The faults are on"));

        await using var status = Scenario("status");
        Assert.Equal(ExitCode.Success, await status.ExitAsync());

        Assert.Matches($"^PROCESS .*\nratings-v1 +mine +{name} +delay +yes +0 +0 +[0-9]+ s\n$", status.Output);
        await start.SignalAsync("INT");
        Assert.Equal(ExitCode.Success, await start.ExitAsync());
    }

    [Fact]
    public async Task A_name_with_a_dot_is_not_cut()
    {
        await using var stop = Scenario("stop", "slow-ratings.old");

        Assert.Equal(ExitCode.Success, await stop.ExitAsync());

        Assert.Equal("No process had the faults of 'slow-ratings.old'.\n", stop.Output);
    }

    [Fact]
    public async Task A_reader_that_leaves_ends_it()
    {
        await using var start = CommandRun.Start(
            "bash", ["-c", $"dotnet {CommandRun.ToolAssembly} scenario start slow-ratings --url {system.Page} | head -1"]);

        await start.ExitAsync();

        await NothingIsOnAsync();
    }

    [Fact]
    public async Task A_process_that_crashes_has_the_faults_again_when_it_is_back()
    {
        await using var start = Scenario("start", "slow-ratings", "--no-traffic");
        await start.LineAsync(line => line.Contains("The faults are on"));
        var ratings = (await StatusAsync()).Single(process => Text(process.GetProperty("target"), "name") == "ratings-v1");
        var startedAt = Text(ratings.GetProperty("status"), "startedAt");

        await Signal.SendAsync("KILL", system.Processes["ratings"]);

        await start.LineAsync(line => line.Contains("ratings-v1 was started meanwhile, and has the faults now."));
        ratings = (await StatusAsync()).Single(process => Text(process.GetProperty("target"), "name") == "ratings-v1");
        Assert.NotEqual(startedAt, Text(ratings.GetProperty("status"), "startedAt"));
        await start.SignalAsync("INT");
        await start.ExitAsync();
        await NothingIsOnAsync();
    }

    private static List<JsonElement> Events(CommandRun run) =>
        [.. run.Output.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];

    private static string Text(JsonElement element, string property) => element.GetProperty(property).GetString()!;

    private CommandRun Scenario(params string[] arguments) => CommandRun.Start(
        "dotnet", [CommandRun.ToolAssembly, "scenario", .. arguments, "--url", system.Page]);

    private async Task<IReadOnlyList<JsonElement>> StatusAsync()
    {
        await using var status = Scenario("status", "--output", "json");
        Assert.Equal(ExitCode.Success, await status.ExitAsync());
        return Events(status);
    }

    private async Task<bool> IsAnythingOnAsync() => (await StatusAsync()).Any(
        process => process.GetProperty("status").GetProperty("sets").GetArrayLength() > 0);

    private async Task NothingIsOnAsync() => Assert.False(await IsAnythingOnAsync());

    /// <summary>A file that is gone afterwards.</summary>
    private sealed class TemporaryFile : IDisposable
    {
        private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory();

        public TemporaryFile(string text)
        {
            File = Path.Combine(_directory.FullName, "mine.yaml");
            System.IO.File.WriteAllText(File, text);
        }

        public string File { get; }

        public void Dispose() => _directory.Delete(recursive: true);
    }
}
