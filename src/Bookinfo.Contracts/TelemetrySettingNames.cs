namespace Bookinfo.Contracts;

/// <summary>The names of the settings of OpenTelemetry that have an effect here, as docs/telemetry.md lists them.</summary>
public static class TelemetrySettingNames
{
    /// <summary>The beginning of all of them.</summary>
    public const string Prefix = "OTEL_";

    /// <summary>All of them.</summary>
    public static IReadOnlySet<string> All { get; } = new HashSet<string>(
        [
            "OTEL_SDK_DISABLED", "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES",
            "OTEL_TRACES_EXPORTER", "OTEL_LOGS_EXPORTER", "OTEL_METRICS_EXPORTER",
            "OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG", "OTEL_METRICS_EXEMPLAR_FILTER",
            "OTEL_METRIC_EXPORT_INTERVAL", "OTEL_METRIC_EXPORT_TIMEOUT",
            "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
            "OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "OTEL_DOTNET_EXPERIMENTAL_OTLP_DISK_RETRY_DIRECTORY_PATH",
            .. from scope in new[] { "", "TRACES_", "LOGS_", "METRICS_" }
               from name in new[]
               {
                   "ENDPOINT", "PROTOCOL", "HEADERS", "TIMEOUT", "COMPRESSION", "CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY",
               }
               select $"OTEL_EXPORTER_OTLP_{scope}{name}",
            .. from batch in new[] { "BSP", "BLRP" }
               from name in new[] { "SCHEDULE_DELAY", "EXPORT_TIMEOUT", "MAX_QUEUE_SIZE", "MAX_EXPORT_BATCH_SIZE" }
               select $"OTEL_{batch}_{name}",
            .. from limit in new[]
               {
                   "ATTRIBUTE_VALUE_LENGTH", "ATTRIBUTE_COUNT", "SPAN_ATTRIBUTE_VALUE_LENGTH", "SPAN_ATTRIBUTE_COUNT", "SPAN_EVENT_COUNT",
                   "SPAN_LINK_COUNT", "EVENT_ATTRIBUTE_COUNT", "LINK_ATTRIBUTE_COUNT", "LOGRECORD_ATTRIBUTE_VALUE_LENGTH",
                   "LOGRECORD_ATTRIBUTE_COUNT",
               }
               select $"OTEL_{limit}_LIMIT",
        ],
        StringComparer.OrdinalIgnoreCase);
}
