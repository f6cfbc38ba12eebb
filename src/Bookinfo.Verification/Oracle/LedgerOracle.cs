using System.Runtime.InteropServices;
using Bookinfo.Foundation;
using Bookinfo.Load;
using Bookinfo.Traffic;

namespace Bookinfo.Verification;

/// <summary>
/// Says what a platform must show of the run that a ledger records. It keeps sums and no records, so that a ledger may have any length.
/// </summary>
/// <param name="path">The file of the ledger.</param>
public sealed class LedgerOracle(string path)
{
    /// <summary>How far the times of requests may be from the start of their run, in nanoseconds: 31 days. A run takes one day.</summary>
    private const long Farthest = 31 * TimeSpan.TicksPerDay * TimeSpan.NanosecondsPerTick;

    /// <summary>What must be seen of all requests together.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">The file is not a ledger, or not a whole one.</exception>
    public RunExpectation Expect(CancellationToken cancellationToken)
    {
        using var ledger = LedgerFile.Open(path);
        if (!ledger.IsComplete)
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest,
                $"'{path}' was cut off: it does not have all requests of its run, so what a platform shows cannot be compared with it.");
        }

        var sums = new Dictionary<RequestShape, ShapeSum>();
        var reading = new RequestReading(ledger.Header);
        var total = ledger.Layout.Hops.ToList().IndexOf(BookinfoAnswers.Total);
        var latency = new Dictionary<ServedKey, LatencyBounds>();
        var (first, last) = (long.MaxValue, long.MinValue);
        var shapes = new ShapeFinder(ledger, path);
        foreach (var record in ledger.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var shape = shapes.Of(record);
            ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, shape, out var isKnown);
            if (!isKnown)
            {
                var fate = reading.Read(shape);
                sum = new ShapeSum(fate, fate.IsSent ? LatencyOf(latency, fate) : null);
            }

            sum!.Add(record, total);
            first = Math.Min(first, record.Sent);
            last = Math.Max(last, record.Sent + record.Duration);
        }

        if (sums.Count == 0)
        {
            throw new OperationFailedException(FailureKind.InvalidRequest, $"'{path}' has no requests: there is nothing to verify.");
        }

        var run = new RunExpectation(
            ledger.Header.Target,
            TimeOf(ledger, first),
            TimeOf(ledger, last),
            sums.Values.Sum(sum => sum.Fate.IsSent ? sum.Count : 0) + ledger.Lost,
            sums.Values.Sum(sum => sum.Fate.IsUnknown ? sum.Count : 0) + ledger.Lost,
            sums.Values.Sum(sum => sum.Fate is { IsSent: false, Route: not null } ? sum.Count : 0))
        {
            Latency = latency,
            Traces = Traces(),
            Examples = ExamplesOf(sums.Values),
        };
        foreach (var sum in sums.Values)
        {
            run.Counts.Add(sum.Fate, sum.Count);
        }

        AddLost(ledger, run.Counts);
        return run;
    }

    /// <summary>What must be seen of each request that can have come anywhere, in the order of the ledger.</summary>
    /// <exception cref="OperationFailedException">The file is not a ledger.</exception>
    private IEnumerable<ExpectedTrace> Traces()
    {
        using var ledger = LedgerFile.Open(path);
        var reading = new RequestReading(ledger.Header);
        var total = ledger.Layout.Hops.ToList().IndexOf(BookinfoAnswers.Total);
        var fates = new Dictionary<RequestShape, RequestFate>();
        var shapes = new ShapeFinder(ledger, path);
        foreach (var record in ledger.Read())
        {
            var shape = shapes.Of(record);
            if (!fates.TryGetValue(shape, out var fate))
            {
                fates.Add(shape, fate = reading.Read(shape));
            }

            if (fate.IsSent)
            {
                yield return new ExpectedTrace(record.Identity.TraceId, record.Identity.SpanId, fate)
                {
                    Sent = ledger.Header.StartUnixNanoseconds + record.Sent,
                    Waited = record.Duration,
                    Served = total < 0 || fate.IsUnknown || record.Hops[total] == HopTimes.Unknown ? null : record.Hops[total] * 1000L,
                };
            }
        }
    }

    private static LatencyBounds LatencyOf(Dictionary<ServedKey, LatencyBounds> latency, RequestFate fate)
    {
        var key = new ServedKey(fate.Route!.Service, fate.Version, fate.Method, fate.Route.Route, "");
        return CollectionsMarshal.GetValueRefOrAddDefault(latency, key, out _) ??= new LatencyBounds();
    }

    /// <summary>Requests that are missing in the ledger may have been any of those that the run sent.</summary>
    private static void AddLost(LedgerReader ledger, ExpectedCounts counts)
    {
        foreach (var request in ledger.Lost == 0 ? [] : ledger.Header.Requests)
        {
            if (CallGraph.FindRoute(request.Path) is { } route)
            {
                counts.AddPossible(
                    route, CallGraph.VersionsOf(route.Service) is [var only] ? only : CallGraph.AnyVersion, request.Method, ledger.Lost);
            }
        }
    }

    private static DateTimeOffset TimeOf(LedgerReader ledger, long nanoseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks((ledger.Header.StartUnixNanoseconds + nanoseconds) / TimeSpan.NanosecondsPerTick);

    private static Dictionary<string, IReadOnlyList<string>> ExamplesOf(IEnumerable<ShapeSum> sums)
    {
        var examples = new Dictionary<string, List<string>>();
        foreach (var sum in sums)
        {
            var counts = new ExpectedCounts();
            counts.Add(sum.Fate, sum.Count);
            foreach (var key in counts.Served.Ranges.Keys.Select(key => key.ToString())
                .Concat(counts.Tried.Ranges.Keys.Select(key => key.ToString())))
            {
                ref var some = ref CollectionsMarshal.GetValueRefOrAddDefault(examples, key, out _);
                some ??= [];
                some.AddRange(sum.Examples.Take(RunExpectation.MostExamples - some.Count));
            }
        }

        return examples.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<string>)pair.Value);
    }

    /// <summary>Finds the shape of a record.</summary>
    private sealed class ShapeFinder(LedgerReader ledger, string path)
    {
        private readonly (int Hop, uint Microseconds)?[] _retried = [.. ledger.Header.Requests.Select(request =>
            CallGraph.FindRoute(request.Path)?.Calls.FirstOrDefault(call => call.Tries > 1) is { } retried
            && ledger.Layout.Hops.ToList().IndexOf(retried.Service) is >= 0 and var hop
                ? (hop, (uint)(retried.Seconds * 1e6))
                : ((int, uint)?)null)];

        public RequestShape Of(in LedgerRecord record)
        {
            if (record.Request >= _retried.Length)
            {
                throw Broken("is of a request that its header does not have");
            }

            if (record.Sent is < -Farthest or > Farthest || record.Duration is < -Farthest or > Farthest)
            {
                throw Broken("has times that cannot be");
            }

            return new RequestShape(
                record.Request, record.Status, record.Error, record.Version,
                _retried[record.Request] is (var hop, var microseconds)
                && record.Hops[hop] is not HopTimes.Unknown and var took && took >= microseconds);
        }

        private OperationFailedException Broken(string how) =>
            new(FailureKind.InvalidRequest, $"'{path}' is a broken ledger: a record of it {how}.");
    }

    /// <summary>The requests of a shape, added up.</summary>
    private sealed class ShapeSum(RequestFate fate, LatencyBounds? latency)
    {
        private readonly List<string> _examples = [];

        public RequestFate Fate => fate;

        public long Count { get; private set; }

        public IReadOnlyList<string> Examples => _examples;

        public void Add(in LedgerRecord record, int total)
        {
            Count++;
            if (_examples.Count < RunExpectation.MostExamples)
            {
                _examples.Add(record.Identity.TraceId);
            }

            if (fate.IsUnknown || total < 0)
            {
                latency?.AddUnknown();
            }
            else
            {
                latency?.Add(record.Hops[total], record.Duration);
            }
        }
    }
}
