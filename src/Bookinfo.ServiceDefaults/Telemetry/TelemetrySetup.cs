using System.Diagnostics.Metrics;
using Bookinfo.ServiceDefaults.Configuration;
using Bookinfo.ServiceDefaults.Logging;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>Puts the signals of a service together: which there are, whose they are, where they go.</summary>
internal static class TelemetrySetup
{
    /// <summary>The meter for injected faults.</summary>
    public const string FaultsMeter = "Bookinfo.Faults";

    private const string RuntimeMeter = "System.Runtime";

    /// <summary>Our own meters, and the one of .NET's runtime.</summary>
    private static readonly string[] Meters = ["Bookinfo.*", RuntimeMeter];

    /// <summary>Registers everything.</summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="service">Who the service is.</param>
    /// <param name="options">Which signals there are.</param>
    public static void AddTelemetry(this WebApplicationBuilder builder, ServiceIdentity service, TelemetryOptions options)
    {
        builder.Services.AddSingleton(service);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<HttpTelemetry>();
        builder.Services.AddSingleton<RefusedConnections>();
        builder.Services.AddSingleton<SpanLoss>();
        if (options.Metrics)
        {
            builder.Services.AddSingleton<ProcessMetrics>();
            builder.Services.AddSingleton<ThreadPoolMetrics>();
            builder.Services.AddSingleton<LogMetrics>();
            builder.Services.AddSingleton<ExportReports>();
            builder.Services.AddOpenTelemetry().ConfigureResource(Describe).WithMetrics(metrics => AddMetrics(metrics, options));
        }

        if (options.Traces)
        {
            builder.Services.AddOpenTelemetry().ConfigureResource(Describe).WithTracing(
                traces => traces.AddSource(HttpTelemetry.Name).SetSampler(options.Sampler).AddProcessor<SpanLoss>()
                    .AddOtlpExporter(options.TracesExport.Apply));
        }

        if (options.PushLogs)
        {
            builder.Logging.AddOpenTelemetry(logs =>
            {
                logs.IncludeScopes = true;
                logs.IncludeFormattedMessage = true;
                if (!options.Traces)
                {
                    logs.AddProcessor(new CallerInLogRecords());
                }

                logs.AddOtlpExporter(options.LogsExport.Apply);
            });
            builder.Services.AddOpenTelemetry().ConfigureResource(Describe);
        }

        // Cleared, as the SDK reads OTEL_RESOURCE_ATTRIBUTES by itself and does not decode the names.
        void Describe(ResourceBuilder resource) => resource.Clear().AddTelemetrySdk().AddAttributes(service.Attributes);
    }

    private static void AddMetrics(MeterProviderBuilder metrics, TelemetryOptions options)
    {
        metrics.AddMeter(Meters);
        // One view: each that matches would make a stream of its own.
        metrics.AddView(static instrument => ThreadPoolMetrics.DropOriginal(instrument) ?? FewSeries(instrument));
        metrics.SetExemplarFilter(options.Exemplars);
        metrics.AddPrometheusExporter(static exporter =>
        {
            // The counter of the contract carries the labels that the contract names, and no other.
            exporter.ScopeInfoEnabled = false;
            // Each scrape sees what is true then.
            exporter.ScrapeResponseCacheDurationMilliseconds = 0;
        });
        if (options.PushMetrics)
        {
            metrics.AddOtlpExporter(options.MetricsExport.Apply);
        }
    }

    /// <summary>
    /// Makes room for a few series only where there are only a few: by default the SDK sets aside room for 2,000 of each instrument.
    /// </summary>
    private static MetricStreamConfiguration? FewSeries(Instrument instrument) =>
        instrument.Meter.Name is RuntimeMeter or ProcessMetrics.Name or LogMetrics.Name or ExportReports.Name or RefusedConnections.Name
            or FaultsMeter
            ? new MetricStreamConfiguration { CardinalityLimit = 100 }
            : null;
}
