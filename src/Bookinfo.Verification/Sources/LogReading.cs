using System.Runtime.InteropServices;

namespace Bookinfo.Verification;

/// <summary>The access lines of the requests of a run, held against what each request must have left.</summary>
internal sealed class LogReading
{
    private const int MostExamples = 5;

    /// <summary>How many lines of a trace are told apart; a page leaves at most seven.</summary>
    private const int MostLines = 16;

    private readonly RunExpectation _run;

    /// <summary>The lines of each request, as numbers of their keys, a byte each.</summary>
    private readonly Dictionary<UInt128, UInt128> _traces = [];
    private readonly List<ServedKey> _keys = [];
    private readonly Dictionary<ServedKey, byte> _numbers = [];
    private readonly Dictionary<string, long> _cut = [];
    private readonly List<string> _cutExamples = [];
    private readonly Dictionary<string, long> _lost = [];
    private readonly List<string> _lostExamples = [];
    private readonly Dictionary<UInt128, Dictionary<string, int>> _surplus = [];
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
            AccessLine.TryReadId(trace.TraceId, out var id);
            _traces[id] = 0;
        }
    }

    /// <summary>Whether there is a line for each request and service, each once and whole.</summary>
    public bool IsExact => _lost.Count == 0 && _cut.Count == 0 && _surplusLines == 0;

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
                lines = (lines << 8) | NumberOf(access.Key);
            }
        }
        else if (isCut)
        {
            var service = AccessLine.ServiceOf(line);
            _cut[service] = _cut.GetValueOrDefault(service) + 1;
            if (_cutExamples.Count < MostExamples)
            {
                _cutExamples.Add(line.Length > 100 ? $"{line[..100]}..." : line);
            }
        }
    }

    /// <summary>Compares the lines of each request with what it must have left.</summary>
    public void Compare()
    {
        var known = new Dictionary<(RequestFate, UInt128), List<Difference>>();
        foreach (var trace in _run.Traces)
        {
            AccessLine.TryReadId(trace.TraceId, out var id);
            var lines = Sorted(_traces[id]);
            if (!known.TryGetValue((trace.Fate, lines), out var differences))
            {
                known.Add((trace.Fate, lines), differences = Differences(trace.Fate, lines));
            }

            foreach (var difference in differences)
            {
                if (difference.Missing > 0)
                {
                    var service = difference["service"];
                    _lost[service] = _lost.GetValueOrDefault(service) + difference.Missing;
                    if (_lostExamples.Count < MostExamples)
                    {
                        _lostExamples.Add($"trace {trace.TraceId} has no line of {difference.Key}");
                    }
                }
                else
                {
                    _surplusLines += difference.Surplus;
                    _surplus.TryAdd(id, []);
                }
            }
        }
    }

    /// <summary>Looks whether a line is the same as one before, among those of requests that have too many.</summary>
    /// <param name="line">The line.</param>
    public void LookForTwin(string line)
    {
        if (AccessLine.Read(line, out _) is { } access && _surplus.TryGetValue(access.TraceId, out var lines))
        {
            var before = lines.GetValueOrDefault(line);
            lines[line] = before + 1;
            _twins += before > 0 ? 1 : 0;
        }
    }

    /// <summary>What was checked.</summary>
    /// <param name="run">What must be seen.</param>
    public IEnumerable<CheckResult> Checks(RunExpectation run)
    {
        var findings = new List<Finding>();
        var cut = _cut.Values.Sum();
        if (cut > 0)
        {
            findings.Add(new Finding(FindingKind.LineCut, "log", FormattableString.Invariant($"{cut:N0} lines are not whole."))
            {
                Count = cut,
                Examples = _cutExamples,
            });
        }

        // The request of a line that is cut has one line less, and that is told already.
        var lost = _lost.Sum(one => Math.Max(0, one.Value - _cut.GetValueOrDefault(one.Key)));
        lost = Math.Max(0, lost - _cut.GetValueOrDefault(""));
        if (lost > 0)
        {
            findings.Add(new Finding(
                FindingKind.LineLost, "log", FormattableString.Invariant($"{lost:N0} requests have no line of a service that served them."))
            {
                Missing = lost,
                Examples = _lostExamples,
            });
        }

        if (_twins > 0)
        {
            findings.Add(new Finding(
                FindingKind.LineTwice, "log", FormattableString.Invariant($"{_twins:N0} lines are there once more, to the letter."))
            {
                Surplus = _twins,
                Examples = [.. _surplus.Keys.Take(MostExamples).Select(id => $"trace {id:x32}")],
            });
        }

        if (_surplusLines > _twins)
        {
            findings.Add(new Finding(
                FindingKind.Surplus, "log",
                FormattableString.Invariant($"{_surplusLines - _twins:N0} lines are of services that must not have served the request."))
            {
                Surplus = _surplusLines - _twins,
                Examples = [.. _surplus.Keys.Take(MostExamples).Select(id => $"trace {id:x32}")],
            });
        }

        yield return new CheckResult("access lines, by service and trace id")
        {
            Expected = run.Counts.Logged.Total,
            Seen = _seen,
            Findings = findings,
        };
    }

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

    private List<Difference> Differences(RequestFate fate, UInt128 lines)
    {
        var expected = new ExpectedCounts();
        expected.Add(fate);
        var seen = new Dictionary<ServedKey, long>();
        for (; lines != 0; lines >>= 8)
        {
            var key = _keys[(int)(byte)lines - 1];
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
}
