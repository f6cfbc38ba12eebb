using System.CommandLine;
using System.CommandLine.Completions;
using System.Text.Json;
using Bookinfo.Cli.Sessions;
using Bookinfo.Cli.Terminal;
using Bookinfo.Cli.Views;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.Scenarios;

namespace Bookinfo.Cli.Commands;

/// <summary><c>bookinfo scenario</c>: breaks things on purpose, says what must then be seen, and takes it back.</summary>
internal static class ScenarioCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command(
            "scenario", "Break Bookinfo in a known way, and say what a platform must then show. docs/scenarios.md explains how.");
        command.Subcommands.Add(CreateList());
        command.Subcommands.Add(CreateShow());
        command.Subcommands.Add(ScenarioStartCommand.Create());
        command.Subcommands.Add(CreateStop());
        command.Subcommands.Add(CreateStatus());
        command.Subcommands.Add(ScenarioScheduleCommand.Create());
        return command;
    }

    /// <summary>The scenarios that come with this working copy.</summary>
    public static ScenarioFiles Files => new(SourceTree.Find().Scenarios);

    /// <summary>Makes the argument that names a scenario.</summary>
    public static Argument<string> Name()
    {
        var argument = new Argument<string>("name")
        {
            HelpName = "name",
            Description = "The scenario: one that 'bookinfo scenario list' shows, or the path of a file of your own.",
        };
        argument.CompletionSources.Add(static _ => Files.Names.Select(static name => new CompletionItem(name)));
        return argument;
    }

    private static Command CreateList()
    {
        var output = TypedOptions.Output("How to write it to stdout. json: one scenario a line.");
        var command = new Command("list", "List the scenarios.") { output };
        command.SetAction(async (result, _) =>
        {
            var scenarios = Files.ReadAll();
            if (result.GetValue(output) == OutputFormat.Json)
            {
                foreach (var scenario in scenarios)
                {
                    await ToolOutput.Data.WriteLineAsync(JsonSerializer.Serialize(scenario, ScenarioJson.Default.Scenario));
                }
            }
            else
            {
                await WriteAsync(ScenarioText.List(scenarios));
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static Command CreateShow()
    {
        var name = Name();
        var output = TypedOptions.Output("How to write it to stdout.");
        var command = new Command("show", "Show a scenario: its story, what it breaks, and what must be seen. Checks a file of your own.")
        {
            name, output,
        };
        command.SetAction(async (result, _) =>
        {
            var scenario = Files.Read(result.GetValue(name)!);
            await WriteAsync(result.GetValue(output) == OutputFormat.Json
                ? [JsonSerializer.Serialize(scenario, ScenarioJson.Default.Scenario)]
                : ScenarioText.Show(scenario));
            return ExitCode.Success;
        });
        return command;
    }

    private static Command CreateStop()
    {
        var name = new Argument<string?>("name")
        {
            HelpName = "name",
            Description = "The scenario. [default: all, and whatever else was set over the management ports]",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var place = new FaultPlaceOptions();
        var command = new Command("stop", "Take the faults away at once, whoever has set them. A 'scenario start' that kept them on ends.")
        {
            name,
        };
        place.AddTo(command);
        command.SetAction((result, _) => OverviewAsync(place.Get(result), async (overview, stop) =>
        {
            // A file of one's own may be named here as it was at its start.
            var set = result.GetValue(name) is { } given ? ScenarioFiles.NameOf(given) : null;
            var removal = await overview.RemoveAsync(set, stop);
            await WriteAsync(removal.Removed.Count > 0
                ? removal.Removed.Select(one => $"{one.Process}: {one.Set} taken away")
                : [set is null ? "No process had faults that could be taken away." : $"No process had the faults of '{set}'."]);
            return await TellSilentAsync(removal.Silent);
        }));
        return command;
    }

    private static Command CreateStatus()
    {
        var place = new FaultPlaceOptions();
        var output = TypedOptions.Output("How to write it to stdout. json: one process a line.");
        var command = new Command(
            "status", "Ask the services which faults they have, how many requests were concerned, and how many got them.")
        {
            output,
        };
        place.AddTo(command);
        command.SetAction((result, _) => OverviewAsync(place.Get(result), async (overview, stop) =>
        {
            var processes = await overview.ReadAsync(stop);
            await WriteAsync(result.GetValue(output) == OutputFormat.Json
                ? processes.Select(static process => JsonSerializer.Serialize(process, FaultOverviewJson.Default.ProcessFaults))
                : ScenarioText.Status(processes));
            return await TellSilentAsync([.. processes.Where(static process => process.Status is null)]);
        }));
        return command;
    }

    private static Task<int> OverviewAsync(FaultPlace place, Func<FaultOverview, CancellationToken, Task<int>> work) =>
        CommandRunner.RunAsync(async signals =>
        {
            var time = TimeProvider.System;
            using var client = new ManagementClient();
            await using var targets = await place.OpenAsync(time, signals.Stop);
            return await work(new FaultOverview(targets, client, time), signals.Stop);
        });

    private static async Task<int> TellSilentAsync(IReadOnlyList<ProcessFaults> silent)
    {
        foreach (var process in silent)
        {
            var problem = PrintableText.ShowInLine($"{process.Target.Name} {process.Problem}");
            await ToolOutput.Messages.WriteLineAsync($"bookinfo: {problem}. Faults that nobody renews end "
                + $"within {Duration.Format(FaultKeeper.TimeToLive)}.");
        }

        return silent.Count > 0 ? ExitCode.TargetUnreachable : ExitCode.Success;
    }

    private static async Task WriteAsync(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            await ToolOutput.Data.WriteLineAsync(line);
        }
    }
}
