using System.Globalization;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.Scenarios;
using Bookinfo.Testing;

namespace Bookinfo.Verification.Tests;

/// <summary>The real services, which take faults, and for each verification a real Prometheus and a real Alertmanager of its own.</summary>
public sealed class AlertingSystem : IAsyncLifetime, IFaultTargets, IScenarioObserver
{
    /// <summary>What slow ratings cause, seconds after they are slow.</summary>
    public const string SlowRule = """
        alert: RatingsSlow
                expr: >-
                  sum(rate(http_client_request_duration_seconds_sum{service_peer_name="ratings"}[4s]))
                  / sum(rate(http_client_request_duration_seconds_count{service_peer_name="ratings"}[4s])) > 0.5
                labels: {severity: page}
        """;

    private readonly ServiceProcesses _services = new();
    private readonly List<FaultTarget> _targets = [];

    /// <summary>How often faults have begun.</summary>
    public int Begun { get; private set; }

    /// <summary>What is done when faults have begun.</summary>
    internal Func<Task>? WhenBegun { get; set; }

    string IFaultTargets.Description => "the test";

    Uri? IFaultTargets.Prometheus => null;

    private Uri Page => _services.AddressOf("productpage-v1");

    public async ValueTask InitializeAsync()
    {
        foreach (var version in ServiceCatalog.All.SelectMany(service => service.Versions))
        {
            var port = FreePort.Find();
            _services.Set(version.Name, SettingNames.ManagementListen, port.ToString(CultureInfo.InvariantCulture));
            _targets.Add(new FaultTarget(
                version.Name, version.Service, version.Name,
                new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"))));
        }

        try
        {
            await _services.StartAsync();
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    /// <summary>Verifies that slow ratings are noticed.</summary>
    /// <param name="rules">The alert rules that there are.</param>
    /// <param name="delivery">What becomes of the alerts that the Prometheus sends.</param>
    /// <param name="fires">Within how long the alert must fire.</param>
    /// <param name="resolves">Within how long it must be resolved.</param>
    /// <param name="patience">How long each thing is waited for after its time.</param>
    /// <param name="afterwards">What else is to be asked of the Prometheus.</param>
    internal async Task<AlertOutcome> VerifyAsync(
        IReadOnlyList<string> rules, AlertDelivery delivery, TimeSpan fires, TimeSpan resolves, TimeSpan patience,
        Func<PrometheusClient, AlertOutcome, Task>? afterwards = null)
    {
        await using var alertmanager = await RunningAlertmanager.StartAsync(isCutOff: delivery == AlertDelivery.CutOff);
        await using var prometheus = Start(rules, alertmanager);
        await Eventually.GetAsync("Prometheus", async () => await prometheus.IsReadyAsync() ? "" : null);
        using var client = new PrometheusClient(prometheus.Address);
        using var receiver = delivery == AlertDelivery.Unverified ? null : new AlertmanagerClient(alertmanager.Address);
        var token = TestContext.Current.CancellationToken;
        var outcome = await new AlertVerification(
            SlowRatings(fires, resolves), client, receiver, new AlertOptions(TimeSpan.FromSeconds(4), patience, "", Seed: 1),
            TimeProvider.System).RunAsync(this, Page, this, static _ => { }, token, token);
        await (afterwards?.Invoke(client, outcome) ?? Task.CompletedTask);
        return outcome;
    }

    /// <summary>Takes away whatever is on.</summary>
    internal async Task TakeAwayAsync()
    {
        using var client = new ManagementClient();
        await new FaultOverview(this, client, TimeProvider.System).RemoveAsync(null, TestContext.Current.CancellationToken);
    }

    Task<Uri> IFaultTargets.FindPageAsync(CancellationToken cancellationToken) => Task.FromResult(Page);

    Task<int> IFaultTargets.CountAsync(CancellationToken cancellationToken) => Task.FromResult(_targets.Count);

    Task<IReadOnlyList<FaultTarget>> IFaultTargets.FindAsync(
        IReadOnlyCollection<string>? services, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<FaultTarget>>(
        [.. _targets.Where(target => services is null || target.IsOneOf(services))]);

    void IScenarioObserver.Began(IReadOnlyList<FaultTarget> targets)
    {
        Begun++;
        WhenBegun?.Invoke();
    }

    void IScenarioObserver.Saw(SymptomReport report)
    {
    }

    void IScenarioObserver.Ended(ScenarioEnd end, IReadOnlyList<string> leftOn)
    {
    }

    /// <summary>A scenario in which ratings are slow.</summary>
    /// <param name="fires">Within how long its alert must fire.</param>
    /// <param name="resolves">Within how long it must be resolved.</param>
    internal static Scenario SlowRatings(TimeSpan fires, TimeSpan resolves) => ScenarioReader.Read(
        "slow",
        string.Create(CultureInfo.InvariantCulture, $$$"""
            title: Slow
            story: Slow
            trainer: Slow
            faults:
              - services: [ratings]
                match: {route: '/ratings/{id?}', method: GET}
                delay: {fixedDelay: 1s}
            traffic: {rate: 20, paths: [/productpage]}
            symptoms:
              metrics:
                - name: calls to ratings are slow
                  query: >-
                    sum(rate(http_client_request_duration_seconds_sum{service_peer_name="ratings"}[$window]))
                    / sum(rate(http_client_request_duration_seconds_count{service_peer_name="ratings"}[$window]))
                  during: {above: 0.5}
                  within: 10m
                  after: {below: 0.5}
                  clears: 10m
              alerts:
                - alert: RatingsSlow
                  labels: {severity: page}
                  fires: {{{fires.TotalSeconds}}}s
                  resolves: {{{resolves.TotalSeconds}}}s

            """),
        out _)!;

    private RunningPrometheus Start(IReadOnlyList<string> rules, RunningAlertmanager alertmanager)
    {
        var directory = Directory.CreateTempSubdirectory("bookinfo-rules");
        try
        {
            var file = Path.Combine(directory.FullName, "alerts.yml");
            File.WriteAllText(file, $"groups:\n  - name: test\n    rules:\n{string.Concat(rules.Select(rule => $"      - {rule}\n"))}");
            var targets = _targets.Select(target => $"'{_services.AddressOf(target.Name).Authority}'");
            return RunningPrometheus.Start(
                FreePort.Find(),
                $"""
                global:
                  scrape_interval: 1s
                  scrape_timeout: 1s
                  evaluation_interval: 1s
                rule_files: [alerts.yml]
                alerting:
                  alertmanagers:
                    - static_configs:
                        - targets: ['{alertmanager.Relay.Authority}']
                scrape_configs:
                  - job_name: bookinfo
                    static_configs:
                      - targets: [{string.Join(", ", targets)}]

                """,
                file);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}

/// <summary>What becomes of the alerts that a Prometheus sends.</summary>
internal enum AlertDelivery
{
    /// <summary>They arrive, and that is verified.</summary>
    Works,

    /// <summary>Whoever sends them is told that they have arrived, and they have not.</summary>
    CutOff,

    /// <summary>They arrive, and nobody looks.</summary>
    Unverified,
}
