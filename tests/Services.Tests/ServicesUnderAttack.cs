using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Telemetry;
using Bookinfo.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Services.Tests;

/// <summary>The services, each with the log of what was done to it, and what has to hold whatever that was.</summary>
internal sealed class ServicesUnderAttack : IAsyncDisposable
{
    private readonly Dictionary<string, RunningService> _services = [];
    private readonly Dictionary<string, RecordedLog> _logs = [];

    public static IReadOnlyList<string> Names { get; } = [.. ServiceCatalog.All.Select(service => service.Name)];

    public RunningService this[string service] => _services[service];

    public RecordedLog LogOf(string service) => _logs[service];

    public async ValueTask StartAsync()
    {
        foreach (var service in ServiceCatalog.All)
        {
            var log = _logs[service.Name] = new RecordedLog();
            string[] settings =
            [
                "ACCESS_LOG=on",
                "ENABLE_RATINGS=true",
                $"SESSION_KEY={Guid.NewGuid()}",
                .. service.Calls.SelectMany(call => RunningService.At(call.Service, _services[call.Service].Address)),
            ];
            _services[service.Name] = await RunningService.StartAsync(ServicePrograms.BuildOf(service.Name), log.AddTo, settings);
        }
    }

    /// <summary>That a service still serves, has answered nothing with 5xx, and has nothing to complain about.</summary>
    public void AssertUnharmed(string service)
    {
        var health = _services[service].Client.GetAsync(new Uri("/health/ready", UriKind.Relative)).GetAwaiter().GetResult();
        Assert.True(health.IsSuccessStatusCode);
        // What was dropped may still be under way. Not by /metrics, where all services of a process are one.
        var active = _services[service].Services.GetRequiredService<HttpTelemetry>().ActiveRequests;
        Eventually.HoldsAsync("Requests are still under way.", () => active.Observe().Sum(count => count.Value) == 0)
            .GetAwaiter()
            .GetResult();
        Assert.DoesNotContain(_logs[service].Events, logged => logged.Level >= LogLevel.Warning || logged.Status >= 500);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services.Values)
        {
            await service.DisposeAsync();
        }
    }
}
