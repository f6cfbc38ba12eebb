using System.Runtime.CompilerServices;

namespace Bookinfo.Verification.Tests;

/// <summary>A platform that has the spans that a test makes.</summary>
/// <param name="spans">The spans.</param>
internal sealed class MadeStore(IEnumerable<MadeSpan> spans) : ISpanStore
{
    /// <summary>The spans, which may become more.</summary>
    public IReadOnlyList<SeenSpan> Spans { get; set; } = [.. spans.Select(span => span.Seen)];

    /// <summary>Those that are found in another way; <see langword="null"/> for the same.</summary>
    public IReadOnlyList<SeenSpan>? Found { get; set; }

    /// <summary>How often they were read.</summary>
    public int Readings { get; private set; }

    /// <summary>The traces that were asked for last.</summary>
    public IReadOnlyList<string> Asked { get; private set; } = [];

    public string Name => "made";

    public int? MostTraces { get; init; }

    public string? OtherWay { get; init; } = "id";

    public Task<string> ConnectAsync(CancellationToken cancellationToken) => Task.FromResult("");

    public async IAsyncEnumerable<SeenSpan> ReadAsync(RunExpectation run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Readings++;
        Asked = [.. run.Traces.Select(trace => trace.TraceId)];
        foreach (var span in Spans)
        {
            yield return span;
        }
    }

    public Task<FoundTrace> FindAsync(IReadOnlyList<SeenSpan> trace, CancellationToken cancellationToken) =>
        Task.FromResult(FoundTrace.With((Found ?? Spans).Where(span => span.TraceId == trace[0].TraceId)));

    public void Dispose()
    {
    }
}
