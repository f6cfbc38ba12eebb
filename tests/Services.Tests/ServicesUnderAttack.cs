using Bookinfo.ServiceDefaults.Telemetry;
using Bookinfo.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Services.Tests;

/// <summary>The four services, each with the log of what was done to it, and what has to hold whatever that was.</summary>
internal sealed class ServicesUnderAttack : IAsyncDisposable
{
    private readonly Dictionary<string, RunningService> _services = [];
    private readonly Dictionary<string, RecordedLog> _logs = [];

    public static IReadOnlyList<string> Names { get; } = ["details", "ratings", "reviews", "productpage"];

    public RunningService this[string service] => _services[service];

    public RecordedLog LogOf(string service) => _logs[service];

    public async ValueTask StartAsync()
    {
        var details = await StartAsync("details", Bookinfo.Details.Program.Build);
        var ratings = await StartAsync("ratings", Bookinfo.Ratings.Program.Build);
        var reviews = await StartAsync(
            "reviews", Bookinfo.Reviews.Program.Build, ["ENABLE_RATINGS=true", .. RunningService.At("ratings", ratings)]);
        await StartAsync(
            "productpage",
            Bookinfo.ProductPage.Program.Build,
            [
                .. RunningService.At("details", details), .. RunningService.At("ratings", ratings),
                .. RunningService.At("reviews", reviews), $"SESSION_KEY={Guid.NewGuid()}",
            ]);
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

    private async Task<Uri> StartAsync(
        string name, Func<string[], Action<IServiceCollection>?, WebApplication> build, params string[] settings)
    {
        var log = _logs[name] = new RecordedLog();
        _services[name] = await RunningService.StartAsync(build, log.AddTo, ["ACCESS_LOG=on", .. settings]);
        return _services[name].Address;
    }
}
