using System.Diagnostics.Metrics;

namespace Bookinfo.ServiceDefaults.Logging;

/// <summary>Whether the log is complete: without it a missing line could be the platform's fault or ours.</summary>
internal sealed class LogMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string Name = "Bookinfo.Log";

    /// <summary>Makes the instrument.</summary>
    /// <param name="meters">What makes meters, and ends them with the service.</param>
    /// <param name="log">The log.</param>
    public LogMetrics(IMeterFactory meters, LineLoggerProvider log) => meters.Create(Name).CreateObservableCounter(
        "bookinfo.log.lines.dropped", () => log.LostLines, "{line}", "Lines of the log that were lost because stdout did not take them.");
}
