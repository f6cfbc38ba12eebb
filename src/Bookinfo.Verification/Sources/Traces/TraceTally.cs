namespace Bookinfo.Verification;

/// <summary>What has been found about all traces of a run, added up.</summary>
internal sealed class TraceTally
{
    private const int MostExamples = 5;

    private readonly Dictionary<ICountKey, (CountRange Expected, long Missing, long Surplus)> _differences = [];
    private readonly Dictionary<FindingKind, (long Count, List<string> Examples)> _seen = [];
    private readonly List<UInt128> _present = [];
    private readonly List<UInt128> _absent = [];
    private readonly OldestAbsent _oldest = new();

    /// <summary>How many traces there must be.</summary>
    public CountRange Expected { get; private set; }

    /// <summary>How many there are, those of which nobody knows whether they must be included.</summary>
    public int Present => _present.Count;

    /// <summary>The ids of those that are there.</summary>
    public IReadOnlyList<UInt128> PresentIds => _present;

    /// <summary>The ids of those that must be there and are not.</summary>
    public IReadOnlyList<UInt128> AbsentIds => _absent;

    /// <summary>How many lack some of their spans.</summary>
    public long Partial { get; private set; }

    /// <summary>The spans of requests served that must be in the traces that are there.</summary>
    public CountRange ServedExpected { get; private set; }

    /// <summary>Those of tries of calls.</summary>
    public CountRange TriedExpected { get; private set; }

    /// <summary>How many spans of requests served are there.</summary>
    public long Served { get; private set; }

    /// <summary>How many of tries of calls.</summary>
    public long Tried { get; private set; }

    /// <summary>How many spans of others, such as sidecars, are in these traces.</summary>
    public long Foreign { get; private set; }

    /// <summary>The clocks of the services.</summary>
    public ClockReading Clocks { get; } = new();

    /// <summary>The times of the requests.</summary>
    public RootTimes Times { get; } = new();

    /// <summary>Whether all that is missing is older than all that is there: a platform that keeps so many has let the oldest go.</summary>
    public bool OldestAreAbsent => _absent.Count > 0 && _present.Count > 0 && _oldest.Holds;

    /// <summary>Whether every trace is there, with all its spans where they belong, and nothing else.</summary>
    public bool IsComplete => _absent.Count == 0 && _differences.Count == 0 && _seen.Count == 0;

    /// <summary>How much there is of a kind of finding, with examples.</summary>
    /// <param name="kind">The kind.</param>
    public (long Count, IReadOnlyList<string> Examples) this[FindingKind kind] =>
        _seen.TryGetValue(kind, out var seen) ? (seen.Count, seen.Examples) : (0, []);

    /// <summary>What differs, of all traces together.</summary>
    /// <typeparam name="TKey">Of which spans.</typeparam>
    public List<Difference> Differences<TKey>() =>
    [
        .. _differences.Where(pair => pair.Key is TKey).SelectMany(pair => new[]
        {
            new Difference(pair.Key, pair.Value.Expected, pair.Value.Expected.Low - pair.Value.Missing, pair.Value.Missing, 0),
            new Difference(pair.Key, pair.Value.Expected, pair.Value.Expected.High + pair.Value.Surplus, 0, pair.Value.Surplus),
        }).Where(difference => difference.Missing + difference.Surplus > 0),
    ];

    /// <summary>Takes a request of which there is no span.</summary>
    /// <param name="trace">What it must have left.</param>
    /// <param name="isShort">Whether there are spans whose trace id is the second half of its own.</param>
    public void AddAbsent(ExpectedTrace trace, bool isShort)
    {
        Expect(trace);
        if (isShort)
        {
            Note(FindingKind.IdCut, 1, $"trace {trace.TraceId} is shown as {trace.TraceId[16..]}");
        }
        else if (!trace.Fate.IsUnknown)
        {
            _absent.Add(SpanIds.Trace(trace.TraceId));
            _oldest.AddAbsent(trace.Sent);
            Note(FindingKind.TraceLost, 1, $"trace {trace.TraceId}");
        }
    }

    /// <summary>Takes how many spans of a trace were there more than once.</summary>
    /// <param name="trace">What the request must have left.</param>
    /// <param name="twins">How many.</param>
    public void AddTwins(ExpectedTrace trace, int twins) => Note(FindingKind.SpanTwice, twins, $"trace {trace.TraceId}");

    /// <summary>Takes a request of which there are spans.</summary>
    /// <param name="trace">What it must have left.</param>
    /// <param name="spans">Its spans, each once.</param>
    /// <param name="differences">In what they differ from what they must be.</param>
    public void AddPresent(ExpectedTrace trace, IReadOnlyList<SeenSpan> spans, SpanDifferences differences)
    {
        Expect(trace);
        _present.Add(SpanIds.Trace(trace.TraceId));
        _oldest.AddPresent(trace.Sent);
        Partial += differences.Missing > 0 ? 1 : 0;
        ServedExpected += differences.Expected.Served.Total;
        TriedExpected += differences.Expected.Tried.Total;
        foreach (var span in spans)
        {
            Served += span.Key is ServedKey ? 1 : 0;
            Tried += span.Key is TriedKey ? 1 : 0;
            Foreign += span.Key is null ? 1 : 0;
        }

        foreach (var difference in differences.Served.Concat(differences.Tried))
        {
            var (expected, missing, surplus) = _differences.GetValueOrDefault(difference.Key);
            _differences[difference.Key] = (
                expected + difference.Expected, missing + difference.Missing, surplus + difference.Surplus);
            Note(
                difference.Missing > 0 ? FindingKind.SpanLost : FindingKind.Surplus, difference.Missing + difference.Surplus,
                $"trace {trace.TraceId}: {difference}");
        }

        // What nobody can know may be a service that has gone, with the spans that others are below.
        var mayLack = differences.Missing > 0 || trace.Fate.Request is not { IsKnown: true };
        foreach (var span in TraceShape.FindMisplaced(trace, spans, mayLack))
        {
            Note(FindingKind.ParentBroken, 1, $"trace {trace.TraceId}: span {span.SpanId:x16} ({span.Key}) is below {span.ParentId:x16}");
        }

        Times.Add(trace, spans);
        Clocks.Add(trace, spans);
    }

    private void Expect(ExpectedTrace trace) =>
        Expected += trace.Fate.IsUnknown ? CountRange.AtMost(1) : CountRange.Exactly(1);

    private void Note(FindingKind kind, long count, string example)
    {
        if (count == 0)
        {
            return;
        }

        if (!_seen.TryGetValue(kind, out var seen))
        {
            seen = (0, []);
        }

        if (seen.Examples.Count < MostExamples)
        {
            seen.Examples.Add(example);
        }

        _seen[kind] = (seen.Count + count, seen.Examples);
    }
}
