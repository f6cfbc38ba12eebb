using System.Globalization;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.Testing;

namespace Bookinfo.Verification.Tests;

/// <summary>The real services and a real Prometheus, with a proxy between it and each of them.</summary>
public sealed class ScrapedSystem : IAsyncLifetime
{
    /// <summary>Often enough for a test, and seldom enough that a busy machine keeps up with it.</summary>
    private const int IntervalSeconds = 2;

    /// <summary>Requests a second.</summary>
    private const double Rate = 100;

    private readonly ServiceProcesses _services = new();
    private readonly Dictionary<string, ScrapeProxy> _proxies = [];
    private RunningPrometheus? _prometheus;
    private ulong _runs;

    /// <summary>A second way to details, which leads nowhere unless it is opened.</summary>
    internal ScrapeProxy Twin { get; private set; } = null!;

    /// <summary>A third way to details, which is opened once, so that it has no past.</summary>
    internal ScrapeProxy Newcomer { get; private set; } = null!;

    public static IReadOnlyList<string> Processes { get; } =
        [.. ServiceCatalog.All.SelectMany(service => service.Versions).Select(version => version.Name)];

    private IEnumerable<ScrapeProxy> Proxies => _proxies.Values.Append(Twin).Append(Newcomer);

    /// <summary>The proxy in front of a process.</summary>
    /// <param name="process">The process.</param>
    internal ScrapeProxy ProxyOf(string process) => _proxies[process];

    public async ValueTask InitializeAsync()
    {
        try
        {
            await _services.StartAsync();
            foreach (var process in Processes)
            {
                _proxies.Add(process, new ScrapeProxy(_services.AddressOf(process)));
            }

            Twin = new ScrapeProxy(_services.AddressOf("details-v1"), isOpen: false);
            Newcomer = new ScrapeProxy(_services.AddressOf("details-v1"), isOpen: false);
            var targets = Proxies.Select(proxy => $"'{proxy.Address.Authority}'");
            _prometheus = RunningPrometheus.Start(FreePort.Find(), string.Create(CultureInfo.InvariantCulture, $"""
                global:
                  scrape_interval: {IntervalSeconds}s
                  scrape_timeout: {IntervalSeconds}s
                scrape_configs:
                  - job_name: bookinfo
                    static_configs:
                      - targets: [{string.Join(", ", targets)}]

                """));
            await Eventually.GetAsync("Prometheus", async () => await _prometheus.IsReadyAsync() ? "" : null);
        }
        catch
        {
            // Without this, nothing would end what has been started.
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends requests, and verifies them.</summary>
    /// <param name="requests">How many.</param>
    /// <param name="whenPrepared">What is done between the last scrape that counts as before the run and its first request.</param>
    /// <param name="patience">How long to wait for scrapes after the run; for ever, unless it is said.</param>
    /// <param name="checksApp">Whether the application is checked before, as 'verify' does.</param>
    internal async Task<(RunExpectation Run, SignalResult Result)> VerifyAsync(
        int requests, Action? whenPrepared = null, TimeSpan? patience = null, bool checksApp = false)
    {
        using var source = Source(Eventually.Never);
        var token = TestContext.Current.CancellationToken;
        if (checksApp)
        {
            await CheckAppAsync();
        }

        await source.PrepareAsync(static _ => { }, token);
        whenPrepared?.Invoke();
        var ledger = Path.GetTempFileName();
        try
        {
            await KnownRun.SendAsync(_services.AddressOf("productpage-v1"), ledger, requests, Rate, ++_runs);
            var run = new LedgerOracle(ledger).Expect(token);
            using var checking = Source(patience ?? Eventually.Never);
            return (run, await checking.CheckAsync(run, static _ => { }, token));
        }
        finally
        {
            File.Delete(ledger);
        }
    }

    /// <summary>Checks the application, by some hundreds of requests.</summary>
    private async Task CheckAppAsync()
    {
        var services = Processes.ToDictionary(process => process, process => (Uri?)_services.AddressOf(process));
        var app = new AppVerification(new AppTarget(services[AppContract.Page]!, services), Eventually.Never, TimeProvider.System);
        Assert.Empty((await app.RunAsync(static _ => { }, TestContext.Current.CancellationToken)).Signal.Checks.SelectMany(
            check => check.Findings));
    }

    /// <summary>Verifies what was sent before.</summary>
    /// <param name="run">What was sent.</param>
    internal async Task<SignalResult> VerifyAgainAsync(RunExpectation run)
    {
        using var source = Source(Eventually.Never);
        return await source.CheckAsync(run, static _ => { }, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_prometheus is not null)
        {
            await _prometheus.DisposeAsync();
        }

        foreach (var proxy in Proxies.OfType<ScrapeProxy>())
        {
            await proxy.DisposeAsync();
        }

        await _services.DisposeAsync();
    }

    private PrometheusSource Source(TimeSpan patience) =>
        new(new PrometheusClient(_prometheus!.Address), "job=\"bookinfo\"", patience, TimeProvider.System);
}
