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
                yield return AccessRecord.Of(line, resource.Service, resource.Version);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private static JsonObject Read(JsonElement record)
    {
        string? Text(string name) => record.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
        return AccessRecord.Create(
            Text("eventName"), Text("timeUnixNano"), Text("traceId"), Text("spanId"), name => OtlpAttributes.Find(record, name));
    }
}
