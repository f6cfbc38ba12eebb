using System.CommandLine;
using System.Globalization;
using Bookinfo.Cli.Terminal;
using Bookinfo.Cli.Views;
using Bookinfo.Foundation;
using Bookinfo.Load;
using Bookinfo.Verification;

namespace Bookinfo.Cli.Commands;

/// <summary><c>bookinfo ledger</c>: shows what <c>load --ledger</c> recorded, to check what a platform shows against it.</summary>
internal static class LedgerCommand
{
    private static readonly Argument<string> File = new("file") { HelpName = "file", Description = "The file that 'load --ledger' wrote." };

    private static readonly Option<string[]> Where = new("--where")
    {
        HelpName = "condition",
        Description = "Show only requests for which this holds: 'status>=500', 'latency>50ms', 'error!=none', 'version=v3', "
            + "'kind=visitor', 'trace=<trace id>', 'ratings>10ms'. May be repeated: all must hold.",
        AllowMultipleArgumentsPerToken = false,
    };

    private static readonly Option<bool> Csv = new("--csv") { Description = "Write CSV, with a header line." };

    private static readonly Option<bool> Json = new("--json") { Description = "Write JSON, one object per line." };

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Where.Validators.Add(static result =>
        {
            foreach (var token in result.Tokens.Where(token => LedgerFilter.TryParse(token.Value) is null))
            {
                result.AddError($"--where '{token.Value}' is not allowed: it {LedgerFilter.Grammar}.");
            }
        });
        var command = new Command(
            "ledger", "Show the requests that 'load --ledger' recorded: when each was due, its outcome, and its trace id.")
        {
            File, Where, Csv, Json,
        };
        OptionRules.RequireTogether(command, static result =>
        {
            if (result.GetValue(Csv) && result.GetValue(Json))
            {
                result.AddError("--csv and --json cannot be combined.");
            }
        });
        command.SetAction(static (result, _) => RunAsync(result));
        return command;
    }

    private static Task<int> RunAsync(ParseResult result)
    {
        ILedgerLines lines = result.GetValue(Csv) ? new LedgerCsv() : result.GetValue(Json) ? new LedgerJsonLines()
            : new LedgerText(ToolOutput.DataWidth);
        List<LedgerFilter> filters =
            [.. (result.GetValue(Where) ?? []).Select(static text => LedgerFilter.TryParse(text) ?? throw new FormatException(text))];
        return CommandRunner.RunAsync(signals => RunAsync(result.GetValue(File)!, filters, lines, signals.Stop));
    }

    private static async Task<int> RunAsync(
        string path, IReadOnlyList<LedgerFilter> filters, ILedgerLines lines, CancellationToken cancellationToken)
    {
        using var ledger = LedgerFile.Open(path);
        if (filters.Select(filter => filter.FindProblem(ledger)).FirstOrDefault(problem => problem is not null) is { } problem)
        {
            throw new OperationFailedException(FailureKind.InvalidRequest, $"--where: '{path}' {problem}.");
        }

        foreach (var line in lines.Head(ledger))
        {
            await ToolOutput.Data.WriteLineAsync(line);
        }

        long shown = 0;
        foreach (var record in ledger.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (ToolOutput.Data.Failure is not null)
            {
                // Nobody reads any more, and a ledger may have many millions.
                return ExitCode.Success;
            }

            var row = new LedgerRow(ledger, record);
            if (filters.All(filter => filter.Matches(row)))
            {
                shown++;
                await ToolOutput.Data.WriteLineAsync(lines.Line(row));
            }
        }

        // On stderr, so that a program that reads the lines gets nothing else.
        await ToolOutput.Messages.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{shown:N0} of {ledger.Count:N0} requests{Flaw(ledger)}."
                + $"{(lines.HasCut ? " Lines are cut to the width of the terminal, and whole in a file or a pipe." : "")}"));
        return ExitCode.Success;
    }

    private static string Flaw(LedgerReader ledger) => !ledger.IsComplete
        ? "; the ledger was cut off, so later requests may be missing"
        : ledger.Lost > 0
        ? string.Create(CultureInfo.InvariantCulture, $"; {ledger.Lost:N0} more are missing because the disk did not keep up")
        : "";
}
