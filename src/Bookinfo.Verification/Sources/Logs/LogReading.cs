using System.Runtime.InteropServices;

namespace Bookinfo.Verification;

/// <summary>The access lines of the requests of a run, compared with what each request must have left.</summary>
internal sealed class LogReading
{
    private const int MostExamples = 5;

    /// <summary>How many lines of a trace are kept in one number; a page leaves at most seven.</summary>
    private const int MostLines = 16;

    private readonly RunExpectation _run;

    /// <summary>The lines of each request, as numbers of their keys, a byte each.</summary>
    private readonly Dictionary<UInt128, UInt128> _traces = [];

    /// <summary>The further lines of requests that have more than that.</summary>
    private readonly Dictionary<UInt128, List<byte>> _further = [];
    private readonly List<ServedKey> _keys = [];
    private readonly Dictionary<ServedKey, byte> _numbers = [];
    private readonly CutLines _cut = new();
    private readonly Dictionary<string, long> _lost = [];
    private readonly List<string> _lostExamples = [];
    private readonly OldestLines _oldest = new();

    /// <summary>How many lines are missing that may never have been there to be shown, by why.</summary>
    private readonly Dictionary<string, long> _untold = [];
    private readonly Dictionary<UInt128, Surplus> _surplus = [];
    private long _surplusLines;
    private long _seen;
    private long _twins;

    /// <summary>Takes in which requests there were.</summary>
    /// <param name="run">The run.</param>
    public LogReading(RunExpectation run)
    {
        _run = run;
        foreach (var trace in run.Traces)
        {
            var id = SpanIds.Trace(trace.TraceId);
            _traces[id] = 0;
        }
    }

    /// <summary>Whether there is a line for each request and service, each once and whole.</summary>
    public bool IsExact => _lost.Count == 0 && _untold.Count == 0 && _cut.CountOfRun(_lost) == 0 && _surplusLines == 0;

    /// <summary>How many access lines of the run there are.</summary>
    public long Seen => _seen;

    /// <summary>Whether there are more lines of a request than there must be, which may be the same one twice.</summary>
    public bool MayHaveTwins => _surplusLines > 0;

    /// <summary>Takes a line.</summary>
    /// <param name="line">The line.</param>
    public void Add(string line)
    {
        if (AccessLine.Read(line, out var isCut) is { } access)
        {
            ref var lines = ref CollectionsMarshal.GetValueRefOrNullRef(_traces, access.TraceId);
            if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref lines))
            {
                _seen++;
                if (lines >> (8 * (MostLines - 1)) == 0)
                {
                    lines = (lines << 8) | NumberOf(access.Key);
                }
                else
                {
                    (CollectionsMarshal.GetValueRefOrAddDefault(_further, access.TraceId, out _) ??= []).Add(NumberOf(access.Key));
                }
            }
        }
        else if (isCut)
        {
            var trace = AccessLine.TraceOf(line);
            if (trace is not { } id || _traces.ContainsKey(id))
            {
                _cut.Add(line, AccessLine.ServiceOf(line), isOfRun: trace is not null);
            }
        }
    }

    /// <summary>Compares the lines of each request with what it must have left.</summary>
    /// <param name="gaps">What may be missing without being lost.</param>
    /// <param name="letsOldestGo">Whether the platform keeps a limited number of lines and drops the oldest.</param>
    public void Compare(IReadOnlyCollection<LogGap> gaps, bool letsOldestGo)
    {
        var known = new Dictionary<(RequestFate, UInt128), List<Difference>>();
        foreach (var trace in _run.Traces)
        {
            var id = SpanIds.Trace(trace.TraceId);
            var lines = Sorted(_traces[id]);
            List<Difference>? differences;
            if (_further.TryGetValue(id, out var further))
            {
                differences = Differences(trace.Fate, [.. Numbers(lines), .. further]);
            }
            else if (!known.TryGetValue((trace.Fate, lines), out differences))
            {
                known.Add((trace.Fate, lines), differences = Differences(trace.Fate, Numbers(lines)));
            }

            if (letsOldestGo)
            {
                _oldest.Add(trace, [.. Numbers(lines).Select(number => _keys[number - 1])], differences);
            }

            foreach (var difference in differences)
            {
                if (difference.Missing > 0)
                {
                    var service = difference["service"];
                    if (gaps.FirstOrDefault(gap => gap.Explains(service, difference["version"], trace)) is { } gap)
                    {
                        _untold[gap.Why] = _untold.GetValueOrDefault(gap.Why) + difference.Missing;
                        continue;
                    }

                    _lost[service] = _lost.GetValueOrDefault(service) + difference.Missing;
                    if (_lostExamples.Count < MostExamples)
                    {
                        _lostExamples.Add($"trace {trace.TraceId} has no line of {difference.Key}");
                    }
                }
                else
                {
                    AddSurplus(id, difference.Surplus);
                }
            }
        }

        if (letsOldestGo && _lost.Count > 0 && _oldest.AreAbsent)
        {
            _untold[$"They are the oldest: {OldestAbsent.Why}"] = _lost.Values.Sum();
            _lost.Clear();
            _lostExamples.Clear();
        }
    }

    /// <summary>Looks whether a line is the same as one before, among those of requests that have too many.</summary>
    /// <param name="line">The line.</param>
    public void LookForTwin(string line)
    {
        if (AccessLine.Read(line, out _) is { } access && _surplus.TryGetValue(access.TraceId, out var surplus)
            && !surplus.Known.Add(line))
        {
            surplus.Twins++;
            _twins++;
        }
    }

    /// <summary>What was checked.</summary>
    /// <param name="run">What must be seen.</param>
    public IEnumerable<CheckResult> Checks(RunExpectation run)
    {
        var findings = new List<Finding>();
        var cut = _cut.CountOfRun(_lost);
        if (cut > 0)
        {
            findings.Add(new Finding(FindingKind.LineCut, "log", FormattableString.Invariant($"Lines that are not whole: {cut:N0}."))
            {
                Count = cut,
                Examples = _cut.Examples,
            });
        }

        // The request of a line that is cut has one line less, and that is told already.
        var lost = _cut.CountLost(_lost);
        if (lost > 0)
        {
            findings.Add(new Finding(
                FindingKind.LineLost, "log",
                FormattableString.Invariant($"Missing lines of services that served requests of the run: {lost:N0}."))
            {
                Missing = lost,
                Examples = _lostExamples,
            });
        }

        if (_twins > 0)
        {
            findings.Add(new Finding(
                FindingKind.LineTwice, "log", FormattableString.Invariant($"Lines that are there once more, to the letter: {_twins:N0}."))
            {
                Surplus = _twins,
                Examples = ExamplesOf(surplus => surplus.Twins > 0),
            });
        }

        if (_surplusLines > _twins)
        {
            findings.Add(new Finding(
                FindingKind.Surplus, "log",
                FormattableString.Invariant($"Lines beyond those that their requests can have left: {_surplusLines - _twins:N0}."))
            {
                Surplus = _surplusLines - _twins,
                Examples = ExamplesOf(surplus => surplus.Lines > surplus.Twins),
            });
        }

        yield return new CheckResult("access lines")
        {
            Expected = run.Counts.Logged.Total,
            Seen = _seen,
            Findings = findings,
            NotChecked =
            [
                .. _untold.Select(untold => FormattableString.Invariant(
                    $"Missing lines that may not have been there to be shown: {untold.Value:N0}. {untold.Key}")),
            ],
        };
    }

    private void AddSurplus(UInt128 id, long lines)
    {
        _surplusLines += lines;
        (CollectionsMarshal.GetValueRefOrAddDefault(_surplus, id, out _) ??= new Surplus()).Lines += lines;
    }

    private List<string> ExamplesOf(Func<Surplus, bool> isOne) =>
        [.. _surplus.Where(pair => isOne(pair.Value)).Take(MostExamples).Select(pair => $"trace {pair.Key:x32}")];

    private byte NumberOf(ServedKey key)
    {
        if (!_numbers.TryGetValue(key, out var number))
        {
            // The last number stands for all that have none of their own: far more than the contract has routes and statuses.
            number = (byte)Math.Min(byte.MaxValue, _keys.Count + 1);
            _numbers.Add(key, number);
            if (_keys.Count < byte.MaxValue)
            {
                _keys.Add(key);
            }
        }

        return number;
    }

    private List<Difference> Differences(RequestFate fate, List<byte> numbers)
    {
        var expected = new ExpectedCounts();
        expected.Add(fate);
        var seen = new Dictionary<ServedKey, long>();
        foreach (var key in numbers.Select(number => _keys[number - 1]))
        {
            seen[key] = seen.GetValueOrDefault(key) + 1;
        }

        return CountComparison.Compare(expected.Logged, seen);
    }

    /// <summary>The same numbers in a fixed order, because lines may come in any.</summary>
    private static UInt128 Sorted(UInt128 lines)
    {
        Span<byte> numbers = stackalloc byte[MostLines];
        var count = 0;
        for (; lines != 0; lines >>= 8)
        {
            numbers[count++] = (byte)lines;
        }

        numbers[..count].Sort();
        UInt128 sorted = 0;
        foreach (var number in numbers[..count])
        {
            sorted = (sorted << 8) | number;
        }

        return sorted;
    }

    private static List<byte> Numbers(UInt128 lines)
    {
        var numbers = new List<byte>(MostLines);
        for (; lines != 0; lines >>= 8)
        {
            numbers.Add((byte)lines);
        }

        return numbers;
    }

    /// <summary>A request that has more lines than it must have left.</summary>
    private sealed class Surplus
    {
        /// <summary>How many more.</summary>
        public long Lines { get; set; }

        /// <summary>How many are the same as one before.</summary>
        public long Twins { get; set; }

        /// <summary>Its lines.</summary>
        public HashSet<string> Known { get; } = [];
    }
}
