using Bookinfo.ServiceDefaults.Logging;
using Bookinfo.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary><c>/metrics</c>, which Prometheus scrapes.</summary>
internal static class MetricsEndpoint
{
    /// <summary>Maps it, and makes the instruments that nobody asks for.</summary>
    /// <param name="app">The application.</param>
    public static void MapMetrics(this WebApplication app)
    {
        if (app.Services.GetRequiredService<TelemetryOptions>().Metrics)
        {
            app.Services.GetRequiredService<ProcessMetrics>();
            app.Services.GetRequiredService<ThreadPoolMetrics>();
            app.Services.GetRequiredService<LogMetrics>();
            app.Services.GetRequiredService<ExportReports>();
            // A scrape takes a millisecond and more, and its exporter waits for others by keeping the processor busy.
            app.MapPrometheusScrapingEndpoint(
                "/metrics",
                meterProvider: null,
                configureBranchedPipeline: static branch => branch.Use(SocketThreads.Leave).Use(MakeWhole),
                optionsName: null).ReadOnly();
        }
    }

    /// <summary>
    /// Middleware that lets the answer be made whole before any of it is sent. The exporter writes while it keeps all other scrapes
    /// waiting, so that one who asks and does not read would stop them all.
    /// </summary>
    private static async Task MakeWhole(HttpContext context, RequestDelegate next)
    {
        var response = context.Response;
        var visitor = response.Body;
        using var whole = new MemoryStream();
        response.Body = whole;
        try
        {
            await next(context);
        }
        finally
        {
            response.Body = visitor;
        }

        if (whole.Length == 0)
        {
            // It failed, and the answer says so in the way of all errors.
            return;
        }

        response.ContentLength = whole.Length;
        await visitor.WriteAsync(whole.GetBuffer().AsMemory(0, (int)whole.Length), context.RequestAborted);
    }
}
