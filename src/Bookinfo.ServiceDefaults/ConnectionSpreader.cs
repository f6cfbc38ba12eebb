namespace Bookinfo.ServiceDefaults;

/// <summary>
/// Keeps a client from staying with one replica for ever. A Kubernetes Service balances connections, not requests: a client that reuses
/// its connection sees one version of reviews and no other. The original opens a connection for every request; this asks for the
/// end of the connection (<c>Connection: close</c>, RFC 9112 section 9.6) as often as an allowance permits.
/// </summary>
/// <remarks>
/// The allowance is a token bucket (the generic cell rate algorithm of ITU-T I.371): <see cref="Burst"/> connections at first, and another
/// after every <see cref="Interval"/>. Requests that are made one after the other take one each, so every reload rolls the dice, however
/// fast it follows. Requests beside others share one per <see cref="Spacing"/>, so that the allowance lasts. Under lasting load the interval
/// bounds the cost to 20 connections a second.
/// </remarks>
/// <param name="time">The clock.</param>
internal sealed class ConnectionSpreader(TimeProvider time)
{
    /// <summary>How many connections may be given up at once after a time of rest.</summary>
    public const int Burst = 400;

    /// <summary>The time after which one more may be.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>The shortest time between two that are given up while other requests are under way.</summary>
    public static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(1);

    private readonly long _interval = (long)(Interval.TotalSeconds * time.TimestampFrequency);
    private readonly long _spacing = (long)(Spacing.TotalSeconds * time.TimestampFrequency);

    /// <summary>When the whole allowance will be there again.</summary>
    private long _full = time.GetTimestamp();
    private long _last = time.GetTimestamp();
    private int _underWay;

    /// <summary>Says that a request will be sent.</summary>
    /// <param name="request">The request, which may have to ask for the end of its connection.</param>
    public void Begin(HttpRequestMessage request)
    {
        var isAlone = Interlocked.Increment(ref _underWay) == 1;
        if (TakeOne(isAlone))
        {
            request.Headers.ConnectionClose = true;
        }
    }

    /// <summary>Says that its answer is there, or that there will be none.</summary>
    public void End() => Interlocked.Decrement(ref _underWay);

    private bool TakeOne(bool isAlone)
    {
        var now = time.GetTimestamp();
        var full = Volatile.Read(ref _full);
        if (full - now > (Burst - 1) * _interval || (!isAlone && now - Volatile.Read(ref _last) < _spacing))
        {
            return false;
        }

        // Of several requests at the same moment only the one that wins the exchange gives its connection up.
        if (Interlocked.CompareExchange(ref _full, Math.Max(full, now) + _interval, full) != full)
        {
            return false;
        }

        Volatile.Write(ref _last, now);
        return true;
    }
}
