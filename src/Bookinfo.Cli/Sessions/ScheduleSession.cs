using System.Text.Json;
using Bookinfo.Cli.Terminal;
using Bookinfo.Cli.Views;
using Bookinfo.Foundation;
using Bookinfo.Load;
using Bookinfo.Measurement;
using Bookinfo.Scenarios;
using Bookinfo.Traffic;

namespace Bookinfo.Cli.Sessions;

/// <summary>What <c>scenario schedule</c> does.</summary>
/// <param name="options">What the user asked for.</param>
/// <param name="signals">Ctrl-C.</param>
internal sealed class ScheduleSession(ScheduleOptions options, StopSignals signals, TimeProvider time)
{
    private const string FileOption = "--file";

    /// <summary>Page views a second while nothing is wrong.</summary>
    private const double PauseRate = 10;

    /// <summary>Plans the game day, and runs it if that is asked for.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync()
    {
        if (OutputPath.FindProblem([(FileOption, options.File)]) is { } clash)
        {
            throw new OperationFailedException(FailureKind.InvalidRequest, clash);
        }

        ReportOutput.RequireUsable(FileOption, options.File, options.Overwrite);
        var timetable = Timetable.Plan(
            [
                .. options.Scenarios.Select(scenario => options.ForAlerts
                    ? PlannedScenario.ForAlerts(scenario)
                    : new PlannedScenario(scenario.Name)),
            ],
            options.Seed, options.Length, time.GetUtcNow(), ProgramVersion.Text);
        await WriteAsync(timetable, options.Overwrite);
        if (options.Output == OutputFormat.Json && !options.Run)
        {
            await ToolOutput.Data.WriteLineAsync(JsonSerializer.Serialize(timetable, TimetableJson.Default.Timetable));
        }
        else if (options.Output == OutputFormat.Table)
        {
            foreach (var line in ScenarioText.GameDay(timetable))
            {
                await ToolOutput.Data.WriteLineAsync(line);
            }
        }

        return options.Run ? await RunAsync(timetable) : ExitCode.Success;
    }

    private async Task<int> RunAsync(Timetable timetable)
    {
        await using var targets = await options.Place.OpenAsync(time, signals.Stop);
        using var prometheus = (options.Prometheus ?? targets.Prometheus) is { } address ? new PrometheusClient(address) : null;
        var page = options.Place.Url ?? await targets.FindPageAsync(signals.Stop);
        for (var number = 0; number < timetable.Entries.Count; number++)
        {
            var entry = timetable.Entries[number];
            await PauseAsync(page, timetable.BeginsAt + entry.At);
            var session = new ScenarioSession(
                new ScenarioOptions(
                    options.Scenarios.Single(scenario => scenario.Name == entry.Scenario), options.Place with { Url = page }, entry.For,
                    SendsTraffic: true, Check: false, Alerts: true, options.Prometheus, options.Window, options.Seed, options.Output),
                signals,
                time);
            var outcome = await session.RunAsync(targets, prometheus, entry.For);
            timetable = timetable with
            {
                Entries = [.. timetable.Entries.Select((other, index) => index == number ? other.With(outcome) : other)],
            };
            await WriteAsync(timetable, overwrite: true);
            signals.Stop.ThrowIfCancellationRequested();
            if (outcome.End == ScenarioEnd.Expired)
            {
                throw Slept();
            }
        }

        if (options.ForAlerts)
        {
            // Without requests, most alerts stay for as long as their rules look back.
            await PauseAsync(page, timetable.BeginsAt + timetable.Length);
        }

        return ExitCode.Success;
    }

    /// <summary>
    /// As when the machine slept: what comes next would break something when nobody thinks of the game day any more.
    /// </summary>
    private static OperationFailedException Slept() => new(
        FailureKind.Failed, "the game day ends here, as this command did not run, or did not reach Bookinfo, for too long.");

    /// <summary>Sends page views while nothing is wrong.</summary>
    /// <param name="page">The page.</param>
    /// <param name="until">Until when, by the clock on the wall, which goes on while a laptop sleeps.</param>
    /// <exception cref="OperationFailedException">It has become much later.</exception>
    private async Task PauseAsync(Uri page, DateTimeOffset until)
    {
        var length = until - time.GetUtcNow();
        if (length <= TimeSpan.Zero)
        {
            return;
        }

        var load = await ScenarioLoad.PrepareAsync(page, [BookinfoTraffic.PagePath], options.Seed, time, signals.Stop);
        await load.RunAsync(new ConstantProfile(PauseRate, length.TotalSeconds), signals.Stop, signals.Kill);
        signals.Stop.ThrowIfCancellationRequested();
        if (time.GetUtcNow() - until >= FaultKeeper.TimeToLive)
        {
            throw Slept();
        }
    }

    private async Task WriteAsync(Timetable timetable, bool overwrite)
    {
        if (options.File is { } file
            && await ReportOutput.WriteAsync(
                FileOption, file, overwrite, JsonSerializer.Serialize(timetable, TimetableJson.Default.Timetable) + "\n",
                signals.GiveUp) is { } failure)
        {
            throw new OperationFailedException(FailureKind.Failed, failure);
        }
    }
}

/// <summary>What the user asked <c>scenario schedule</c> for.</summary>
/// <param name="Scenarios">The scenarios to choose from.</param>
/// <param name="Seed">Chooses.</param>
/// <param name="Length">How long the game day is.</param>
/// <param name="ForAlerts">Whether alerts must have the time to fire and to be resolved.</param>
/// <param name="File">Where the timetable goes; <see langword="null"/> for no file.</param>
/// <param name="Overwrite">Whether the file may be replaced.</param>
/// <param name="Run">Whether to run it.</param>
/// <param name="Place">Which Bookinfo is to have the faults.</param>
/// <param name="Prometheus">Where to look for symptoms; <see langword="null"/> for the Bookinfo's own.</param>
/// <param name="Window">The window of rates.</param>
/// <param name="Output">How to write to stdout.</param>
internal sealed record ScheduleOptions(
    IReadOnlyList<Scenario> Scenarios,
    ulong Seed,
    TimeSpan Length,
    bool ForAlerts,
    string? File,
    bool Overwrite,
    bool Run,
    FaultPlace Place,
    Uri? Prometheus,
    TimeSpan Window,
    OutputFormat Output);
