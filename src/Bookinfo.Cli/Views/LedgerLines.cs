using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Bookinfo.Load;

namespace Bookinfo.Cli.Views;

/// <summary>Writes the records of a ledger as lines.</summary>
internal interface ILedgerLines
{
    /// <summary>Whether something was left out of a line because it did not fit.</summary>
    bool HasCut { get; }

    /// <summary>The lines before the first record.</summary>
    /// <param name="ledger">The ledger.</param>
    IEnumerable<string> Head(LedgerReader ledger);

    /// <summary>The line of a record.</summary>
    /// <param name="row">The record.</param>
    string Line(LedgerRow row);
}

/// <summary>CSV, with a header line.</summary>
internal sealed class LedgerCsv : ILedgerLines
{
    /// <inheritdoc/>
    public bool HasCut => false;

    /// <inheritdoc/>
    public IEnumerable<string> Head(LedgerReader ledger) =>
    [
        "due,due_ms,sent_ms,duration_ms,latency_ms,trace_id,span_id,kind,method,path,status,error,version,"
            + $"{string.Concat(ledger.Layout.Hops.Select(hop => $"{hop}_ms,"))}connection_was_free",
    ];

    /// <inheritdoc/>
    public string Line(LedgerRow row) => string.Join(',', (IEnumerable<string>)
    [
        row.DueAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), Milliseconds(row.Record.Due), Milliseconds(row.Record.Sent),
        Milliseconds(row.Record.Duration), Milliseconds(row.Latency), row.Record.Identity.TraceId, row.Record.Identity.SpanId,
        RequestKindName.Of(row.Request.Kind), row.Request.Method, Quoted(row.Request.Path), $"{row.Record.Status}", Quoted(row.Error ?? ""),
        row.Version ?? "",
        .. row.Hops.Select(hop => hop.Microseconds is { } known ? Milliseconds(known * 1000L) : ""),
        row.Record.WasAwaited ? "true" : "false",
    ]);

    private static string Milliseconds(long nanoseconds) => (nanoseconds / 1e6).ToString("0.######", CultureInfo.InvariantCulture);

    private static string Quoted(string text) => text.AsSpan().IndexOfAny(",\"\r\n") < 0
        ? text
        : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}

/// <summary>JSON, one object per line.</summary>
internal sealed class LedgerJsonLines : ILedgerLines
{
    /// <inheritdoc/>
    public bool HasCut => false;

    /// <inheritdoc/>
    public IEnumerable<string> Head(LedgerReader ledger) => [];

    /// <inheritdoc/>
    public string Line(LedgerRow row) => JsonSerializer.Serialize(
        new LedgerLine(
            row.DueAt, row.Record.Due, row.Record.Sent, row.Record.Duration, row.Record.Identity.TraceId, row.Record.Identity.SpanId,
            RequestKindName.Of(row.Request.Kind), row.Request.Method, row.Request.Path, row.Record.Status, row.Error, row.Version,
            row.Hops.Where(hop => hop.Microseconds is not null).ToDictionary(hop => hop.Name, hop => hop.Microseconds!.Value),
            row.Record.WasAwaited),
        LedgerLineJson.Default.LedgerLine);
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
