namespace Bookinfo.ServiceDefaults.Backends;

/// <summary>
/// Keeps a client from staying with one replica for ever. A Kubernetes Service balances connections, not requests: a client that reuses
/// its connection sees one version of reviews and no other. The original opens a connection for every request; this asks for the
/// end of the connection (<c>Connection: close</c>, RFC 9112 section 9.6) as often as two allowances permit.
/// </summary>
/// <remarks>
/// Requests that are made one after the other take one connection each, so every reload rolls the dice, however fast it follows and
/// whatever load went before. Their allowance keeps the addresses of connections that have ended, which the kernel sets aside for a minute,
/// to a few thousand. Requests beside others, or soon after some that were, share a connection per <see cref="Spacing"/>, and under lasting
/// load there are five a second and no more: a connection costs more than a request, and with twenty a second at a thousand requests a
/// second it was connections that decided p99.
/// </remarks>
internal sealed class ConnectionSpreader(TimeProvider time)
{
    /// <summary>How many connections requests that are alone may give up at once after a time of rest.</summary>
    public const int BurstAlone = 2000;

    /// <summary>How many connections requests beside others may give up after a time of rest.</summary>
    public const int BurstTogether = 400;

    /// <summary>The time after which a request that is alone may give up one more.</summary>
    public static readonly TimeSpan IntervalAlone = TimeSpan.FromMilliseconds(10);

    /// <summary>The time after which requests beside others may give up one more.</summary>
    public static readonly TimeSpan IntervalTogether = TimeSpan.FromMilliseconds(200);

    /// <summary>The shortest time between two that are given up while other requests are under way.</summary>
    public static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// How long no request may have been made beside another before one is alone. Under load, too, there are moments with one request only.
    /// </summary>
    public static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(100);

    private readonly Allowance _alone = new(BurstAlone, IntervalAlone, TimeSpan.Zero, time);
    private readonly Allowance _together = new(BurstTogether, IntervalTogether, Spacing, time);
    private readonly long _calm = (long)(Calm.TotalSeconds * time.TimestampFrequency);
    private long _calmAgain = time.GetTimestamp();
    private int _underWay;

    /// <summary>Says that a request will be sent.</summary>
    /// <param name="request">The request, which may have to ask for the end of its connection.</param>
    public void Begin(HttpRequestMessage request)
    {
        var now = time.GetTimestamp();
        if (Interlocked.Increment(ref _underWay) > 1)
        {
            Volatile.Write(ref _calmAgain, now + _calm);
        }

        var isAlone = now >= Volatile.Read(ref _calmAgain);
        if ((isAlone ? _alone : _together).TakeOne(now))
        {
            request.Headers.ConnectionClose = true;
        }
    }

    /// <summary>Says that its answer is there, or that there will be none.</summary>
    public void End() => Interlocked.Decrement(ref _underWay);

    /// <summary>A token bucket (the generic cell rate algorithm of ITU-T I.371), from which any thread may take.</summary>
    private sealed class Allowance(int burst, TimeSpan interval, TimeSpan spacing, TimeProvider time)
    {
        private readonly long _interval = (long)(interval.TotalSeconds * time.TimestampFrequency);
        private readonly long _spacing = (long)(spacing.TotalSeconds * time.TimestampFrequency);

        /// <summary>When the whole allowance will be there again.</summary>
        private long _full = time.GetTimestamp();
        private long _last = time.GetTimestamp();

        public bool TakeOne(long now)
        {
            var full = Volatile.Read(ref _full);
            if (full - now > (burst - 1) * _interval || now - Volatile.Read(ref _last) < _spacing)
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
}
