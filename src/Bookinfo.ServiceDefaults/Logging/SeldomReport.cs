namespace Bookinfo.ServiceDefaults.Logging;

/// <summary>Lets something that may happen very often be said once a minute at most.</summary>
internal sealed class Seldom(TimeProvider time)
{
    /// <summary>The shortest time between two lines.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly long _interval = (long)(Interval.TotalSeconds * time.TimestampFrequency);
    private long _next = long.MinValue;

    /// <summary>How long it is until it may be said again.</summary>
    public TimeSpan UntilDue
    {
        get
        {
            var now = time.GetTimestamp();
            return time.GetElapsedTime(now, Math.Max(now, Interlocked.Read(ref _next)));
        }
    }

    /// <summary>Whether it may be said now; who is told so says it. May be called from any thread.</summary>
    public bool IsDue()
    {
        var now = time.GetTimestamp();
        var next = Interlocked.Read(ref _next);
        return now >= next && Interlocked.CompareExchange(ref _next, now + _interval, next) == next;
    }
}
