using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>The metric and the log lines about what is exported by OTLP and does not arrive.</summary>
internal sealed class ExportReports
{
    /// <summary>The name of the meter.</summary>
    public const string Name = "Bookinfo.Telemetry";

    private readonly List<ExportReport> _reports;

    /// <summary>Makes the instrument, and lets the exporters write to the log.</summary>
    /// <param name="meters">What makes meters, and ends them with the service.</param>
    /// <param name="options">Which signals are exported.</param>
    /// <param name="logger">The log.</param>
    public ExportReports(IMeterFactory meters, TelemetryOptions options, TimeProvider time, ILogger<ExportReports> logger)
    {
        _reports =
        [
            .. options.Traces ? [options.TracesExport.Report] : Array.Empty<ExportReport>(),
            .. options.PushLogs ? [options.LogsExport.Report] : Array.Empty<ExportReport>(),
            .. options.PushMetrics ? [options.MetricsExport.Report] : Array.Empty<ExportReport>(),
        ];
        _reports.ForEach(report => report.WriteTo(logger, time));
        meters.Create(Name).CreateObservableCounter(
            "bookinfo.telemetry.failed_exports",
            () => _reports.Select(
                static report => new Measurement<long>(report.Failures, new KeyValuePair<string, object?>("signal", report.Signal))),
            "{request}",
            "Requests by OTLP that did not arrive, or were turned away.");
    }

    /// <summary>Tells of failures that were not told yet, because the service stops.</summary>
    public void TellRest() => _reports.ForEach(static report => report.TellRest());
}
