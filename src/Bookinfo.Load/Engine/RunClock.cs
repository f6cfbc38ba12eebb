namespace Bookinfo.Load;

/// <summary>The time of a run, in nanoseconds since its start.</summary>
internal sealed class RunClock(TimeProvider time)
{
    private const double NanosecondsPerSecond = 1e9;

    private readonly double _nanosecondsPerTick = NanosecondsPerSecond / time.TimestampFrequency;
    private long _start;

    /// <summary>The time now; negative before the start.</summary>
    public long Now => At(time.GetTimestamp());

    /// <summary>The date and time of the start.</summary>
    public DateTimeOffset StartedAt { get; private set; }

    /// <summary>Sets the start. Before that, times mean nothing.</summary>
    /// <param name="from">How long from now the start is.</param>
    public void StartIn(TimeSpan from)
    {
        _start = time.GetTimestamp() + (long)(from.TotalSeconds * time.TimestampFrequency);
        StartedAt = time.GetUtcNow() + from;
    }

    /// <summary>Converts a timestamp of the clock to a time of the run.</summary>
    /// <param name="timestamp">The timestamp.</param>
    public long At(long timestamp) => (long)((timestamp - _start) * _nanosecondsPerTick);

    /// <summary>Converts a time of the run to a timestamp of the clock.</summary>
    /// <param name="nanoseconds">The time of the run.</param>
    public long Timestamp(long nanoseconds) => _start + (long)(nanoseconds / _nanosecondsPerTick);
}
