using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using Bookinfo.Load;
using Bookinfo.Traffic;

namespace Bookinfo.LoadWorker;

/// <summary>
/// The worker as it sends traffic without an end, for as long as it is deployed: nobody tells it what to do but its settings.
/// </summary>
internal static class TrafficProgram
{
    /// <summary>The argument that asks for it.</summary>
    public const string Mode = "traffic";

    /// <summary>Requests are made anew so often: visitors sign in again, and connections reach pods that have come since.</summary>
    private static readonly TimeSpan Renewal = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    /// <summary>Longer than a request that is under way may take.</summary>
    private static readonly TimeSpan ShutdownTimeout = TrafficSender.Timeout + TimeSpan.FromSeconds(5);

    /// <summary>Adds what sends, counts and answers.</summary>
    /// <param name="builder">The program.</param>
    /// <exception cref="FormatException">A variable of the environment has a value that is not allowed.</exception>
    public static void AddTraffic(this WebApplicationBuilder builder)
    {
        var options = TrafficOptions.Read(
            new ConfigurationBuilder().AddEnvironmentVariables().AddConfiguration(builder.Configuration).Build());
        builder.Logging.AddJsonConsole(static json =>
        {
            json.UseUtcTimestamp = true;
            json.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            // It is read by people and by programs that read JSON, and never becomes part of a page.
            json.JsonWriterOptions = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(new TrafficMetrics(BookinfoAnswers.Usual));
        builder.Services.AddSingleton(services => new SteadyLoad(
            new SteadyOptions(
                options.Connections, TrafficSender.Timeout, Patience: TrafficSender.Timeout, Renewal, Retry,
                IndexedRandom.NewSeed()),
            services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<TrafficSender>();
        builder.Services.AddHostedService(static services => services.GetRequiredService<TrafficSender>());
    }

    /// <summary>Adds the endpoints.</summary>
    /// <param name="app">The program.</param>
    public static void MapTraffic(this WebApplication app)
    {
        app.MapGet("/health/live", static (HttpContext context) => context.Response.WriteAsync("live\n"));
        app.MapGet(WorkerProtocol.ReadyPath, static (HttpContext context) =>
        {
            var services = context.RequestServices;
            var isReady = services.GetRequiredService<TrafficSender>().IsReady
                && !services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested;
            context.Response.StatusCode = (int)(isReady ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable);
            return context.Response.WriteAsync(isReady ? "ready\n" : "not ready\n");
        });
        app.MapGet("/metrics", static (HttpContext context) =>
        {
            var services = context.RequestServices;
            context.Response.ContentType = TrafficMetrics.ContentType;
            return context.Response.WriteAsync(services.GetRequiredService<TrafficMetrics>().Write(
                services.GetRequiredService<SteadyLoad>(), services.GetRequiredService<TrafficSender>().IsRejected));
        });
    }
}
