using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using Bookinfo.Cli.Sessions;
using Bookinfo.Cli.Terminal;
using Bookinfo.Scenarios;
using Bookinfo.Verification;

namespace Bookinfo.Cli.Commands;

/// <summary>The options of <c>verify</c> about a scenario, and which of the others have an effect with it.</summary>
internal sealed class VerifyScenarioOptions
{
    private readonly Option<string?> _scenario = new("--scenario")
    {
        HelpName = "name",
        Description = "Verify that trouble is noticed, and nothing else: run this scenario, one of 'bookinfo scenario list' or a file of "
            + "your own, and say whether each of its symptoms is seen in metrics, traces and by visitors, each of its alerts fires and is "
            + "resolved, and no other fires. Mostly takes 8 to 15 minutes. --alertmanager and --window are about it.",
    };

    private readonly Option<Uri?> _alertmanager = TypedOptions.Url(
        "--alertmanager", "With --scenario: the alerts must arrive at this Alertmanager as well.");

    private readonly Option<TimeSpan?> _window = PrometheusOptions.Window();

    private IReadOnlyList<Option> Own => [_scenario, _alertmanager, _window];

    /// <summary>Makes those of a command.</summary>
    public VerifyScenarioOptions() => _scenario.CompletionSources.Add(
        static _ => ScenarioCommand.Files.Names.Select(static name => new CompletionItem(name)));

    /// <summary>Adds them to the command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        foreach (var option in Own)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Rejects what has no effect.</summary>
    /// <param name="result">What was typed.</param>
    /// <param name="shared">The options that have an effect with a scenario as well as without.</param>
    /// <returns>Whether a scenario is to be verified.</returns>
    public bool Require(CommandResult result, params IEnumerable<Option> shared)
    {
        var isGiven = OptionRules.IsGiven(result, _scenario);
        foreach (var option in isGiven ? result.Command.Options.Except(Own).Except(shared) : [])
        {
            if (OptionRules.IsGiven(result, option))
            {
                result.AddError(
                    $"{option.Name} has no effect with {_scenario.Name}: what it declares is verified, with its own requests.");
            }
        }

        foreach (var option in Own)
        {
            OptionRules.Only(result, option, isGiven, _scenario.Name);
        }

        return isGiven;
    }

    /// <summary>What is asked for; <see langword="null"/> when it is not about a scenario.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="place">Which Bookinfo is meant.</param>
    /// <param name="platforms">Where the rules are, with a condition on the labels of alerts, and where traces are.</param>
    /// <param name="patience">How long each thing is waited for after its time.</param>
    /// <param name="seed">What is left to chance comes from it.</param>
    /// <param name="output">How to write the report.</param>
    public VerifyScenarioRequest? Read(
        ParseResult result, FaultPlace place, VerifiedPlatforms platforms, TimeSpan patience, ulong seed, VerifyFormat output) =>
        result.GetValue(_scenario) is not { } name
            ? null
            : new VerifyScenarioRequest(
                ScenarioCommand.Files.Read(name),
                place,
                platforms,
                result.GetValue(_alertmanager),
                new AlertOptions(result.GetValue(_window) ?? ExpectedSymptom.UsualWindow, patience, platforms.Select, seed),
                output);
}
