namespace Bookinfo.Measurement;

/// <summary>Tells the time as the clock on the wall did when this began, and goes on evenly, even if somebody sets that.</summary>
/// <param name="time">Tells both.</param>
public sealed class SteadyClock(TimeProvider time)
{
    private readonly DateTimeOffset _start = time.GetUtcNow();
    private readonly long _began = time.GetTimestamp();

    /// <summary>Seconds since the beginning of 1970.</summary>
    public double Seconds => (_start + time.GetElapsedTime(_began) - DateTimeOffset.UnixEpoch).TotalSeconds;
}
