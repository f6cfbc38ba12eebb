namespace Bookinfo.Verification;

/// <summary>The spans that an <see cref="OtlpListener"/> has taken.</summary>
/// <param name="listener">The listener.</param>
public sealed class OtlpSpans(OtlpListener listener) : ISpanStore
{
    /// <inheritdoc/>
    public string Name => listener.Name;

    /// <inheritdoc/>
    public async Task<string> ConnectAsync(CancellationToken cancellationToken)
    {
        await listener.StartAsync(cancellationToken);
        return "";
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<SeenSpan> ReadAsync(RunExpectation run, CancellationToken cancellationToken) =>
        listener.Spans.ToAsyncEnumerable();

    /// <inheritdoc/>
    public void Dispose() => listener.Dispose();
}

/// <summary>The log records that an <see cref="OtlpListener"/> has taken.</summary>
/// <param name="listener">The listener.</param>
public sealed class OtlpLogs(OtlpListener listener) : ILogStore
{
    /// <inheritdoc/>
    public string Name => listener.Name;

    /// <inheritdoc/>
    public IEnumerable<string> Notes => listener.Notes;

    /// <inheritdoc/>
    public Task ConnectAsync(CancellationToken cancellationToken) => listener.StartAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<long?> GetSizeAsync(RunExpectation run, CancellationToken cancellationToken) =>
        Task.FromResult<long?>(listener.Lines.Count);

    /// <inheritdoc/>
    public IAsyncEnumerable<string> ReadAsync(RunExpectation run, CancellationToken cancellationToken) =>
        listener.Lines.ToAsyncEnumerable();

    /// <inheritdoc/>
    public void Dispose() => listener.Dispose();
}
