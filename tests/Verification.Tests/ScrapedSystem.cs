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

    private readonly ServiceProcesses _services = new();
    private readonly Dictionary<string, ScrapeProxy> _proxies = [];
    private RunningPrometheus? _prometheus;
    private ulong _runs;

    /// <summary>A second way to details, which leads nowhere unless it is opened.</summary>
    internal ScrapeProxy Twin { get; private set; } = null!;

    public static IReadOnlyList<string> Processes { get; } =
        [.. ServiceCatalog.All.SelectMany(service => service.Versions).Select(version => version.Name)];

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
            var targets = _proxies.Values.Append(Twin).Select(proxy => $"'{proxy.Address.Authority}'");
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
    /// <param name="rate">How many a second.</param>
    internal async Task<(RunExpectation Run, SignalResult Result)> VerifyAsync(
        int requests, Action? whenPrepared = null, double rate = 100)
    {
        using var source = Source();
        var token = TestContext.Current.CancellationToken;
        await source.PrepareAsync(static _ => { }, token);
        whenPrepared?.Invoke();
        var ledger = Path.GetTempFileName();
        try
        {
            await KnownRun.SendAsync(_services.AddressOf("productpage-v1"), ledger, requests, rate, ++_runs);
            var run = new LedgerOracle(ledger).Expect(token);
            return (run, await source.CheckAsync(run, static _ => { }, token));
        }
        finally
        {
            File.Delete(ledger);
        }
    }

    /// <summary>Verifies what was sent before.</summary>
    /// <param name="run">What was sent.</param>
    internal async Task<SignalResult> VerifyAgainAsync(RunExpectation run)
    {
        using var source = Source();
        return await source.CheckAsync(run, static _ => { }, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_prometheus is not null)
        {
            await _prometheus.DisposeAsync();
        }

        foreach (var proxy in _proxies.Values.Append(Twin).OfType<ScrapeProxy>())
        {
            await proxy.DisposeAsync();
        }

        await _services.DisposeAsync();
    }

    private PrometheusSource Source() =>
        new(new PrometheusClient(_prometheus!.Address), "job=\"bookinfo\"", Eventually.Never, TimeProvider.System);
}
