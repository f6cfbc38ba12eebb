using System.CommandLine;
using System.CommandLine.Help;
using Bookinfo.Cli.Commands;
using Bookinfo.Cli.Terminal;
using Bookinfo.Foundation;

namespace Bookinfo.Cli;

/// <summary>The <c>bookinfo</c> command line tool.</summary>
public static class Program
{
    /// <summary>Characters in a line of help: what every terminal has, and no more, since long lines are hard to read.</summary>
    private const int HelpWidth = 80;

    /// <summary>Runs a command.</summary>
    /// <param name="args">The command line.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> Main(string[] args)
    {
        AppDomain.CurrentDomain.UnhandledException += static (_, unhandled) =>
        {
            ToolOutput.GiveBackTerminal();
            // In a thread that nobody waits for: neither a stack trace nor a core dump is of use to who sees it.
            ToolOutput.Messages.WriteLine($"bookinfo: {UnforeseenFailure.Describe((Exception)unhandled.ExceptionObject)}");
            Environment.Exit(ToolOutput.End(ExitCode.Failure));
        };
        return ToolOutput.End(await RunAsync(args));
    }

    private static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Runs Bookinfo, the sample application on which service meshes and observability platforms are tried.");
        root.Subcommands.Add(UpCommand.Create());
        root.Subcommands.Add(ImagesCommand.Create());
        root.Subcommands.Add(DoctorCommand.Create());
        root.Subcommands.Add(DeployCommand.Create());
        root.Subcommands.Add(StatusCommand.Create());
        root.Subcommands.Add(DeleteCommand.Create());
        root.Subcommands.Add(CanaryCommand.Create());
        root.Subcommands.Add(LoadCommand.Create());
        root.Subcommands.Add(LedgerCommand.Create());
        root.Subcommands.Add(BaselineCommand.Create());
        root.Subcommands.Add(CompareCommand.Create());
        root.Subcommands.Add(ScenarioCommand.Create());
        root.Subcommands.Add(VerifyCommand.Create());
        root.Subcommands.Add(CompletionCommand.Create());
        FileCompletion.OfferBelow(root);
        // Not with the names that it has on Windows: shells would complete /h and /? wherever a path can stand.
        var help = new HelpAction { MaxWidth = HelpWidth };
        root.Options.Remove(root.Options.OfType<HelpOption>().Single());
        root.Options.Add(new HelpOption("--help", "-h") { Action = help });
        // Without a verb there is nothing to do but to say what there is.
        root.SetAction(help.Invoke);

        return await CommandRunner.GuardAsync(async () =>
        {
            var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
            var mistakes = CommandLineMistakes.Find(args, parsed);
            if (mistakes.Count > 0)
            {
                foreach (var mistake in mistakes)
                {
                    ToolOutput.Messages.WriteLine($"bookinfo: {PrintableText.Clean(mistake)}");
                }

                ToolOutput.Messages.WriteLine($"Try '{CommandLineMistakes.Path(parsed.CommandResult)} --help'.");
                return ExitCode.InvalidUsage;
            }

            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                // Commands deal with signals themselves: the parser's own handling ends the process after two seconds.
                ProcessTerminationTimeout = null,
                Output = ToolOutput.Data,
                Error = ToolOutput.Messages,
            });
        });
    }
}
