using System.Text.Json;
using Bookinfo.Cli.Terminal;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary><c>bookinfo scenario</c>, as far as it needs nothing that runs.</summary>
public sealed class ScenarioCommandTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory();

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task The_list_has_a_line_for_each_that_fits_a_terminal()
    {
        var (output, _) = await RunAsync(ExitCode.Success, "list");

        var lines = output.TrimEnd('\n').Split('\n');
        Assert.StartsWith("NAME ", lines[0]);
        Assert.Contains(lines, line => line.StartsWith("slow-ratings ", StringComparison.Ordinal) && line.Contains(" two seconds late"));
        Assert.Equal(Directory.EnumerateFiles(Path.Combine(WorkingCopy.Root, "scenarios"), "*.yaml").Count(), lines.Length - 1);
        Assert.All(lines, line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public async Task A_scenario_is_shown_as_text_and_as_JSON()
    {
        var (text, _) = await RunAsync(ExitCode.Success, "show", "slow-ratings");
        Assert.StartsWith("Ratings answers every request two seconds late\n\n", text);
        Assert.Contains("\nFor a trainer: ", text);
        Assert.Contains(
            """ratings: { "match": { "route": "/ratings/{id?}", "method": "GET" }, "delay": { "fixedDelay": "2s" } }""",
            text.Replace("\n    ", " "));
        Assert.Contains("\n  - 10 requests/s: /productpage\n", text);
        // Questions to Prometheus can be copied: with a window, and no word cut.
        Assert.Contains("_bucket{service_peer_name=\"ratings\"}[15s])", text);
        Assert.All(
            text.Split('\n').Where(line => !line.Contains("rate(", StringComparison.Ordinal)), line => Assert.True(line.Length < 80, line));

        var (json, _) = await RunAsync(ExitCode.Success, "show", "slow-ratings", "--output", "json");
        var scenario = JsonDocument.Parse(json).RootElement;
        Assert.Equal("slow-ratings", scenario.GetProperty("name").GetString());
        Assert.Equal("2s", scenario.GetProperty("faults")[0].GetProperty("delay").GetProperty("fixedDelay").GetString());
        Assert.Equal("30s", scenario.GetProperty("symptoms").GetProperty("metrics")[0].GetProperty("within").GetString());
    }

    [Fact]
    public async Task A_file_of_one_s_own_is_told_its_mistakes_with_line_and_column()
    {
        var file = Path.Combine(_directory.FullName, "mine.yaml");
        await File.WriteAllTextAsync(
            file,
            (await File.ReadAllTextAsync(
                Path.Combine(WorkingCopy.Root, "scenarios", "slow-ratings.yaml"), TestContext.Current.CancellationToken))
                .Replace("fixedDelay", "fixedDealy").Replace("title:", "titel:"),
            TestContext.Current.CancellationToken);

        foreach (var verb in new[] { "show", "start" })
        {
            var (_, messages) = await RunAsync(ExitCode.InvalidUsage, verb, file);

            Assert.StartsWith("bookinfo: this scenario is not allowed:\n", messages);
            Assert.Contains($"\n{file}:2:1: titel is not known: ", messages);
            Assert.Contains(" Did you mean title?\n", messages);
            Assert.Contains(": faults[0].delay.fixedDealy is not known: ", messages);
            Assert.EndsWith(" Did you mean fixedDelay?\n", messages);
        }
    }

    [Theory]
    [InlineData("there is no scenario 'slow-rating'. Did you mean slow-ratings?", "show", "slow-rating")]
    [InlineData("--alerts has no effect without --check.", "start", "slow-ratings", "--alerts")]
    [InlineData("--for has no effect with --check", "start", "slow-ratings", "--check", "--for", "1m")]
    [InlineData("--window '1s' is not allowed: it must be a time from 10s to 10m", "start", "slow-ratings", "--window", "1s")]
    [InlineData("--file: '/dev/stdout' is where the report goes: name another file.", "schedule", "--file", "/dev/stdout")]
    [InlineData("--for '1s' is not allowed: it must be a time from 2m to 24h", "schedule", "--for", "1s")]
    [InlineData("there is no scenario 'nothing'.", "schedule", "--only", "nothing")]
    [InlineData("--overwrite has no effect without --file.", "schedule", "--overwrite", "--run")]
    [InlineData("--prometheus has no effect without --run.", "schedule", "--prometheus", "localhost:9090")]
    [InlineData("--window has no effect without --run.", "schedule", "--window", "30s", "--run=false")]
    [InlineData("--url has no effect without --run.", "schedule", "--url", "localhost:30080")]
    [InlineData("--namespace has no effect without --run.", "schedule", "--namespace", "shop")]
    [InlineData("--context has no effect without --run.", "schedule", "--context", "kind")]
    [InlineData("--only must name at least one scenario.", "schedule", "--only", ",")]
    [InlineData("'a/mine.yaml' and 'b/mine.yaml' have the same name, 'mine': ", "schedule", "--only", "a/mine.yaml,b/mine.yaml")]
    [InlineData("--file: the file '/proc/x/y' cannot be written: its directory does not exist", "schedule", "--file", "/proc/x/y")]
    public async Task What_is_not_allowed_is_said(string message, params string[] arguments)
    {
        var (_, messages) = await RunAsync(ExitCode.InvalidUsage, arguments);

        Assert.StartsWith($"bookinfo: {message}", messages);
    }

    [Theory]
    [InlineData("start", "slow-ratings", "--no-traffic")]
    [InlineData("status")]
    [InlineData("stop")]
    public async Task Without_a_Bookinfo_it_says_what_to_do(params string[] arguments)
    {
        var port = FreePort.Find();

        var (_, messages) = await RunAsync(ExitCode.NotDeployed, [.. arguments, "--url", $"localhost:{port}"]);

        Assert.StartsWith($"bookinfo: no 'bookinfo up' of this working copy runs at http://localhost:{port}: start it, ", messages);
    }

    [Theory]
    [InlineData(0, "Usage: bench/scenarios.sh ", "--help")]
    [InlineData(2, "", "--everything")]
    [InlineData(2, "", "slow-ratings", "no-such-scenario")]
    public async Task The_script_that_tries_scenarios_knows_which_there_are(int exitCode, string output, params string[] arguments)
    {
        await using var run = CommandRun.Start(Path.Combine(WorkingCopy.Root, "bench", "scenarios.sh"), arguments);

        Assert.Equal(exitCode, await run.ExitAsync());
        Assert.StartsWith(output, run.Output);
        Assert.Equal(output.Length == 0, run.Output.Length == 0);
    }

    [Fact]
    public async Task A_check_needs_a_Prometheus()
    {
        var (_, messages) = await RunAsync(
            ExitCode.InvalidUsage, "start", "slow-ratings", "--check", "--url", $"localhost:{FreePort.Find()}");

        Assert.StartsWith("bookinfo: --check needs a Prometheus to look in: ", messages);
    }

    [Fact]
    public async Task A_game_day_is_planned_and_written()
    {
        var file = Path.Combine(_directory.FullName, "day.json");
        var (table, _) = await RunAsync(
            ExitCode.Success, "schedule", "--seed", "7", "--for", "10m", "--only", "slow-ratings,cpu-hog", "--file", file);
        var lines = table.TrimEnd('\n').Split('\n');
        Assert.Matches(@"^ *AT +FOR +CLOCK +SCENARIO$", lines[0]);
        Assert.All(lines.Skip(1), line => Assert.Matches(@"^ *\d+:\d\d +\d:\d\d +[\d:]{8} to [\d:]{8} +(slow-ratings|cpu-hog)$", line));

        var written = JsonDocument.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).RootElement;
        Assert.Equal((7, "600s"), (written.GetProperty("seed").GetInt32(), written.GetProperty("length").GetString()));
        Assert.Equal(lines.Length - 1, written.GetProperty("entries").GetArrayLength());

        var (json, _) = await RunAsync(
            ExitCode.Success, "schedule", "--seed", "7", "--for", "10m", "--only", "cpu-hog,slow-ratings", "--output", "json");
        Assert.Equal(
            Times(written), Times(JsonDocument.Parse(json).RootElement));

        var (_, refused) = await RunAsync(ExitCode.InvalidUsage, "schedule", "--file", file);
        Assert.Equal($"bookinfo: --file: the file '{file}' exists. Name another one, or say --overwrite.\n", refused);
    }

    private static IEnumerable<string?> Times(JsonElement timetable) =>
        timetable.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("at").GetString());

    private static async Task<(string Output, string Messages)> RunAsync(int exitCode, params string[] arguments)
    {
        await using var run = CommandRun.Start("dotnet", [CommandRun.ToolAssembly, "scenario", .. arguments]);
        var actual = await run.ExitAsync();
        Assert.True(exitCode == actual, $"{actual}\n{run}");
        return (run.Output, run.Messages);
    }
}
