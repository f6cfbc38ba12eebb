namespace Bookinfo.Verification;

/// <summary>
/// How far the clocks of services are apart, by their spans: a request cannot begin before the try that sent it, nor end after it. What it
/// seems to do all the same, in one direction and most of the time, its clock does.
/// </summary>
internal sealed class ClockReading
{
    /// <summary>
    /// A span may end this much later than the try that sent it: the caller may have the answer before the service has the time.
    /// </summary>
    private const long Tolerance = 2_000_000;

    private readonly Dictionary<(string Caller, string Callee), List<(long Begin, long End)>> _edges = [];

    /// <summary>How many pairs of spans were looked at.</summary>
    public int Count => _edges.Values.Sum(pairs => pairs.Count);

    /// <summary>Takes a trace.</summary>
    /// <param name="trace">What is known of its request.</param>
    /// <param name="spans">Its spans.</param>
    public void Add(ExpectedTrace trace, IReadOnlyList<SeenSpan> spans)
    {
        var visitor = SpanIds.Span(trace.ParentId);
        foreach (var span in spans)
        {
            // A try that failed may have been left before the service was done.
            if (span.Key is ServedKey served
                && TraceShape.FindParent(spans, span, visitor, out _) is { Key: TriedKey { Error: "" } tried } parent)
            {
                var edge = ($"{tried.Service} {tried.Version}", $"{served.Service} {served.Version}");
                if (!_edges.TryGetValue(edge, out var pairs))
                {
                    _edges.Add(edge, pairs = []);
                }

                pairs.Add((span.Start - parent.Start, span.End - parent.End));
            }
        }
    }

    /// <summary>The edges on which clocks are apart.</summary>
    public IEnumerable<ClockSkew> Find() => _edges.OrderBy(edge => edge.Key, Comparer<(string, string)>.Default).Select(edge =>
    {
        // If the clock of the service is ahead by s, its request begins s too late and ends s too late, besides the way there and back.
        var (ahead, behind) = (Median(edge.Value.Select(pair => pair.End)), Median(edge.Value.Select(pair => pair.Begin)));
        return new ClockSkew(edge.Key.Caller, edge.Key.Callee, edge.Value.Count, (ahead + behind) / 2, Math.Abs(behind - ahead) / 2)
        {
            IsCertain = ahead > Tolerance || behind < -Tolerance,
        };
    }).Where(skew => skew.IsCertain);

    private static long Median(IEnumerable<long> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}

/// <summary>How far two clocks are apart.</summary>
/// <param name="Caller">The service and version that calls.</param>
/// <param name="Callee">The one that is called.</param>
/// <param name="Pairs">How many pairs of spans tell so.</param>
/// <param name="Nanoseconds">By how much the clock of the one that is called is ahead; negative when it is behind.</param>
/// <param name="Doubt">By how much that may be off.</param>
internal sealed record ClockSkew(string Caller, string Callee, int Pairs, long Nanoseconds, long Doubt)
{
    /// <summary>Whether it is more than what the way of a request may explain.</summary>
    public bool IsCertain { get; init; }
}
