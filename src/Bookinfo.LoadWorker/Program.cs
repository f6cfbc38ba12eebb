using System.Globalization;
using System.Net.Sockets;
using Bookinfo.Load;

namespace Bookinfo.LoadWorker;

/// <summary>
/// Sends requests from inside a cluster: what <c>--in-cluster</c> of <c>bookinfo load</c> and <c>baseline</c> starts as a Job and tells
/// what to do, and, as <c>load-worker traffic</c>, what sends for as long as it is deployed.
/// </summary>
public static class Program
{
    /// <summary>Longer than any request to a worker that is not malformed.</summary>
    private const int LargestOrder = 64 * 1024;

    /// <summary>What is under way when a worker is told to end is of no use to anybody.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Runs the worker until it is told to end, or nobody has told it anything for some minutes.</summary>
    /// <param name="args">
    /// <c>traffic</c> for traffic without an end; <c>--NAME=value</c> overrides the environment variable ASPNETCORE_NAME, by which it is
    /// told where to listen.
    /// </param>
    /// <returns>0 after an orderly end, 1 when it cannot start.</returns>
    public static async Task<int> Main(string[] args)
    {
        try
        {
            await using var app = Build(args);
            var traffic = app.Services.GetService<TrafficSender>();
            await app.RunAsync();
            return traffic?.HasFailed == true ? 1 : 0;
        }
        catch (Exception exception) when (
            exception is IOException or SocketException or FormatException or ArgumentException or InvalidOperationException)
        {
            await Console.Error.WriteLineAsync($"load-worker cannot start: {exception.Message}");
            return 1;
        }
    }

    /// <summary>Builds the worker.</summary>
    /// <param name="args">As for <see cref="Main"/>.</param>
    /// <param name="adjust">Replaces what the caller brings itself.</param>
    /// <returns>The application, not started.</returns>
    public static WebApplication Build(string[] args, Action<IServiceCollection>? adjust = null)
    {
        var isTraffic = args is [TrafficProgram.Mode, ..];
        if (!isTraffic && args is [var mode, ..] && !mode.StartsWith("--", StringComparison.Ordinal))
        {
            throw new FormatException(
                $"'{mode}' is not known: only '{TrafficProgram.Mode}' is, and nothing for a worker that takes orders");
        }

        // As in the services: no settings files, whatever lies where it was started from.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddEnvironmentVariables("ASPNETCORE_").AddCommandLine(isTraffic ? args[1..] : args);
        const string Ports = "http_ports";
        if (string.IsNullOrEmpty(builder.Configuration[Ports]))
        {
            builder.Configuration[Ports] = WorkerProtocol.Port.ToString(CultureInfo.InvariantCulture);
        }

        if (builder.Configuration[Ports]!.Split(';')
            .FirstOrDefault(static port => !ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out _)) is { } wrong)
        {
            // Kestrel would leave it out.
            throw new FormatException($"'{wrong}' in ASPNETCORE_HTTP_PORTS is not a port");
        }

        builder.WebHost.UseKestrelCore().ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = LargestOrder;
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(TimeProvider.System);
        if (isTraffic)
        {
            builder.AddTraffic();
        }
        else
        {
            builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = ShutdownTimeout);
            builder.Services.AddSingleton<RunSlot>();
            builder.Services.AddHostedService<IdleEnd>();
        }

        adjust?.Invoke(builder.Services);
        var app = builder.Build();
        app.UseRouting();
        if (isTraffic)
        {
            app.MapTraffic();
        }
        else
        {
            app.MapWorker();
        }

        return app;
    }
}
