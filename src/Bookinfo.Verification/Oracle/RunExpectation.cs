namespace Bookinfo.Verification;

/// <summary>What a platform must show of a run.</summary>
/// <param name="Target">Where the requests went.</param>
/// <param name="Start">When the first request was sent.</param>
/// <param name="End">When the last one had ended.</param>
/// <param name="Requests">How many were sent, those before the start of the load included.</param>
/// <param name="Unknown">How many of them may have been served or not, as nobody knows how they ended.</param>
/// <param name="NeverSent">For how many more no connection could be opened.</param>
public sealed record RunExpectation(
    string Target, DateTimeOffset Start, DateTimeOffset End, long Requests, long Unknown, long NeverSent)
{
    /// <summary>How many trace ids are remembered of each kind of request.</summary>
    internal const int MostExamples = 3;

    /// <summary>What must be counted.</summary>
    public ExpectedCounts Counts { get; } = new();

    /// <summary>
    /// The histograms of the routes that requests were sent to, by service, version, method and route; the status of the key is empty.
    /// </summary>
    public IReadOnlyDictionary<ServedKey, LatencyBounds> Latency { get; init; } = new Dictionary<ServedKey, LatencyBounds>();

    /// <summary>What each request must have left, one at a time; anew each time that it is gone through.</summary>
    public IEnumerable<ExpectedTrace> Traces { get; init; } = [];

    /// <summary>Some trace ids of requests that lead to a count, by the text of its key.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Examples { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>The same run with some of its traces only, evenly spread over it, the last one among them.</summary>
    /// <param name="most">How many at most.</param>
    public RunExpectation Spread(int most) => Requests <= most ? this : this with
    {
        Requests = most,
        Traces = Traces.Where((_, index) => (Requests - 1 - index) * most % Requests < most),
    };
}

/// <summary>What one request must have left in traces and logs.</summary>
/// <param name="TraceId">Its trace id.</param>
/// <param name="ParentId">The span that its first one is below.</param>
/// <param name="Fate">
/// What became of it, with its calls and the requests that they led to. Requests of which the same is known share one.
/// </param>
public sealed record ExpectedTrace(string TraceId, string ParentId, RequestFate Fate)
{
    /// <summary>When it was sent, in nanoseconds since 1970-01-01 UTC.</summary>
    public long Sent { get; init; }

    /// <summary>How long whoever sent it waited for the end of the answer, in nanoseconds.</summary>
    public long Waited { get; init; }

    /// <summary>How long it took in the service, as the answer says, in nanoseconds; <see langword="null"/> when it does not.</summary>
    public long? Served { get; init; }
}
