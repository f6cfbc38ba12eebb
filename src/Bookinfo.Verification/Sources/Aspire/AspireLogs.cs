using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bookinfo.Verification;

/// <summary>The log records of an Aspire dashboard, which services send by OTLP.</summary>
/// <param name="client">Asks it.</param>
public sealed class AspireLogs(AspireClient client) : ILogStore
{
    /// <inheritdoc/>
    public string Name => client.Name;

    /// <inheritdoc/>
    public IEnumerable<string> Notes => [];

    /// <inheritdoc/>
    public bool LetsOldestGo => true;

    /// <inheritdoc/>
    public Task ConnectAsync(CancellationToken cancellationToken) => client.ConnectAsync(cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<string> ReadAsync(RunExpectation run, CancellationToken cancellationToken) =>
        ReadAsync("logs", cancellationToken);

    /// <summary>By their trace ids: even to say how many records there are, the dashboard goes through all that it has.</summary>
    /// <inheritdoc/>
    public IAsyncEnumerable<string> PeekAsync(RunExpectation few, CancellationToken cancellationToken) =>
        few.Traces.ToAsyncEnumerable().SelectMany(trace => ReadAsync($"logs?traceId={trace.TraceId}", cancellationToken));

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private async IAsyncEnumerable<string> ReadAsync(string what, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (resource, records) in client.ReadAsync(what, new OtlpJson<JsonObject>("logRecords", Read), cancellationToken))
        {
            foreach (var line in records)
            {
                yield return AccessRecord.Of(line, resource.Service, resource.Version);
            }
        }
    }

    private static JsonObject Read(JsonElement record)
    {
        string? Text(string name) => record.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
        return AccessRecord.Create(
            Text("eventName"), Text("timeUnixNano"), Text("traceId"), Text("spanId"), name => OtlpAttributes.Find(record, name));
    }
}
