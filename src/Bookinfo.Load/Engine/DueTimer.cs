using System.Runtime.InteropServices;

namespace Bookinfo.Load;

/// <summary>
/// Lets a dedicated thread sleep until a given moment, to within tens of microseconds, without using processor time. .NET's own waits have
/// a resolution of a millisecond, which is as long as many requests take.
/// </summary>
/// <param name="time">The clock, which must be the system's.</param>
public sealed class DueTimer(TimeProvider time)
{
    private const int MonotonicClock = 1;
    private const int Absolute = 1;
    private const int SetTimerSlack = 29;
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Prepares the calling thread: otherwise Linux may let it sleep up to 50 us longer, to wake several at once.</summary>
    public static void PrepareThread()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Prctl(SetTimerSlack, 1, 0, 0, 0);
        }
    }

    /// <summary>Sleeps. A signal may end the sleep early, so callers check the clock again.</summary>
    /// <param name="until">When to wake, as a timestamp of the clock.</param>
    public void Sleep(long until)
    {
        if (OperatingSystem.IsLinux() && time.TimestampFrequency == NanosecondsPerSecond)
        {
            // The clock that timestamps come from. The time is absolute, so that a thread that is preempted between reading the clock and
            // sleeping does not oversleep.
            var moment = new Timespec
            {
                Seconds = (nint)(until / NanosecondsPerSecond),
                Nanoseconds = (nint)(until % NanosecondsPerSecond),
            };
            _ = ClockNanosleep(MonotonicClock, Absolute, in moment, 0);
            return;
        }

        var left = time.GetElapsedTime(time.GetTimestamp(), until);
        if (left <= TimeSpan.Zero)
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), time).Wait();
            return;
        }

        var span = new Timespec
        {
            Seconds = (nint)left.TotalSeconds,
            Nanoseconds = (nint)(left.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick),
        };
        _ = Nanosleep(in span, 0);
    }

    [DllImport("libc", EntryPoint = "clock_nanosleep")]
    private static extern int ClockNanosleep(int clock, int flags, in Timespec moment, nint remaining);

    [DllImport("libc", EntryPoint = "nanosleep")]
    private static extern int Nanosleep(in Timespec span, nint remaining);

    [DllImport("libc", EntryPoint = "prctl")]
    private static extern int Prctl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    private struct Timespec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
