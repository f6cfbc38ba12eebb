using Bookinfo.Foundation;

namespace Bookinfo.Verification;

/// <summary>A platform that shows spans: what <see cref="TraceSource"/> reads them from. One class for each kind of platform.</summary>
public interface ISpanStore : IDisposable
{
    /// <summary>What it is and where, for people.</summary>
    string Name { get; }

    /// <summary>What is worth knowing about it, in sentences.</summary>
    IEnumerable<string> Notes => [];

    /// <summary>
    /// How many traces can be read in a time that people wait; <see langword="null"/> for any number. Of a run with more, so many are
    /// read, spread over it.
    /// </summary>
    int? MostTraces => null;

    /// <summary>
    /// By what <see cref="FindAsync"/> asks: <c>id</c> or <c>search</c>; <see langword="null"/> for a platform with one way only.
    /// </summary>
    string? OtherWay => null;

    /// <summary>Looks whether it is there.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What it says of itself, such as its version; empty when it does not tell.</returns>
    /// <exception cref="OperationFailedException">It does not answer, or is something else.</exception>
    Task<string> ConnectAsync(CancellationToken cancellationToken);

    /// <summary>All spans of the traces of a run. There may be spans of other traces among them.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">It does not answer, or not with all that it has.</exception>
    IAsyncEnumerable<SeenSpan> ReadAsync(RunExpectation run, CancellationToken cancellationToken);

    /// <summary>
    /// The spans of a few traces, for little of the platform's time: they tell how much has come. There may be spans of other traces
    /// among them.
    /// </summary>
    /// <param name="few">A run with these traces only.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">It does not answer.</exception>
    IAsyncEnumerable<SeenSpan> PeekAsync(RunExpectation few, CancellationToken cancellationToken) => ReadAsync(few, cancellationToken);

    /// <summary>Looks for a trace in another way than that of <see cref="ReadAsync"/>, in which the platform may lack it.</summary>
    /// <param name="trace">The spans of the trace as <see cref="ReadAsync"/> had them, each once, at least one.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">It does not answer.</exception>
    Task<FoundTrace> FindAsync(IReadOnlyList<SeenSpan> trace, CancellationToken cancellationToken) =>
        Task.FromResult(FoundTrace.Unanswered);
}

/// <summary>What a platform says when it is asked for a trace in another way.</summary>
/// <param name="IsFound">Whether it has it; <see langword="null"/> when its answer leaves that open.</param>
/// <param name="Spans">How many spans it has of it; <see langword="null"/> when it does not tell.</param>
public readonly record struct FoundTrace(bool? IsFound, int? Spans)
{
    /// <summary>Its answer is as long as it may be, so what it has may be more; or it does not know the question.</summary>
    public static FoundTrace Unanswered { get; }

    /// <summary>It does not have it.</summary>
    public static FoundTrace Nothing { get; } = new(false, 0);

    /// <summary>What an answer with several traces says of one.</summary>
    /// <param name="traces">The spans of each trace in the answer.</param>
    /// <param name="traceId">The trace that was looked for.</param>
    /// <param name="limit">How many traces an answer may have: one with so many leaves open whether there are more.</param>
    public static FoundTrace Among(IReadOnlyList<List<SeenSpan>> traces, UInt128 traceId, int limit) =>
        traces.FirstOrDefault(spans => spans.Count > 0 && spans[0].TraceId == traceId) is { } found ? With(found)
            : traces.Count < limit ? Nothing
            : Unanswered;

    /// <summary>It has these spans of it.</summary>
    /// <param name="spans">The spans; none when it does not have it.</param>
    public static FoundTrace With(IEnumerable<SeenSpan> spans) =>
        spans.DistinctBy(span => span.SpanId).Count() is > 0 and var count ? new FoundTrace(true, count) : Nothing;
}
