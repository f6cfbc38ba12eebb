using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>
/// Sends what is left when the service has stopped, all signals at once and for a limited time. Left to itself the SDK does that one signal
/// after the other, up to 5 s each, so a collector that takes everything and never answers would keep the service from ending in time.
/// </summary>
/// <param name="services">Where the signals are, those that there are.</param>
/// <param name="patience">How long it may take.</param>
internal sealed class TelemetryShutdown(IServiceProvider services, TimeSpan patience) : IHostedLifecycleService
{
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        var milliseconds = (int)patience.TotalMilliseconds;
        await Task.WhenAll(
            OnAThread(() => services.GetService<TracerProvider>()?.Shutdown(milliseconds)),
            OnAThread(() => services.GetService<MeterProvider>()?.Shutdown(milliseconds)),
            OnAThread(() => services.GetService<LoggerProvider>()?.Shutdown(milliseconds)));
        services.GetService<ExportReports>()?.TellRest();

        // They block. In the pool, which has two threads on a machine with two processors, the third would wait for one of the others.
        static Task OnAThread(Action shutdown) =>
            Task.Factory.StartNew(shutdown, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
