using System.Runtime.CompilerServices;

namespace Bookinfo.Verification;

/// <summary>The spans of an Aspire dashboard.</summary>
/// <param name="client">Asks it.</param>
/// <param name="keys">Reads what spans are about.</param>
public sealed class AspireSpans(AspireClient client, SpanKeys? keys = null) : ISpanStore
{
    private readonly OtlpSpanReader _spans = new(keys ?? new SpanKeys());

    /// <inheritdoc/>
    public string Name => client.Name;

    /// <inheritdoc/>
    public string? OtherWay => "id";

    /// <inheritdoc/>
    public async Task<string> ConnectAsync(CancellationToken cancellationToken)
    {
        await client.ConnectAsync(cancellationToken);
        return "";
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<SeenSpan> ReadAsync(RunExpectation run, CancellationToken cancellationToken) =>
        ReadAsync("spans", cancellationToken);

    /// <summary>By their ids: even to say how many spans there are, the dashboard goes through all that it has.</summary>
    /// <inheritdoc/>
    public IAsyncEnumerable<SeenSpan> PeekAsync(RunExpectation few, CancellationToken cancellationToken) =>
        few.Traces.ToAsyncEnumerable().SelectMany(trace => ReadAsync($"traces/{trace.TraceId}", cancellationToken));

    /// <inheritdoc/>
    public async Task<FoundTrace> FindAsync(IReadOnlyList<SeenSpan> trace, CancellationToken cancellationToken)
    {
        var spans = await ReadAsync($"traces/{SpanIds.Text(trace[0].TraceId)}", cancellationToken).ToListAsync(cancellationToken);
        return FoundTrace.With(spans);
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private async IAsyncEnumerable<SeenSpan> ReadAsync(string what, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (resource, spans) in client.ReadAsync(what, new OtlpJson<SeenSpan>("spans", _spans.Read), cancellationToken))
        {
            foreach (var span in spans)
            {
                yield return _spans.From(resource, span);
            }
        }
    }
}
