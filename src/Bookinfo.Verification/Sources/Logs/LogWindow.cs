namespace Bookinfo.Verification;

/// <summary>
/// From when to when to ask for the lines of a run. The clocks of services, of what ships their lines and of the platform may differ, and
/// what ships lines may give them the time at which it has read them.
/// </summary>
/// <param name="From">From when.</param>
/// <param name="To">Until when.</param>
internal readonly record struct LogWindow(DateTimeOffset From, DateTimeOffset To)
{
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan After = TimeSpan.FromMinutes(2);

    /// <summary>How long it is.</summary>
    public TimeSpan Length => To - From;

    /// <summary>That of a run.</summary>
    /// <param name="run">The run.</param>
    public static LogWindow Of(RunExpectation run) => new(run.Start - Before, run.End + After);

    /// <summary>A time in nanoseconds since 1970.</summary>
    /// <param name="time">The time.</param>
    public static long Nanoseconds(DateTimeOffset time) =>
        (time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
}
