using System.Text.Json;
using Bookinfo.Cli.Terminal;
using Bookinfo.Scenarios;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary><c>bookinfo verify --schedule</c> as a process: a game day that is over, and a real Prometheus.</summary>
/// <param name="system">The processes.</param>
public sealed class VerifyScheduleTests(ScenarioSystem system) : IClassFixture<ScenarioSystem>, IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory();

    private string File => Path.Combine(_directory.FullName, "gameday.json");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task A_game_day_that_is_over_is_held_against_the_history()
    {
        // Nothing that scenario breaks is noticed by an alert.
        var timetable = await PlanAsync("lost-spans");
        var (exit, output) = (-1, "");
        await Eventually.HoldsAsync(async () =>
        {
            // A Prometheus that has just been started has scraped nothing yet.
            var now = TimeProvider.System.GetUtcNow();
            Write(timetable with
            {
                Entries =
                [
                    timetable.Entries[0].With(new ScenarioOutcome(ScenarioEnd.TimeOver, now, now, [], Load: null)
                    {
                        FirstInjectedAt = now,
                        Injected = [new InjectedFault("reviews-v1", "lost", "spanLoss", 2, 1)],
                    }),
                ],
            });
            await using var run = Verify("--schedule", File, "--prometheus", system.Prometheus);
            exit = await run.ExitAsync();
            output = run.Output;
            return exit == ExitCode.TelemetryUnchecked ? output : "";
        });

        Assert.Equal(ExitCode.Success, exit);
        Assert.StartsWith("As declared: the platform has noticed each scenario of the game day, and that it was over.\n", output);
        Assert.Contains("\nalerts of lost-spans at ", output);
        Assert.Contains("\nother alerts", output);
    }

    [Fact]
    public async Task A_game_day_that_was_only_planned_is_refused()
    {
        await PlanAsync("lost-spans");
        await using var run = Verify("--schedule", File, "--prometheus", system.Prometheus);

        Assert.Equal(ExitCode.InvalidUsage, await run.ExitAsync());
        Assert.StartsWith("bookinfo: this game day was planned, and none of its scenarios was run: ", run.Messages);
    }

    [Fact]
    public async Task A_file_that_is_no_timetable_is_refused()
    {
        await using var absent = Verify("--schedule", File);
        Assert.Equal(ExitCode.InvalidUsage, await absent.ExitAsync());
        Assert.StartsWith($"bookinfo: --schedule: the file '{File}' cannot be read: ", absent.Messages);

        System.IO.File.WriteAllText(File, "{}");
        await using var other = Verify("--schedule", File);
        Assert.Equal(ExitCode.InvalidUsage, await other.ExitAsync());
        Assert.StartsWith($"bookinfo: --schedule: '{File}' is not a timetable as 'bookinfo scenario schedule --file'", other.Messages);
    }

    [Theory]
    [InlineData("--rate has no effect with --schedule: alerts of a game day that is over are verified.", "--rate", "5")]
    [InlineData("--seed has no effect with --schedule: alerts of a game day that is over are verified.", "--seed", "5")]
    [InlineData("Leave the url out with --schedule: nothing is sent.", "localhost:1")]
    [InlineData("--schedule has no effect with --scenario: ", "--scenario", "slow-ratings")]
    public async Task Refuses_what_would_be_ignored(string message, params string[] arguments)
    {
        await using var run = Verify(["--schedule", File, .. arguments]);
        Assert.Equal(ExitCode.InvalidUsage, await run.ExitAsync());
        Assert.Contains($"bookinfo: {message}", run.Messages);
    }

    private static CommandRun Verify(params string[] arguments) =>
        CommandRun.Start("dotnet", [CommandRun.ToolAssembly, "verify", .. arguments]);

    private async Task<Timetable> PlanAsync(string scenario)
    {
        await using var plan = CommandRun.Start(
            "dotnet", [CommandRun.ToolAssembly, "scenario", "schedule", "--alerts", "--only", scenario, "--file", File]);
        Assert.Equal(ExitCode.Success, await plan.ExitAsync());
        return TimetableFile.Read("--file", File);
    }

    private void Write(Timetable timetable) =>
        System.IO.File.WriteAllText(File, JsonSerializer.Serialize(timetable, TimetableJson.Default.Timetable));
}
