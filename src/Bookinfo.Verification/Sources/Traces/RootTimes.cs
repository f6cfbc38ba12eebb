namespace Bookinfo.Verification;

/// <summary>
/// Whether spans last as long as they must. That of a request took at least as long as its answer says in <c>Server-Timing</c>, which is
/// sent before the body, and hardly longer than the visitor waited.
/// </summary>
internal sealed class RootTimes
{
    /// <summary>
    /// Times in <c>Server-Timing</c> are rounded to 10 us, and platforms round theirs, some to 1 ms in times since 1970.
    /// </summary>
    private const long Rounding = 1_010_000;

    /// <summary>
    /// On a machine with far more to do than it can, one in ten was seen to be interrupted at such a moment. What changes times on the way
    /// changes those of all.
    /// </summary>
    private const int DoubtfulOneIn = 4;

    private const int DoubtfulAtLeast = 5;
    private const int MostExamples = 5;

    private readonly List<string> _examples = [];

    /// <summary>How many were looked at.</summary>
    public long Count { get; private set; }

    /// <summary>How many are too short or too long.</summary>
    public long Wrong { get; private set; }

    /// <summary>
    /// How many of them a busy machine may be to blame for: a service may be interrupted between the last byte of an answer and its own
    /// clock, or before the head of an answer without a body.
    /// </summary>
    public long Doubtful => DoubtfulAtLeast + (Count / DoubtfulOneIn);

    /// <summary>Some of those that are too short or too long.</summary>
    public IReadOnlyList<string> Examples => _examples;

    /// <summary>Takes a trace.</summary>
    /// <param name="trace">What is known of its request.</param>
    /// <param name="spans">Its spans.</param>
    public void Add(ExpectedTrace trace, IReadOnlyList<SeenSpan> spans)
    {
        var visitor = SpanIds.Span(trace.ParentId);
        foreach (var span in spans)
        {
            if (span.Key is ServedKey && span.ParentId == visitor && trace.Served is { } served)
            {
                Count++;
                var took = span.End - span.Start;
                if (took < served - Rounding || took > trace.Waited + Rounding)
                {
                    Wrong++;
                    if (_examples.Count < MostExamples)
                    {
                        _examples.Add(FormattableString.Invariant(
                            $"trace {trace.TraceId}: {took / 1e6:0.00} ms, and it took {served / 1e6:0.00} to ")
                            + FormattableString.Invariant($"{trace.Waited / 1e6:0.00} ms"));
                    }
                }
            }
        }
    }
}
