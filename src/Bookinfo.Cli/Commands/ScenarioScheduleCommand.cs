using System.CommandLine;
using Bookinfo.Cli.Sessions;
using Bookinfo.Cli.Terminal;
using Bookinfo.Foundation;
using Bookinfo.Scenarios;

namespace Bookinfo.Cli.Commands;

/// <summary><c>bookinfo scenario schedule</c>: plans a game day, and runs it.</summary>
internal static class ScenarioScheduleCommand
{
    private static readonly FaultPlaceOptions Place = new();

    private static readonly PrometheusOptions Prometheus = new();

    private static readonly Option<long?> Seed = TypedOptions.Whole(
        "--seed", "Chooses scenarios, times and pauses: the same seed, the same game day.", 0, long.MaxValue, usual: 1);

    private static readonly Option<TimeSpan?> For = TypedOptions.Time(
        "--for", "How long it is. [default: 30m]", Timetable.Shortest, TimeSpan.FromHours(24), "from 2m to 24h");

    private static readonly Option<bool> Alerts = new("--alerts")
    {
        Description = "Give alerts time: each scenario lasts until its alerts must fire, and the next one begins when they must be "
            + "resolved. Takes a quarter of an hour for each; 'verify --schedule' then says whether they did.",
    };

    private static readonly Option<string> Only = new("--only")
    {
        HelpName = "names",
        Description = "The scenarios to choose from, separated by commas. [default: all]",
    };

    private static readonly Option<string> File = new("--file")
    {
        HelpName = "file",
        Description = "Write the timetable to this file as JSON. With --run, it is written again after each scenario, with what came "
            + "of it.",
    };

    private static readonly Option<bool> Overwrite = new("--overwrite") { Description = "Replace the file if it exists." };

    private static readonly Option<bool> Run = new("--run")
    {
        Description = "Run it now, with 10 page views a second during the pauses. Ctrl-C ends it and takes the faults away.",
    };

    private static readonly Option<OutputFormat> Output = TypedOptions.Output(
        "How to write to stdout. json: the timetable; with --run, one event a line.");

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command(
            "schedule", "Plan a game day: which scenarios when, with pauses, never two at a time. Each lasts 1 to 3 minutes, or longer "
                + "with --alerts.")
        {
            Seed, For, Alerts, Only, File, Overwrite, Run,
        };
        Prometheus.AddTo(command);
        Place.AddTo(command);
        command.Options.Add(Output);
        OptionRules.RequireTogether(command, static result =>
        {
            OptionRules.Only(result, Overwrite, OptionRules.IsGiven(result, File), File.Name);
            Prometheus.RequireUseful(result, result.GetValue(Run), Run.Name);
            Place.RequireUseful(result, result.GetValue(Run), Run.Name);
        });
        command.SetAction(static (result, _) => CommandRunner.RunAsync(
            signals => new ScheduleSession(Read(result), signals, TimeProvider.System).RunAsync(),
            alsoStop: ToolOutput.Data.Lost));
        return command;
    }

    private static ScheduleOptions Read(ParseResult result) => new(
        ReadScenarios(result.GetValue(Only)),
        (ulong)(result.GetValue(Seed) ?? 1),
        result.GetValue(For) ?? TimeSpan.FromMinutes(30),
        result.GetValue(Alerts),
        result.GetValue(File),
        result.GetValue(Overwrite),
        result.GetValue(Run),
        Place.Get(result),
        Prometheus.GetAddress(result),
        Prometheus.GetWindow(result),
        result.GetValue(Output));

    private static IReadOnlyList<Scenario> ReadScenarios(string? names)
    {
        var files = ScenarioCommand.Files;
        if (names is null)
        {
            return files.ReadAll();
        }

        var list = names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return list.Length > 0
            ? files.ReadSeveral(list)
            : throw new OperationFailedException(FailureKind.InvalidRequest, "--only must name at least one scenario.");
    }
}
