using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Logging;
using Bookinfo.ServiceDefaults.Telemetry;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>What each fault of <see cref="FaultCatalog"/> does.</summary>
/// <param name="lines">What writes the log.</param>
/// <param name="spans">What may lose spans.</param>
internal sealed class FaultTable(TimeProvider time, LineLoggerProvider lines, SpanLoss spans)
{
    /// <summary>Makes what a fault does, for one rule.</summary>
    /// <param name="rule">The rule.</param>
    public Fault Create(FaultRule rule) => rule.Kind.Name switch
    {
        FaultCatalog.Delay => new DelayFault(time),
        FaultCatalog.Abort => new AbortFault(),
        FaultCatalog.Disconnect => new DisconnectFault(),
        FaultCatalog.Truncate => new TruncateFault(),
        FaultCatalog.WrongBody => new WrongBodyFault(),
        FaultCatalog.SlowBody => new SlowBodyFault(time),
        FaultCatalog.Hang => new HangFault(time),
        FaultCatalog.Cpu => new CpuFault(time),
        FaultCatalog.Memory => new MemoryFault(time),
        FaultCatalog.ThreadPool => new ThreadPoolFault(),
        FaultCatalog.SlowStart => new SlowStartFault(time),
        FaultCatalog.NotReady => new NotReadyFault(),
        FaultCatalog.NotLive => new NotLiveFault(),
        FaultCatalog.Crash => new CrashFault(time, lines),
        FaultCatalog.LoseSpans => new SpanLossFault(spans),
        FaultCatalog.LoseLogs => new LogLinesFault(lines, copies: 0),
        FaultCatalog.RepeatLogs => new LogLinesFault(lines, copies: 2),
        FaultCatalog.SlowMetrics => new SlowMetricsFault(time),
        FaultCatalog.FailMetrics => new FailMetricsFault(),
        FaultCatalog.ResetCounters => new CounterResetFault(),
        FaultCatalog.WrongVersion => new WrongVersionFault(lines),
        var name => throw new InvalidOperationException($"The fault {name} is in the catalog, and nothing here says what it does."),
    };
}
