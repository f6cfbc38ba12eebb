using System.CommandLine;
using Bookinfo.Cli.Sessions;
using Bookinfo.Cli.Terminal;
using Bookinfo.Contracts;
using Bookinfo.Scenarios;

namespace Bookinfo.Cli.Commands;

/// <summary><c>bookinfo scenario start</c>: runs a scenario until its time is over or it is stopped.</summary>
internal static class ScenarioStartCommand
{
    private static readonly Argument<string> Name = ScenarioCommand.Name();

    private static readonly FaultPlaceOptions Place = new();

    private static readonly Option<TimeSpan?> For = TypedOptions.Time(
        "--for", "How long the faults stay. [default: what the scenario says, mostly 10m]", TimeSpan.FromSeconds(1), TimeSpan.FromHours(24),
        "from 1s to 24h");

    private static readonly Option<bool> NoTraffic = new("--no-traffic")
    {
        Description = "Send no requests: something else does.",
    };

    private static readonly Option<bool> Check = new("--check")
    {
        Description = "Look in Prometheus for the symptoms that the scenario declares, take the faults away when all have been seen, and "
            + "wait until they clear. Exits with 16 if one is not seen in time or does not clear.",
    };

    private static readonly Option<bool> Alerts = new("--alerts")
    {
        Description = "With --check: wait for alerts to fire and to resolve as well, which takes minutes.",
    };

    private static readonly PrometheusOptions Prometheus = new();

    private static readonly Option<long?> Seed = TypedOptions.Whole(
        "--seed", "Determines arrivals, requests, and which of them get a fault.", 0, long.MaxValue, usual: 1);

    private static readonly Option<OutputFormat> Output = TypedOptions.Output(
        "How to write to stdout what happens. json: one event a line.");

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command(
            "start", "Run a scenario: set its faults, send its requests, say what to look at and when it was seen. Ctrl-C, 'scenario "
                + "stop' or the end of this command takes the faults away; should it be killed, they end by themselves within "
                + $"{Duration.Format(FaultKeeper.TimeToLive)}.")
        {
            Name, For, NoTraffic, Check, Alerts,
        };
        Prometheus.AddTo(command);
        Place.AddTo(command);
        command.Options.Add(Seed);
        command.Options.Add(Output);
        OptionRules.RequireTogether(command, static result =>
        {
            foreach (var (option, useful, why) in new (Option, bool, string)[]
            {
                (Alerts, result.GetValue(Check), "--alerts has no effect without --check."),
                (For, !result.GetValue(Check), "--for has no effect with --check, which takes as long as the symptoms do."),
            })
            {
                if (OptionRules.IsGiven(result, option) && !useful)
                {
                    result.AddError(why);
                }
            }
        });
        command.SetAction(static (result, _) => CommandRunner.RunAsync(
            signals => new ScenarioSession(Read(result), signals, TimeProvider.System).RunAsync(),
            alsoStop: ToolOutput.Data.Lost));
        return command;
    }

    private static ScenarioOptions Read(ParseResult result) => new(
        ScenarioCommand.Files.Read(result.GetValue(Name)!),
        Place.Get(result),
        result.GetValue(For),
        !result.GetValue(NoTraffic),
        result.GetValue(Check),
        result.GetValue(Alerts),
        Prometheus.GetAddress(result),
        Prometheus.GetWindow(result),
        (ulong)(result.GetValue(Seed) ?? 1),
        result.GetValue(Output));
}
