using System.CommandLine;
using System.CommandLine.Parsing;
using Bookinfo.Cli.Sessions;
using Bookinfo.Cli.Terminal;

namespace Bookinfo.Cli.Commands;

/// <summary>The option of <c>verify</c> about a game day, and which of the others have an effect with it.</summary>
internal sealed class VerifyScheduleOptions
{
    private readonly Option<string?> _schedule = new("--schedule")
    {
        HelpName = "file",
        Description = "Verify alerts of a game day that is over, and send nothing: say whether each alert that its scenarios declare fired "
            + "and was resolved, in the history of the Prometheus. The file is the timetable that 'scenario schedule --run' wrote.",
    };

    /// <summary>Adds it to the command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        FileCompletion.Offer(_schedule.CompletionSources);
        command.Options.Add(_schedule);
    }

    /// <summary>Rejects what has no effect.</summary>
    /// <param name="result">What was typed.</param>
    /// <param name="url">The address of the page, to which nothing is sent.</param>
    /// <param name="shared">The options that have an effect with a game day as well as without.</param>
    /// <returns>Whether a game day is to be verified.</returns>
    public bool Require(CommandResult result, Argument url, params IEnumerable<Option> shared)
    {
        if (!OptionRules.IsGiven(result, _schedule))
        {
            return false;
        }

        foreach (var option in result.Command.Options.Except([_schedule, .. shared]).Where(option => OptionRules.IsGiven(result, option)))
        {
            result.AddError($"{option.Name} has no effect with {_schedule.Name}: alerts of a game day that is over are verified.");
        }

        if (result.GetResult(url) is { Tokens.Count: > 0 })
        {
            result.AddError($"Leave the url out with {_schedule.Name}: nothing is sent.");
        }

        return true;
    }

    /// <summary>What is asked for; <see langword="null"/> when it is not about a game day.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="prometheus">Where the alerts were.</param>
    /// <param name="selector">A condition on the labels of alerts.</param>
    /// <param name="patience">How much later than a scenario says an alert is waited for.</param>
    /// <param name="output">How to write the report.</param>
    public VerifyScheduleRequest? Read(ParseResult result, Uri? prometheus, string selector, TimeSpan patience, VerifyFormat output) =>
        result.GetValue(_schedule) is { } file ? new VerifyScheduleRequest(file, prometheus, selector, patience, output) : null;
}
