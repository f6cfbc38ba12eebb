namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>What all rules of one fault have done since the service started.</summary>
internal sealed class FaultCount
{
    private int _active;
    private long _injected;

    /// <summary>How many rules are active.</summary>
    public int Active => Volatile.Read(ref _active);

    /// <summary>How often it was done.</summary>
    public long Injected => Interlocked.Read(ref _injected);

    /// <summary>Counts a rule that became active.</summary>
    public void Begin() => Interlocked.Increment(ref _active);

    /// <summary>Counts a rule that is active no longer.</summary>
    public void End() => Interlocked.Decrement(ref _active);

    /// <summary>Counts a request, a span, a line or a scrape that it was done to, or its beginning.</summary>
    public void Inject() => Interlocked.Increment(ref _injected);
}
