using Bookinfo.Contracts;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Observability.Tests;

/// <summary>
/// The real services with a real Prometheus, under traffic that goes on until the end: page views and calls of the API that succeed and
/// fail on every edge. At first details does not run. Spans go to an address where nobody listens, which is enough for exemplars.
/// </summary>
public sealed class MeteredSystem : IAsyncLifetime
{
    private static readonly string[] Requests =
    [
        // Four calls of reviews in all: with three, each would go to the same of its three versions every time.
        "/productpage", "/productpage", "/api/v1/products/0", "/api/v1/products/0/reviews", "/api/v1/products/0/ratings",
        // What the backends refuse: 400, 404, 400. Half of the ratings are refused as well.
        "/api/v1/products/x", "/api/v1/products/x/reviews", "/api/v1/products/x/ratings", "/nothing/here",
    ];

    private readonly ServiceProcesses _services = new();
    private readonly ClosedPort _nobody = new();
    private readonly CancellationTokenSource _end = new();
    private readonly HttpClient _visitor = new();
    private PrometheusServer? _prometheus;
    private Task _traffic = Task.CompletedTask;

    internal PrometheusServer Prometheus => _prometheus!;

    /// <summary>What a process has on <c>/metrics</c> now.</summary>
    /// <param name="process">Its name in the catalog.</param>
    internal Task<string> ScrapeAsync(string process) =>
        _visitor.GetStringAsync(new Uri(_services.AddressOf(process), "/metrics"), _end.Token);

    public async ValueTask InitializeAsync()
    {
        try
        {
            await StartAsync();
        }
        catch
        {
            // Without this, nothing would dispose of what has been started.
            await DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _traffic;
        await _services.DisposeAsync();
        _nobody.Dispose();
        if (_prometheus is not null)
        {
            await _prometheus.DisposeAsync();
            _prometheus = null;
        }

        _visitor.Dispose();
    }

    private async Task StartAsync()
    {
        var versions = ServiceCatalog.All.SelectMany(service => service.Versions).ToList();
        _prometheus = PrometheusServer.Start(
            FreePort.Find(),
            ObservabilityFiles.ConfigurationWith(
                versions.ToDictionary(version => version.LocalPort, version => _services.AddressOf(version.Name).Port)),
            ObservabilityFiles.RuleFiles);
        _services.Set("*", "OTEL_EXPORTER_OTLP_ENDPOINT", _nobody.Address.AbsoluteUri);
        _services.Set("ratings", "SERVICE_VERSION", "v-faulty");
        await _services.StartAsync([.. versions.Where(version => version.Service != "details").Select(version => version.Name)]);
        await Eventually.GetAsync("Prometheus", async () => await _prometheus.IsReadyAsync() ? "" : null);
        _traffic = DriveAsync();
        await HasDataAsync(
            "increase(http_client_request_duration_seconds_count{service_peer_name=\"details\", error_type=\"connection_error\"}[1m]) > 0");
        await _services.StartAsync("details-v1");
        await HasDataAsync("increase(http_client_request_duration_seconds_count{service_peer_name=\"details\", "
            + "http_response_status_code=\"200\"}[1m]) > 0");
        await HasDataAsync($"count(increase(process_uptime_seconds[1m]) > 0) == {versions.Count}");
    }

    private Task<IReadOnlyList<PrometheusSeries>> HasDataAsync(string expression) =>
        Eventually.GetAsync(expression, async () => await Prometheus.QueryAsync(expression) is { Count: > 0 } series ? series : null);

    private async Task DriveAsync()
    {
        var page = _services.AddressOf("productpage-v1");
        while (!_end.IsCancellationRequested)
        {
            foreach (var request in Requests)
            {
                try
                {
                    using var answer = await _visitor.GetAsync(new Uri(page, request), _end.Token);
                }
                catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
                {
                    // productpage has yet to start, or this is the end.
                }
            }

            await Task.Delay(50, CancellationToken.None);
        }
    }
}
