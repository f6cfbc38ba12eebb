using System.Runtime.InteropServices;

namespace Bookinfo.Verification;

/// <summary>The spans of the requests of a run, compared with what each request must have left.</summary>
internal sealed class TraceReading
{
    /// <summary>Far more spans than a request leaves.</summary>
    private const int MostOnStack = 256;

    private readonly List<(SeenSpan Span, int Next)> _spans = [];

    /// <summary>The last span of each trace of the run; -1 while there is none. It names the one before it.</summary>
    private readonly Dictionary<UInt128, int> _traces = [];

    /// <summary>The last 64 bits of the ids of other traces that have no more.</summary>
    private readonly HashSet<ulong> _short = [];

    private readonly Dictionary<ICountKey, char> _numbers = [];
    private readonly Dictionary<(RequestFate, string), SpanDifferences> _known = [];
    private readonly TraceTally _tally = new();

    /// <summary>Takes in which requests there were.</summary>
    /// <param name="run">The run.</param>
    public TraceReading(RunExpectation run)
    {
        foreach (var trace in run.Traces)
        {
            _traces[SpanIds.Trace(trace.TraceId)] = -1;
        }
    }

    /// <summary>How many spans of the run there are.</summary>
    public int Count => _spans.Count;

    /// <summary>Takes a span.</summary>
    /// <param name="span">The span.</param>
    public void Add(SeenSpan span)
    {
        ref var last = ref CollectionsMarshal.GetValueRefOrNullRef(_traces, span.TraceId);
        if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref last))
        {
            _spans.Add((span, last));
            last = _spans.Count - 1;
        }
        else if (span.TraceId <= ulong.MaxValue)
        {
            _short.Add((ulong)span.TraceId);
        }
    }

    /// <summary>Compares the spans of each trace with what its request must have left.</summary>
    /// <param name="run">The run.</param>
    public TraceTally Compare(RunExpectation run)
    {
        var spans = new List<SeenSpan>();
        foreach (var trace in run.Traces)
        {
            var id = SpanIds.Trace(trace.TraceId);
            CollectSpans(id, spans);
            if (spans.Count == 0)
            {
                _tally.AddAbsent(trace, isShort: _short.Contains((ulong)id));
                continue;
            }

            _tally.AddTwins(trace, RemoveTwins(spans));
            var differences = Differences(trace.Fate, spans);
            _tally.AddPresent(trace, spans, differences);
        }

        return _tally;
    }

    /// <summary>The spans of a trace of the run, each once.</summary>
    /// <param name="id">The trace.</param>
    public IReadOnlyList<SeenSpan> SpansOf(UInt128 id)
    {
        var spans = new List<SeenSpan>();
        CollectSpans(id, spans);
        RemoveTwins(spans);
        return spans;
    }

    private void CollectSpans(UInt128 id, List<SeenSpan> spans)
    {
        spans.Clear();
        for (var index = _traces[id]; index >= 0; index = _spans[index].Next)
        {
            spans.Add(_spans[index].Span);
        }
    }

    private static int RemoveTwins(List<SeenSpan> spans)
    {
        var known = new HashSet<ulong>(spans.Count);
        return spans.RemoveAll(span => !known.Add(span.SpanId));
    }

    private SpanDifferences Differences(RequestFate fate, List<SeenSpan> spans)
    {
        Span<char> numbers = spans.Count <= MostOnStack ? stackalloc char[spans.Count] : new char[spans.Count];
        for (var index = 0; index < spans.Count; index++)
        {
            numbers[index] = spans[index].Key is { } key ? NumberOf(key) : '\0';
        }

        // Spans come in any order.
        numbers.Sort();
        var kind = (fate, new string(numbers));
        if (!_known.TryGetValue(kind, out var differences))
        {
            _known.Add(kind, differences = SpanDifferences.Of(fate, spans));
        }

        return differences;
    }

    private char NumberOf(ICountKey key)
    {
        if (!_numbers.TryGetValue(key, out var number))
        {
            _numbers.Add(key, number = (char)(_numbers.Count + 1));
        }

        return number;
    }
}

/// <summary>In what the spans of a trace differ from those that its request must have left.</summary>
/// <param name="Served">Those of requests served.</param>
/// <param name="Tried">Those of tries of calls.</param>
internal sealed record SpanDifferences(IReadOnlyList<Difference> Served, IReadOnlyList<Difference> Tried)
{
    /// <summary>How many spans of the trace are missing.</summary>
    public long Missing { get; } = Served.Concat(Tried).Sum(difference => difference.Missing);

    /// <summary>What must be there, and may be.</summary>
    public required ExpectedCounts Expected { get; init; }

    /// <summary>Compares the spans of a trace with those that its request must have left.</summary>
    /// <param name="fate">What became of the request.</param>
    /// <param name="spans">The spans, each once.</param>
    public static SpanDifferences Of(RequestFate fate, IReadOnlyCollection<SeenSpan> spans)
    {
        var expected = new ExpectedCounts();
        expected.Add(fate);
        return new SpanDifferences(
            CountComparison.Compare(expected.Served, Count<ServedKey>(spans)),
            CountComparison.Compare(expected.Tried, Count<TriedKey>(spans)))
        {
            Expected = expected,
        };
    }

    private static Dictionary<TKey, long> Count<TKey>(IEnumerable<SeenSpan> spans)
        where TKey : class, ICountKey =>
        spans.Select(span => span.Key).OfType<TKey>().GroupBy(key => key).ToDictionary(same => same.Key, same => (long)same.Count());
}
