namespace Bookinfo.Load;

/// <summary>The time of a run, in nanoseconds since its start.</summary>
/// <param name="time">The clock.</param>
internal sealed class RunClock(TimeProvider time)
{
    private const double NanosecondsPerSecond = 1e9;

    private readonly double _nanosecondsPerTick = NanosecondsPerSecond / time.TimestampFrequency;
    private long _start;

    /// <summary>The time now; negative before the start.</summary>
    public long Now => At(time.GetTimestamp());

    /// <summary>When the start is, by the calendar.</summary>
    public DateTimeOffset StartedAt { get; private set; }

    /// <summary>Sets the start. Before that, times are of no use.</summary>
    /// <param name="from">How long from now it is.</param>
    public void StartIn(TimeSpan from)
    {
        _start = time.GetTimestamp() + (long)(from.TotalSeconds * time.TimestampFrequency);
        StartedAt = time.GetUtcNow() + from;
    }

    /// <summary>The time of the run at a timestamp of the clock.</summary>
    /// <param name="timestamp">The timestamp.</param>
    public long At(long timestamp) => (long)((timestamp - _start) * _nanosecondsPerTick);

    /// <summary>The timestamp of the clock at a time of the run.</summary>
    /// <param name="nanoseconds">The time.</param>
    public long Timestamp(long nanoseconds) => _start + (long)(nanoseconds / _nanosecondsPerTick);
}
