namespace Bookinfo.ServiceDefaults.Logging;

/// <summary>
/// Counts something that may happen very often, and tells of it once a minute at most: the first time at once, and what happens in the
/// minute after that at its end. May be used by any number of threads at once.
/// </summary>
/// <param name="tell">Tells of it, given how often it happened since that was last told; 1 or more.</param>
internal sealed class SeldomReport(TimeProvider time, Action<int> tell)
{
    /// <summary>The shortest time between two lines.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly long _interval = (long)(Interval.TotalSeconds * time.TimestampFrequency);
    private readonly Lock _waiting = new();
    private long _next = long.MinValue;
    private int _untold;

    /// <summary>Ends the minute in which the next line is not due, when there is something to tell then.</summary>
    private ITimer? _minute;

    /// <summary>How long it is until it may be told again.</summary>
    private TimeSpan UntilDue
    {
        get
        {
            var now = time.GetTimestamp();
            return time.GetElapsedTime(now, Math.Max(now, Interlocked.Read(ref _next)));
        }
    }

    /// <summary>Says that it happened; it is told now, or at the end of the minute.</summary>
    /// <param name="count">How often.</param>
    public void Add(int count = 1)
    {
        Interlocked.Add(ref _untold, count);
        TellWhenDue();
    }

    /// <summary>Counts as told what is not, and says how often that was.</summary>
    public int Take() => Interlocked.Exchange(ref _untold, 0);

    /// <summary>Tells of the rest at once, because the service stops and the minute may not end any more.</summary>
    public void TellRest()
    {
        if (Take() is > 0 and var count)
        {
            tell(count);
        }
    }

    private void TellWhenDue()
    {
        if (IsDue())
        {
            TellRest();
            return;
        }

        lock (_waiting)
        {
            _minute ??= time.CreateTimer(
                static report => ((SeldomReport)report!).EndMinute(), this, UntilDue, Timeout.InfiniteTimeSpan);
        }
    }

    private void EndMinute()
    {
        lock (_waiting)
        {
            _minute?.Dispose();
            _minute = null;
        }

        if (Volatile.Read(ref _untold) > 0)
        {
            TellWhenDue();
        }
    }

    /// <summary>Whether it may be told now; who is told so tells it.</summary>
    private bool IsDue()
    {
        var now = time.GetTimestamp();
        var next = Interlocked.Read(ref _next);
        return now >= next && Interlocked.CompareExchange(ref _next, now + _interval, next) == next;
    }
}
