using System.Diagnostics;
using Bookinfo.ServiceDefaults.Logging;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>Ends the process like one that was killed, after a time. The log is written to its end before.</summary>
internal sealed class CrashFault(TimeProvider time, LineLoggerProvider lines) : Fault
{
    /// <inheritdoc/>
    public override IDisposable Begin(ActiveRule rule)
    {
        // Whoever comes first, the end of the rule or the crash, keeps the other from happening.
        var claimed = 0;
        var timer = time.CreateTimer(
            _ =>
            {
                if (Interlocked.Exchange(ref claimed, 1) == 0)
                {
                    lines.Dispose();
                    using var process = Process.GetCurrentProcess();
                    process.Kill();
                }
            },
            state: null, rule.Rule.Duration("after"), Timeout.InfiniteTimeSpan);
        return new AtEnd(() =>
        {
            Interlocked.Exchange(ref claimed, 1);
            timer.Dispose();
        });
    }
}
