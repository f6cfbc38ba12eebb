using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bookinfo.Verification;

/// <summary>The log records of an Aspire dashboard, which services send by OTLP.</summary>
/// <param name="client">Asks it.</param>
public sealed class AspireLogs(AspireClient client) : ILogStore
{
    /// <summary>What every line has and OTLP keeps outside of the attributes.</summary>
    private static readonly (string Field, string OfOtlp)[] Heads =
        [("event", "eventName"), ("time", "timeUnixNano"), ("trace_id", "traceId"), ("span_id", "spanId")];

    /// <summary>What tells access lines apart, or is of use to whoever looks for one.</summary>
    private static readonly string[] Fields = ["method", "route", "path", "status", "duration_ms", "bytes", "x_request_id"];

    /// <inheritdoc/>
    public string Name => client.Name;

    /// <inheritdoc/>
    public IEnumerable<string> Notes => [];

    /// <inheritdoc/>
    public Task ConnectAsync(CancellationToken cancellationToken) => client.ConnectAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<long> GetSizeAsync(RunExpectation run, CancellationToken cancellationToken) =>
        client.CountAsync("logs", cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ReadAsync(
        RunExpectation run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (resource, records) in client.ReadAsync(
            "logs", new OtlpJson<JsonObject>("logRecords", Read), cancellationToken))
        {
            foreach (var line in records)
            {
                line["service"] = resource.Service;
                line["version"] = resource.Version;
                yield return line.ToJsonString();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    /// <summary>A record as the line that the service writes of the same event, as far as is needed.</summary>
    private static JsonObject Read(JsonElement record)
    {
        var line = new JsonObject();
        foreach (var (field, ofOtlp) in Heads)
        {
            line[field] = record.TryGetProperty(ofOtlp, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }

        foreach (var field in Fields)
        {
            line[field] = OtlpAttributes.Find(record, field);
        }

        return line;
    }
}
