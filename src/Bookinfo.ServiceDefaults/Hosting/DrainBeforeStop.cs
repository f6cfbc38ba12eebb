using Bookinfo.ServiceDefaults.Faults;
using Bookinfo.ServiceDefaults.Logging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary>
/// On SIGTERM: turns the service unready and keeps it serving for the drain period, before the server stops taking connections. Without it
/// every rollout loses the requests that are sent before the last load balancer has noticed.
/// </summary>
/// <param name="readiness">What the readiness probe reads.</param>
/// <param name="options">How long to drain.</param>
/// <param name="faults">What may hold up requests, and ends with the drain period.</param>
/// <param name="logger">The log.</param>
internal sealed class DrainBeforeStop(
    Readiness readiness, DrainOptions options, FaultBoard faults, TimeProvider time, ILogger<DrainBeforeStop> logger)
    : IHostedLifecycleService
{
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        readiness.StartDraining();
        LogEvents.ServiceDraining(logger, options.Period.TotalSeconds);
        await Task.Delay(options.Period, time, cancellationToken);
        faults.Dispose();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
