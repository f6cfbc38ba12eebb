using Bookinfo.Foundation;
using Bookinfo.Load;
using Bookinfo.Measurement;
using Bookinfo.Scenarios;

namespace Bookinfo.Verification;

/// <summary>How a scenario is verified.</summary>
/// <param name="Window">The window of rates in questions to Prometheus.</param>
/// <param name="Patience">How long each thing is waited for after the time that the scenario gives to it.</param>
/// <param name="Selector">Which alerts are looked at, by their labels; empty for all.</param>
/// <param name="Seed">What is left to chance comes from it.</param>
/// <param name="Ledger">The file for the ledger of the requests; <see langword="null"/> to keep none.</param>
public sealed record AlertOptions(TimeSpan Window, TimeSpan Patience, string Selector, ulong Seed, string? Ledger = null);

/// <summary>What came of a scenario that was verified.</summary>
/// <param name="Signal">What was seen.</param>
/// <param name="Start">When it was begun.</param>
/// <param name="End">When all was seen.</param>
/// <param name="Load">What came of the requests; <see langword="null"/> when none were sent.</param>
public sealed record AlertOutcome(SignalResult Signal, DateTimeOffset Start, DateTimeOffset End, LoadResult? Load);

/// <summary>
/// Runs a scenario and finds out whether a platform notices: each symptom is seen, each declared alert fires, arrives and is resolved, and
/// no other does without a cause.
/// </summary>
/// <param name="scenario">The scenario.</param>
/// <param name="prometheus">The Prometheus that has the rules.</param>
/// <param name="alertmanager">Where its alerts are to arrive; <see langword="null"/> when that is not verified.</param>
/// <param name="options">How long to wait, and what to look at.</param>
/// <param name="time">Tells the time and waits.</param>
public sealed class AlertVerification(
    Scenario scenario, PrometheusClient prometheus, AlertmanagerClient? alertmanager, AlertOptions options, TimeProvider time)
{
    /// <summary>The name of the signal.</summary>
    public const string Signal = "alerts";

    /// <summary>What is counted in the ledger needs some hundreds of requests.</summary>
    private static readonly TimeSpan LeastForLedger = TimeSpan.FromSeconds(30);

    private readonly IReadOnlyList<AlertSymptom> _alerts = scenario.Symptoms.Alerts;

    private readonly IReadOnlyList<ExpectedSymptom> _symptoms =
    [
        .. scenario.Symptoms.Metrics.Select(metric => ExpectedSymptom.Of(metric, options.Window)),
        .. scenario.Symptoms.Alerts.Select(ExpectedSymptom.Of),
        .. alertmanager is null ? [] : scenario.Symptoms.Alerts.Select(alert => ExpectedSymptom.ArrivalOf(alert, options.Patience)),
    ];

    /// <summary>Runs the scenario, and waits until its symptoms and alerts were seen and are gone, or their time is over.</summary>
    /// <param name="targets">The Bookinfo.</param>
    /// <param name="page">Where to send the requests of the scenario; <see langword="null"/> when somebody else does.</param>
    /// <param name="observer">Is told how the scenario goes on.</param>
    /// <param name="say">Is told what the user has to know, in sentences.</param>
    /// <param name="stop">Ends it early: the faults are taken away.</param>
    /// <param name="kill">Ends it without waiting for anything.</param>
    /// <exception cref="OperationFailedException">It cannot be begun, or was ended by somebody else.</exception>
    public async Task<AlertOutcome> RunAsync(
        IFaultTargets targets, Uri? page, IScenarioObserver observer, Action<string> say, CancellationToken stop, CancellationToken kill)
    {
        var start = time.GetUtcNow();
        var source = await DescribeSourceAsync(stop);
        var rules = AlertRuleCheck.Run(
            _alerts, await prometheus.FindAlertRulesAsync(stop), $"{prometheus.Address}rules");
        if (rules.Findings.Count > 0)
        {
            return new AlertOutcome(new SignalResult(Signal, source, [rules, NothingBroken()]), start, time.GetUtcNow(), null);
        }

        // Before anything is broken, because faults may keep visitors from signing in.
        var load = page is null ? null : await ScenarioLoad.PrepareAsync(page, scenario.Traffic.Paths, options.Seed, time, stop);
        if (options.Ledger is { } ledger)
        {
            load?.KeepLedger(ledger, ProgramVersion.Text);
        }

        using var client = new ManagementClient();
        var keeper = new FaultKeeper(
            targets, client, scenario.Name, [.. scenario.Faults.Select(fault => fault.WithSeed(options.Seed))], say, time);
        var watch = new SymptomWatch(
            prometheus,
            [
                .. _symptoms.Select(symptom => symptom.IsArrival ? symptom : symptom with
                {
                    Within = symptom.Within + options.Patience,
                    Clears = symptom.Clears + options.Patience,
                }),
            ],
            observer.Saw, time, alertmanager);
        say("Waiting until none of its symptoms is left and all processes have been scraped.");
        var outcome = await new ScenarioRun(scenario.Traffic, keeper, load, watch, observer, say, time).RunAsync(
            new ScenarioRunOptions(
                scenario.Duration, Check: true, await targets.CountAsync(stop), options.Ledger is null ? TimeSpan.Zero : LeastForLedger),
            stop, kill);
        stop.ThrowIfCancellationRequested();
        if (outcome.End != ScenarioEnd.Checked)
        {
            throw new OperationFailedException(
                FailureKind.Failed,
                $"'{scenario.Name}' was not seen to its end: its faults {(outcome.End == ScenarioEnd.Expired
                    ? "have ended by themselves"
                    : "were taken away by someone else")}.");
        }

        var others = await OtherAlerts.FindAsync(prometheus, options.Selector, scenario, outcome.BeganAt, time, stop);
        return new AlertOutcome(Report(source, rules, outcome, others), start, time.GetUtcNow(), outcome.Load);
    }

    /// <summary>Says which Prometheus is asked.</summary>
    /// <param name="prometheus">The Prometheus.</param>
    /// <param name="version">Its version; <see langword="null"/> when it does not tell.</param>
    internal static string DescribePrometheus(PrometheusClient prometheus, string? version) =>
        $"Prometheus API{(version is null ? "" : $", version {version}")} at {prometheus.Address}";

    private async Task<string> DescribeSourceAsync(CancellationToken cancellationToken)
    {
        var source = DescribePrometheus(prometheus, await prometheus.FindVersionAsync(cancellationToken));
        return alertmanager is null
            ? source
            : $"{source}; Alertmanager, version {await alertmanager.FindVersionAsync(cancellationToken)} at {alertmanager.Address}";
    }

    private CheckResult NothingBroken() => new(AlertChecks.Fired)
    {
        NotChecked = [$"No fault was set, because rules of alerts that '{scenario.Name}' declares are missing or cannot fire."],
    };

    private SignalResult Report(
        string source, CheckResult rules, ScenarioOutcome outcome, IReadOnlyList<OtherAlert> others)
    {
        var seen = _symptoms.Zip(outcome.Symptoms, (symptom, one) => new SeenSymptom(symptom, one)).ToList();
        var metrics = seen[..scenario.Symptoms.Metrics.Count];
        var alerts = seen.Slice(metrics.Count, _alerts.Count);
        var arrivals = seen[(metrics.Count + _alerts.Count)..];
        var figures = AlertFigures.Of(outcome, metrics, alerts, arrivals, others);
        var checks = new AlertChecks(scenario, figures, prometheus.Address, options.Patience);
        return new SignalResult(
            Signal,
            source,
            [
                rules,
                .. scenario.Faults.Count == 0 ? [] : new[] { checks.CheckFaults() },
                checks.CheckSymptoms(metrics),
                checks.CheckFired(alerts),
                checks.CheckResolved(alerts, arrivals),
                .. alertmanager is null ? [] : new[] { checks.CheckSent(alerts, arrivals, alertmanager.Address) },
                AlertChecks.CheckOthers(others, $"'{scenario.Name}'", prometheus.Address),
            ])
        {
            Method = "The faults of the scenario were kept on until each symptom and each alert was seen or its time was over, and then "
                + "taken away. Prometheus was asked once a second. Which faults were injected is what the services have counted.",
            Notes = [.. AlertText.Notes(scenario, figures)],
            Alerts = figures,
        };
    }
}
