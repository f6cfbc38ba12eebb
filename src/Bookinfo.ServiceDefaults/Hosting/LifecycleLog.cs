using System.Diagnostics;
using Bookinfo.ServiceDefaults.Logging;
using Bookinfo.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary>Says in the log when the service began to listen and when it has stopped.</summary>
/// <param name="server">What listens.</param>
/// <param name="telemetry">What is sent.</param>
/// <param name="logger">The log.</param>
internal sealed class LifecycleLog(IServer server, TimeProvider time, TelemetryOptions telemetry, ILogger<LifecycleLog> logger)
    : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var addresses = string.Join(' ', server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []);
        using var process = Process.GetCurrentProcess();
        var startUp = Math.Round((time.GetLocalNow().DateTime - process.StartTime).TotalMilliseconds);
        LogEvents.ServiceStarted(logger, addresses, startUp);
        if (telemetry.WithoutEffect is { Count: > 0 } settings)
        {
            LogEvents.TelemetryNotSent(logger, string.Join(", ", settings));
        }

        return Task.CompletedTask;
    }

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        LogEvents.ServiceStopped(logger);
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
