namespace Bookinfo.Load;

/// <summary>What the random numbers of a run are for; see <see cref="IndexedRandom.Bits"/>.</summary>
internal static class RandomStream
{
    /// <summary>The time to the next arrival.</summary>
    public const ulong Arrival = 1;

    /// <summary>Which request of the mix is sent.</summary>
    public const ulong Choice = 2;

    /// <summary>The first half of the trace id.</summary>
    public const ulong TraceHigh = 3;

    /// <summary>The second half of the trace id.</summary>
    public const ulong TraceLow = 4;

    /// <summary>The span id.</summary>
    public const ulong Span = 5;
}
