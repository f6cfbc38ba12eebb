using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>The metrics and the log lines about what is exported by OTLP and does not arrive.</summary>
internal sealed class ExportReports : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string Name = "Bookinfo.Telemetry";

    private const string TracesSignal = "traces";
    private const string LogsSignal = "logs";

    private readonly List<ExportReport> _reports;
    private readonly MeterListener _queues = new();

    /// <summary>Makes the instruments, and lets the exporters write to the log.</summary>
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
        var meter = meters.Create(Name);
        meter.CreateObservableCounter(
            "bookinfo.telemetry.failed_exports",
            () => _reports.Select(static report => new Measurement<long>(report.Failures, Label("signal", report.Signal))),
            "{request}",
            "Requests by OTLP that did not arrive, or were turned away.");
        meter.CreateObservableCounter(
            "bookinfo.telemetry.dropped",
            () => _reports.Where(static report => report.Signal is TracesSignal or LogsSignal).SelectMany(Losses),
            "{record}",
            "Spans and log records that were given up.");
        ListenToQueues();
    }

    public void Dispose() => _queues.Dispose();

    /// <summary>Tells of failures that were not told yet, because the service stops.</summary>
    public void TellRest() => _reports.ForEach(static report => report.TellRest());

    private static Measurement<long>[] Losses(ExportReport report) =>
    [
        new(report.Dropped, Label("signal", report.Signal), Label("reason", "queue_full")),
        new(report.Undelivered, Label("signal", report.Signal), Label("reason", "not_delivered")),
    ];

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);

    /// <summary>
    /// Hears from the SDK what found a queue full: it counts by batches what it took, and one by one what it did not
    /// (https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/).
    /// </summary>
    private void ListenToQueues()
    {
        _queues.InstrumentPublished = (instrument, listener) =>
        {
            var signal = instrument.Name switch
            {
                "otel.sdk.processor.span.processed" => TracesSignal,
                "otel.sdk.processor.log.processed" => LogsSignal,
                _ => null,
            };
            if (_reports.Find(report => report.Signal == signal) is { } report)
            {
                listener.EnableMeasurementEvents(instrument, report);
            }
        };
        _queues.SetMeasurementEventCallback<long>(static (_, count, labels, report) =>
        {
            if (labels.Contains(Label("error.type", "queue_full")))
            {
                ((ExportReport)report!).Drop((int)count);
            }
        });
        _queues.Start();
    }
}
