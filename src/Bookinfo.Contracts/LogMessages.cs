namespace Bookinfo.Contracts;

/// <summary>
/// The messages of the events that the tool looks for in the logs of services. A name in braces stands for a field of the event.
/// </summary>
public static class LogMessages
{
    /// <summary>A service listens.</summary>
    public const string ServiceStarted = "Listening on {addresses}, {startup_ms} ms after the process was started";

    /// <summary>An OTLP export failed.</summary>
    public const string TelemetryExportFailed = "Sending {signal} by OTLP failed {failures} times since this was last reported: {reason}";

    /// <summary>An OTLP export succeeded after failures.</summary>
    public const string TelemetryExportWorks =
        "Sending {signal} by OTLP works again; it failed {failures} more times since this was last reported";

    /// <summary>Spans or log records came faster than they could be sent.</summary>
    public const string TelemetryDropped =
        "Dropped {dropped} records of {signal} since this was last reported: they came faster than they could be sent by OTLP. "
            + "Sample, or lengthen the queue for a short burst (OTEL_BSP_MAX_QUEUE_SIZE, OTEL_BLRP_MAX_QUEUE_SIZE)";

    /// <summary>The messages by the names of their events.</summary>
    public static IReadOnlyDictionary<string, string> ByEvent { get; } = new Dictionary<string, string>
    {
        [nameof(ServiceStarted)] = ServiceStarted,
        [nameof(TelemetryExportFailed)] = TelemetryExportFailed,
        [nameof(TelemetryExportWorks)] = TelemetryExportWorks,
        [nameof(TelemetryDropped)] = TelemetryDropped,
    };
}
