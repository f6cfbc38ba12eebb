namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>
/// Says at what time of day a timestamp was taken. Spans are measured by the clock that only goes forward; were the time of day read once
/// more for each, a thread that is held up between the two readings would make a span begin later than what it has called, or end before
/// it.
/// </summary>
/// <param name="time">The clock that both come from.</param>
internal sealed class SpanClock(TimeProvider time)
{
    /// <summary>How often the two clocks are compared anew, so that a time of day that was set right is noticed.</summary>
    private static readonly TimeSpan Validity = TimeSpan.FromMinutes(1);

    /// <summary>Of so many readings the one counts that took the least time.</summary>
    private const int Readings = 5;

    private Anchor _anchor = Read(time);

    /// <summary>The time of day of a timestamp.</summary>
    /// <param name="timestamp">A timestamp of the clock.</param>
    public DateTimeOffset TimeOf(long timestamp)
    {
        var anchor = Volatile.Read(ref _anchor);
        if (time.GetElapsedTime(anchor.Timestamp, timestamp) > Validity)
        {
            anchor = Read(time);
            Volatile.Write(ref _anchor, anchor);
        }

        return anchor.Time + time.GetElapsedTime(anchor.Timestamp, timestamp);
    }

    private static Anchor Read(TimeProvider time)
    {
        Anchor? best = null;
        var least = TimeSpan.MaxValue;
        for (var i = 0; i < Readings; i++)
        {
            var before = time.GetTimestamp();
            var now = time.GetUtcNow();
            var took = time.GetElapsedTime(before);
            if (took < least)
            {
                (best, least) = (new Anchor(before, now), took);
            }
        }

        return best!;
    }

    /// <summary>A moment by both clocks.</summary>
    private sealed record Anchor(long Timestamp, DateTimeOffset Time);
}
