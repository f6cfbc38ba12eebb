using System.CommandLine;
using Bookinfo.Cli.Sessions;
using Bookinfo.Cli.Terminal;
using Bookinfo.Measurement;

namespace Bookinfo.Cli.Commands;

/// <summary><c>bookinfo compare</c>: what differs between two baselines, and whether that is more than chance.</summary>
internal static class CompareCommand
{
    private static readonly Argument<string> Before = new("before")
    {
        HelpName = "before",
        Description = "The first baseline: its file, or its name without .json. Or, alone, the file of two systems measured in turns.",
    };

    private static readonly Argument<string?> After = new("after")
    {
        HelpName = "after",
        Description = "The second baseline.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<bool> All = new("--all")
    {
        Description = "Show all figures, not only those that differ or are inconclusive.",
    };

    private static readonly ConditionOptions<FailCondition> Conditions = new(
        "Exit with 14 if a figure became greater by more than this, and with 15 if that cannot be decided: p99:+20%, "
            + "'reviews->ratings:p50:+1ms', errors:+1% (percentage points), cpu:+30% (of all services), details-v1:cpu:+30%. "
            + "May be repeated.",
        FailCondition.Grammar,
        FailCondition.TryParse);

    private static readonly Option<string> Html = new("--html")
    {
        HelpName = "file",
        Description = "Write a page with plots of both to this file. It needs no network.",
    };

    private static readonly Option<string> Markdown = new("--markdown")
    {
        HelpName = "file",
        Description = "Write the tables to this file in Markdown, for example for a pull request.",
    };

    private static readonly Option<bool> Overwrite = new("--overwrite")
    {
        Description = "Replace the files of --html and --markdown if they exist.",
    };

    private static readonly Option<OutputFormat> Output = TypedOptions.Output("How to write the outcome to stdout.");

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        foreach (var baseline in new Argument[] { Before, After })
        {
            FileCompletion.Offer(baseline.CompletionSources);
            baseline.Validators.Add(static result => OptionRules.Require(
                result,
                result.GetValueOrDefault<string?>(),
                result.Argument.Name,
                OptionRules.IsFileName,
                "must be the file of a baseline, or its name without .json"));
        }

        var command = new Command("compare", "Say what differs by more than chance between two baselines, by hop and percentile.")
        {
            Before, After, Conditions.FailOn, Conditions.Inconclusive, All, Html, Markdown, Overwrite, Output,
        };
        OptionRules.RequireTogether(command, static result =>
        {
            Conditions.RequireUseful(result);
            OptionRules.Only(
                result, Overwrite, OptionRules.IsGiven(result, Html) || OptionRules.IsGiven(result, Markdown),
                $"{Html.Name} or {Markdown.Name}");
        });
        command.SetAction(static (result, _) => new CompareSession(new CompareOptions(
            result.GetValue(Before)!,
            result.GetValue(After),
            Conditions.Get(result),
            result.GetValue(Conditions.Inconclusive),
            result.GetValue(All),
            result.GetValue(Html),
            result.GetValue(Markdown),
            result.GetValue(Overwrite),
            result.GetValue(Output))).RunAsync());
        return command;
    }
}
