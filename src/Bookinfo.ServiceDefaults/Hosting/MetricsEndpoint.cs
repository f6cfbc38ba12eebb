using Bookinfo.ServiceDefaults.Faults;
using Bookinfo.ServiceDefaults.Logging;
using Bookinfo.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary><c>/metrics</c>, which Prometheus scrapes.</summary>
internal static class MetricsEndpoint
{
    /// <summary>Maps the endpoint, and creates the instruments, which nothing else asks the container for.</summary>
    /// <param name="app">The application.</param>
    public static void MapMetrics(this WebApplication app)
    {
        if (app.Services.GetRequiredService<TelemetryOptions>().Metrics)
        {
            app.Services.GetRequiredService<ProcessMetrics>();
            app.Services.GetRequiredService<ThreadPoolMetrics>();
            app.Services.GetRequiredService<LogMetrics>();
            app.Services.GetRequiredService<ExportReports>();
            app.Services.GetRequiredService<FaultMetrics>();
            // A scrape takes a millisecond or more, and the exporter spins while it waits for another one.
            app.MapPrometheusScrapingEndpoint(
                "/metrics",
                meterProvider: null,
                configureBranchedPipeline: static branch => branch.Use(SocketThreads.Leave).Use(MakeWhole),
                optionsName: null).ReadOnly();
        }
    }

    /// <summary>
    /// Middleware that buffers the whole answer before any of it is sent. The exporter keeps all other scrapes waiting while it writes, so
    /// a client that does not read would block them all.
    /// </summary>
    private static async Task MakeWhole(HttpContext context, RequestDelegate next)
    {
        var whole = await WholeAnswer.TakeAsync(context, next);
        await WholeAnswer.SendAsync(context, whole);
    }
}
