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
        Description = "The first baseline: its file, or its name without .json.",
    };

    private static readonly Argument<string> After = new("after") { HelpName = "after", Description = "The second one." };

    private static readonly Option<string[]> FailOn = new("--fail-on")
    {
        HelpName = "condition",
        Description =
            "End with exit code 14 if a figure has become greater by more than this and the difference is shown to be no chance: p99:+20%, "
            + "'reviews->ratings:p50:+1ms', "
            + "errors:+1% (percentage points), cpu:+30% (of all services), details-v1:cpu:+30%. May be repeated.",
        AllowMultipleArgumentsPerToken = false,
    };

    private static readonly Option<string> Html = new("--html")
    {
        HelpName = "file",
        Description = "Write a page with plots of both there. It needs no network.",
    };

    private static readonly Option<string> Markdown = new("--markdown")
    {
        HelpName = "file",
        Description = "Write the tables there in "
        + "Markdown, as for a pull request."
    };

    private static readonly Option<bool> Overwrite = new("--overwrite") { Description = "Replace these files if they exist." };

    private static readonly Option<OutputFormat> Output = TypedOptions.Output("What goes to standard output.");

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        foreach (var baseline in new[] { Before, After })
        {
            baseline.Validators.Add(static result => OptionRules.Require(
                result,
                result.GetValueOrDefault<string?>(),
                result.Argument.Name,
                OptionRules.IsFileName,
                "must be the file of a baseline, or its name without .json"));
        }

        FailOn.Validators.Add(static result =>
        {
            foreach (var token in result.Tokens.Where(token => FailCondition.TryParse(token.Value) is null))
            {
                result.AddError($"--fail-on '{token.Value}' is not allowed: it {FailCondition.Grammar}.");
            }
        });
        var command = new Command("compare", "Say what differs between two baselines by more than chance, by hop and percentile.")
        {
            Before, After, FailOn, Html, Markdown, Overwrite, Output,
        };
        command.SetAction(static (result, _) => new CompareSession(new CompareOptions(
            result.GetValue(Before)!,
            result.GetValue(After)!,
            [.. (result.GetValue(FailOn) ?? []).Select(static text => FailCondition.TryParse(text) ?? throw new FormatException(text))],
            result.GetValue(Html),
            result.GetValue(Markdown),
            result.GetValue(Overwrite),
            result.GetValue(Output))).RunAsync());
        return command;
    }
}
