using static Bookinfo.Contracts.FaultValueType;

namespace Bookinfo.Contracts;

/// <summary>
/// The faults that every service can be told to have. Names and shapes are those of Istio's HTTPFaultInjection where it has them
/// (https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPFaultInjection).
/// </summary>
public static class FaultCatalog
{
    /// <summary>The name of the fault that waits before it answers.</summary>
    public const string Delay = "delay";

    /// <summary>The name of the fault that answers with an error status.</summary>
    public const string Abort = "abort";

    /// <summary>The name of the fault that drops the connection.</summary>
    public const string Disconnect = "disconnect";

    /// <summary>The name of the fault that cuts bodies.</summary>
    public const string Truncate = "truncate";

    /// <summary>The name of the fault that answers with another body.</summary>
    public const string WrongBody = "wrongBody";

    /// <summary>The name of the fault that sends bodies slowly.</summary>
    public const string SlowBody = "slowBody";

    /// <summary>The name of the fault that never answers.</summary>
    public const string Hang = "hang";

    /// <summary>The name of the fault that uses processor time.</summary>
    public const string Cpu = "cpu";

    /// <summary>The name of the fault that takes memory.</summary>
    public const string Memory = "memory";

    /// <summary>The name of the fault that blocks the threads of the pool.</summary>
    public const string ThreadPool = "threadPool";

    /// <summary>The name of the fault that behaves like a service that has just started.</summary>
    public const string SlowStart = "slowStart";

    /// <summary>The name of the fault that fails the readiness probe.</summary>
    public const string NotReady = "notReady";

    /// <summary>The name of the fault that fails the liveness probe.</summary>
    public const string NotLive = "notLive";

    /// <summary>The name of the fault that ends the process.</summary>
    public const string Crash = "crash";

    /// <summary>The name of the fault that loses spans.</summary>
    public const string LoseSpans = "loseSpans";

    /// <summary>The name of the fault that loses log lines.</summary>
    public const string LoseLogs = "loseLogs";

    /// <summary>The name of the fault that writes log lines twice.</summary>
    public const string RepeatLogs = "repeatLogs";

    /// <summary>The name of the fault that answers scrapes late.</summary>
    public const string SlowMetrics = "slowMetrics";

    /// <summary>The name of the fault that answers scrapes with an error.</summary>
    public const string FailMetrics = "failMetrics";

    /// <summary>The name of the fault that lets counters begin anew.</summary>
    public const string ResetCounters = "resetCounters";

    /// <summary>The name of the fault that gives another version.</summary>
    public const string WrongVersion = "wrongVersion";

    /// <summary>The longest delay, an hour, in seconds.</summary>
    private const double Longest = 3600;

    private const double Mebi = 1024 * 1024;

    /// <summary>All faults.</summary>
    public static IReadOnlyList<FaultKind> All { get; } =
    [
        new(Delay, FaultScope.Request, "waits before it handles the request: a fixed time, or one that is drawn for each request",
            new FaultParameter("fixedDelay", Time, "always this time", 0, Longest),
            new FaultParameter("least", Time, "uniform distribution: at least this time", 0, Longest),
            new FaultParameter("most", Time, "uniform distribution: less than this time", 0, Longest),
            new FaultParameter("mean", Time, "normal distribution, cut off at 0: its mean", 0, Longest),
            new FaultParameter("deviation", Time, "normal distribution: its standard deviation", 0, Longest),
            new FaultParameter("median", Time, "long-tailed (log-normal) distribution: half are shorter", 0.001, Longest),
            new FaultParameter("p99", Time, "long-tailed distribution: 1% of the delays are longer", 0.001, Longest))
        {
            OneOf = [["fixedDelay"], ["least", "most"], ["mean", "deviation"], ["median", "p99"]],
        },
        new(Abort, FaultScope.Request, "answers with a status and an error instead of handling the request",
            new FaultParameter("httpStatus", Whole, "the status", 400, 599),
            new FaultParameter("message", Text, "the text of the error", Default: "fault injected")),
        new(Disconnect, FaultScope.Request, "drops the connection",
            new FaultParameter("when", Word, "before the answer, or in the middle of its body", Default: "before")
            {
                Words = ["before", "during"],
            }),
        new(Truncate, FaultScope.Request, "sends only the first part of the body, as if that were all",
            new FaultParameter("keep", Number, "how much of the body is sent, in percent", 0, 99, Default: "50")),
        new(WrongBody, FaultScope.Request, "sends another body with the same status and headers",
            new FaultParameter("body", Text, "the body", Default: "{}")),
        new(SlowBody, FaultScope.Request, "sends the body in ten parts, evenly over a time",
            new FaultParameter("duration", Time, "the time from the first part to the last", 0, Longest)),
        new(Hang, FaultScope.Request, "does not answer, and drops the connection at the limit, or when the fault ends",
            new FaultParameter("limit", Time, "the longest time", 0, Longest, Default: "60s")),
        new(Cpu, FaultScope.Process, "uses processor time beside its work",
            new FaultParameter("cores", Number, "how many processors' time", 0.01, 64, Default: "1")),
        new(Memory, FaultScope.Process, "takes memory, more every second, and gives it back at the end",
            new FaultParameter("rate", Bytes, "how much more each second", 1024, 1024 * Mebi),
            new FaultParameter("limit", Bytes, "how much in all", 1024, 64 * 1024 * Mebi)),
        new(ThreadPool, FaultScope.Process, "keeps the threads of its pool busy with blocking work, and lets requests queue behind it",
            new FaultParameter("blockers", Whole, "how many pieces of work block a thread for 20 ms, again and again", 1, 200, "64")),
        new(SlowStart, FaultScope.Process, "behaves like a service that has just started: not ready, and slow, less and less so",
            new FaultParameter("duration", Time, "for how long", 0, Longest),
            new FaultParameter("delay", Time, "how long a request waits at the beginning", 0, Longest, Default: "1s")),
        new(NotReady, FaultScope.Process, "fails its readiness probe",
            new FaultParameter("health", Flag, "whether /health answers 500 as well", Default: "false")),
        new(NotLive, FaultScope.Process, "fails its liveness probe: Kubernetes restarts it"),
        new(Crash, FaultScope.Process, "ends like a process that was killed (SIGKILL)",
            new FaultParameter("after", Time, "how long after the rule became active", 0, Longest, Default: "0s")),
        new(LoseSpans, FaultScope.Telemetry, "does not export spans"),
        new(LoseLogs, FaultScope.Telemetry, "does not write lines of its log to stdout"),
        new(RepeatLogs, FaultScope.Telemetry, "writes lines of its log to stdout twice"),
        new(SlowMetrics, FaultScope.Telemetry, "answers scrapes of /metrics late",
            new FaultParameter("fixedDelay", Time, "how late", 0, Longest)),
        new(FailMetrics, FaultScope.Telemetry, "answers scrapes of /metrics with an error",
            new FaultParameter("httpStatus", Whole, "the status", 400, 599, Default: "500")),
        new(ResetCounters, FaultScope.Telemetry, "resets the counters and histograms on /metrics to 0, as if it had restarted")
        {
            HasChance = false,
        },
        new(WrongVersion, FaultScope.Telemetry, "gives another version of itself on /metrics and in log lines on stdout",
            new FaultParameter("version", Text, "the version"))
        {
            HasChance = false,
        },
    ];

    /// <summary>A fault by its name; <see langword="null"/> when there is none.</summary>
    /// <param name="name">The name; case matters.</param>
    public static FaultKind? Find(string name) => All.FirstOrDefault(kind => kind.Name == name);
}
