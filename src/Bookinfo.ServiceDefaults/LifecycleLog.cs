using System.Diagnostics;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bookinfo.ServiceDefaults;

/// <summary>Says in the log when the service began to listen, was told to stop, and has stopped.</summary>
/// <param name="server">What listens.</param>
/// <param name="time">The clock.</param>
/// <param name="drain">How long the service goes on after it was told to stop.</param>
/// <param name="logger">The log.</param>
internal sealed partial class LifecycleLog(IServer server, TimeProvider time, DrainOptions drain, ILogger<LifecycleLog> logger) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var addresses = string.Join(' ', server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []);
        using var process = Process.GetCurrentProcess();
        var startUp = Math.Round((time.GetLocalNow().DateTime - process.StartTime).TotalMilliseconds);
        ServiceStarted(logger, addresses, startUp);
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        ServiceDraining(logger, drain.Period.TotalSeconds);
        return Task.CompletedTask;
    }

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        ServiceStopped(logger);
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Information, EventName = "ServiceStarted", Message = "Listens on {addresses}, {startup_ms} ms after its process was started")]
    private static partial void ServiceStarted(ILogger logger, string addresses, double startup_ms);

    [LoggerMessage(Level = LogLevel.Information, EventName = "ServiceDraining", Message = "Told to stop: unready now, serving for another {drain_seconds} s")]
    private static partial void ServiceDraining(ILogger logger, double drain_seconds);

    [LoggerMessage(Level = LogLevel.Information, EventName = "ServiceStopped", Message = "Stopped")]
    private static partial void ServiceStopped(ILogger logger);
}
