using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Bookinfo.Cli.Terminal;
using Bookinfo.Foundation;
using Bookinfo.Load;

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
        ILedgerLines lines = result.GetValue(Csv) ? new CsvLines() : result.GetValue(Json) ? new JsonLines() : new TextLines();
        List<LedgerFilter> filters =
            [.. (result.GetValue(Where) ?? []).Select(static text => LedgerFilter.TryParse(text) ?? throw new FormatException(text))];
        return CommandRunner.RunAsync(signals => RunAsync(result.GetValue(File)!, filters, lines, signals.Stop));
    }

    private static async Task<int> RunAsync(
        string path, IReadOnlyList<LedgerFilter> filters, ILedgerLines lines, CancellationToken cancellationToken)
    {
        using var ledger = Open(path);
        if (filters.Select(filter => filter.FindUnknown(ledger.Layout.Hops)).FirstOrDefault(field => field is not null) is { } unknown)
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest,
                $"--where: '{path}' has no field '{unknown}'. Its hops are {string.Join(", ", ledger.Layout.Hops)}.");
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
            CultureInfo.InvariantCulture, $"{shown:N0} of {ledger.Count:N0} requests{Flaw(ledger)}."));
        return ExitCode.Success;
    }

    private static LedgerReader Open(string path)
    {
        try
        {
            return new LedgerReader(path);
        }
        catch (InvalidDataException exception)
        {
            throw new OperationFailedException(FailureKind.InvalidRequest, exception.Message);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest, $"there is no file '{path}'. 'bookinfo load --ledger FILE' writes one.");
        }
        catch (Exception exception) when (
            exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest,
                $"'{path}' cannot be read: {(Directory.Exists(path) ? "it is a directory" : exception.Message)}");
        }
    }

    private static string Flaw(LedgerReader ledger) => !ledger.IsComplete
        ? "; the ledger was cut off, so later requests may be missing"
        : ledger.Lost > 0
        ? string.Create(CultureInfo.InvariantCulture, $"; {ledger.Lost:N0} more are missing because the disk did not keep up")
        : "";

    /// <summary>Writes records as lines of text.</summary>
    private interface ILedgerLines
    {
        IEnumerable<string> Head(LedgerReader ledger);

        string Line(LedgerRow row);
    }

    private sealed class TextLines : ILedgerLines
    {
        // The trace id is shown in full, because it is what one searches for elsewhere. So the other columns are narrow.
        public IEnumerable<string> Head(LedgerReader ledger) => ["   DUE s       MS  STATUS  VER  TRACE                             PATH"];

        public string Line(LedgerRow row) => string.Create(
            CultureInfo.InvariantCulture,
            $"{row.Record.Due / 1e9,8:0.000}  {row.Latency / 1e6,7:0.00}  {(row.Record.Status > 0 ? $"{row.Record.Status}" : "-"),6}  "
            + $"{row.Version ?? "-",-3}  {row.Record.Identity.TraceId}  {(row.Request.Method == "GET" ? "" : $"{row.Request.Method} ")}"
            + $"{row.Request.Path}{(row.Error is { } error ? $": {error}" : "")}");
    }

    private sealed class CsvLines : ILedgerLines
    {
        public IEnumerable<string> Head(LedgerReader ledger) =>
        [
            "due,due_ms,sent_ms,duration_ms,latency_ms,trace_id,span_id,kind,method,path,status,error,version,"
                + $"{string.Concat(ledger.Layout.Hops.Select(hop => $"{hop}_ms,"))}connection_was_free",
        ];

        public string Line(LedgerRow row) => string.Join(',', (IEnumerable<string>)
        [
            row.DueAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), Milliseconds(row.Record.Due), Milliseconds(row.Record.Sent),
            Milliseconds(row.Record.Duration), Milliseconds(row.Latency), row.Record.Identity.TraceId, row.Record.Identity.SpanId,
            Kind(row), row.Request.Method, Quoted(row.Request.Path), $"{row.Record.Status}", Quoted(row.Error ?? ""), row.Version ?? "",
            .. row.Hops.Select(hop => hop.Microseconds is { } known ? Milliseconds(known * 1000L) : ""),
            row.Record.WasAwaited ? "true" : "false",
        ]);

        private static string Milliseconds(long nanoseconds) => (nanoseconds / 1e6).ToString("0.######", CultureInfo.InvariantCulture);

        private static string Quoted(string text) => text.AsSpan().IndexOfAny(",\"\r\n") < 0
            ? text
            : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private sealed class JsonLines : ILedgerLines
    {
        public IEnumerable<string> Head(LedgerReader ledger) => [];

        public string Line(LedgerRow row) => JsonSerializer.Serialize(
            new LedgerLine(
                row.DueAt, row.Record.Due, row.Record.Sent, row.Record.Duration, row.Record.Identity.TraceId, row.Record.Identity.SpanId,
                Kind(row), row.Request.Method, row.Request.Path, row.Record.Status, row.Error, row.Version,
                row.Hops.Where(hop => hop.Microseconds is not null).ToDictionary(hop => hop.Name, hop => hop.Microseconds!.Value),
                row.Record.WasAwaited),
            LedgerLineJson.Default.LedgerLine);
    }

    private static string Kind(LedgerRow row) => JsonNamingPolicy.KebabCaseLower.ConvertName(row.Request.Kind.ToString());
}

/// <summary>A request in the JSON of <c>ledger</c>.</summary>
/// <param name="Due">When it was due.</param>
/// <param name="DueNanoseconds">When it was due, since the start of the run; negative for requests of the setup.</param>
/// <param name="SentNanoseconds">When it was sent, since the start of the run.</param>
/// <param name="DurationNanoseconds">The time from when it was sent to the end of the answer.</param>
/// <param name="TraceId">The trace id that it was sent with.</param>
/// <param name="SpanId">The span id that it was sent with: the parent of the first span of the server.</param>
/// <param name="Kind">The kind of request, such as visitor or api.</param>
/// <param name="Method">GET or POST.</param>
/// <param name="Path">Path and query.</param>
/// <param name="Status">The status; 0 when there was no answer.</param>
/// <param name="Error">What went wrong; <see langword="null"/> when nothing did.</param>
/// <param name="Version">The version of reviews that answered; <see langword="null"/> when the answer does not say.</param>
/// <param name="HopMicroseconds">The durations of the hops that the answer reports.</param>
/// <param name="ConnectionWasFree">Whether a connection was free when it fell due.</param>
internal sealed record LedgerLine(
    DateTimeOffset Due, long DueNanoseconds, long SentNanoseconds, long DurationNanoseconds, string TraceId, string SpanId, string Kind,
    string Method, string Path, ushort Status, string? Error, string? Version, IReadOnlyDictionary<string, uint> HopMicroseconds,
    bool ConnectionWasFree);

/// <summary>How the lines of <c>ledger --json</c> are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LedgerLine))]
internal sealed partial class LedgerLineJson : JsonSerializerContext;
