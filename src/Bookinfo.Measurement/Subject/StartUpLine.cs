using Bookinfo.Contracts;

namespace Bookinfo.Measurement;

/// <summary>The line by which a service says in its log that it listens.</summary>
/// <param name="At">The time of the line.</param>
/// <param name="Seconds">How many seconds after the start of the process that was.</param>
public sealed record StartUpLine(DateTimeOffset? At, double Seconds)
{
    /// <summary>Finds the line in a log.</summary>
    /// <param name="log">The beginning of the log, in either format of <c>LOG_FORMAT</c>.</param>
    /// <returns>The first such line; <see langword="null"/> when there is none.</returns>
    public static StartUpLine? Find(string log) => log.Split('\n')
        .Where(line => line.Contains(nameof(LogMessages.ServiceStarted), StringComparison.Ordinal))
        .Select(ServiceLogLine.Read)
        .Where(line => line?.Event == nameof(LogMessages.ServiceStarted))
        .Select(line => line!.Number("startup_ms") is { } startUp ? new StartUpLine(line.At, startUp / 1000) : null)
        .FirstOrDefault();
}
