namespace Bookinfo.Load;

/// <summary>Observes a run. All calls come from one thread, which also enforces request timeouts: none may take long.</summary>
public interface ILoadObserver
{
    /// <summary>The run begins.</summary>
    /// <param name="startedAt">The time of the start.</param>
    void Started(DateTimeOffset startedAt)
    {
    }

    /// <summary>A request has ended.</summary>
    /// <param name="sample">Its outcome.</param>
    void Add(in Sample sample)
    {
    }

    /// <summary>The run was ended early. Requests under way may still end, and are told; none of them ends in time.</summary>
    /// <param name="end">When it ended, in nanoseconds since the start.</param>
    void Stopped(long end)
    {
    }

    /// <summary>An interval of about a second has passed, or the run is over.</summary>
    /// <param name="progress">The figures so far.</param>
    void Progress(LoadProgress progress)
    {
    }
}

/// <summary>
/// The progress of a run. The engine reuses the recordings: they are valid only until the call that passes them returns.
/// </summary>
/// <param name="At">When the interval ends, in nanoseconds since the start.</param>
/// <param name="Length">How long the interval is, in nanoseconds.</param>
/// <param name="StartedAt">When the run began.</param>
/// <param name="Asked">The mean rate that was asked for in the interval, in requests per second; 0 when the time is over.</param>
/// <param name="InFlight">How many requests are under way.</param>
/// <param name="Interval">The requests that ended in the interval.</param>
/// <param name="Total">The requests that have ended so far.</param>
/// <param name="IsLast">Whether the run is over.</param>
public sealed record LoadProgress(
    long At, long Length, DateTimeOffset StartedAt, double Asked, int InFlight, Recording Interval, Recording Total, bool IsLast);
