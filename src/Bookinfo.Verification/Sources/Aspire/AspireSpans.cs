using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Bookinfo.Verification;

/// <summary>The spans of an Aspire dashboard.</summary>
/// <param name="client">Asks it.</param>
public sealed class AspireSpans(AspireClient client) : ISpanStore
{
    private const int OtlpServer = 2;
    private const int OtlpClient = 3;

    private readonly SpanKeys _keys = new();

    /// <inheritdoc/>
    public string Name => client.Name;

    /// <inheritdoc/>
    public async Task<string> ConnectAsync(CancellationToken cancellationToken)
    {
        await client.ConnectAsync(cancellationToken);
        return "";
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<SeenSpan> ReadAsync(RunExpectation run, CancellationToken cancellationToken) =>
        ReadAsync("spans", cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SeenSpan>?> FindAsync(string traceId, CancellationToken cancellationToken) =>
        await ReadAsync($"traces/{traceId}", cancellationToken).ToListAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private async IAsyncEnumerable<SeenSpan> ReadAsync(string what, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (resource, spans) in client.ReadAsync(what, new OtlpJson<SeenSpan>("spans", Read), cancellationToken))
        {
            foreach (var span in spans)
            {
                yield return span with { Key = _keys.Of(span.Key, resource.Service, resource.Version) };
            }
        }
    }

    private SeenSpan Read(JsonElement span)
    {
        string Text(string name) => span.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
        long Time(string name) => long.Parse(Text(name), CultureInfo.InvariantCulture);
        return new SeenSpan(
            SpanIds.Trace(Text("traceId")), SpanIds.Span(Text("spanId")), SpanIds.Span(Text("parentSpanId")),
            _keys.Read(KindOf(span), name => OtlpAttributes.Find(span, name)), Time("startTimeUnixNano"), Time("endTimeUnixNano"));
    }

    private static SpanKind KindOf(JsonElement span) => span.TryGetProperty("kind", out var kind) && kind.TryGetInt32(out var number)
        ? number switch { OtlpServer => SpanKind.Server, OtlpClient => SpanKind.Client, _ => SpanKind.Other }
        : SpanKind.Other;
}
