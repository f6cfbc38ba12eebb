using Bookinfo.Cli.Terminal;
using Bookinfo.Cli.Views;
using Bookinfo.Foundation;
using Bookinfo.Scenarios;

namespace Bookinfo.Cli.Sessions;

/// <summary>What <c>scenario start</c> does.</summary>
/// <param name="options">What the user asked for.</param>
/// <param name="signals">Ctrl-C.</param>
internal sealed class ScenarioSession(ScenarioOptions options, StopSignals signals, TimeProvider time)
{
    /// <summary>Runs the scenario.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync()
    {
        await using var targets = await options.Place.OpenAsync(time, signals.Stop);
        using var prometheus = (options.Prometheus ?? targets.Prometheus) is { } address ? new PrometheusClient(address) : null;
        if (options.Check && prometheus is null)
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest,
                "--check needs a Prometheus to look in: 'bookinfo up --prometheus' runs one, or name yours with --prometheus.");
        }

        var outcome = await RunAsync(targets, prometheus, options.For ?? options.Scenario.Duration);
        return outcome.End switch
        {
            ScenarioEnd.Checked => outcome.Symptoms.All(symptom => symptom is { SeenAfter: not null, ClearAfter: not null })
                ? ExitCode.Success
                : ExitCode.SymptomMissing,
            ScenarioEnd.Expired => ExitCode.Failure,
            // To end it is how one ends it; a check that was ended has shown nothing.
            _ => options.Check ? ExitCode.Interrupted : ExitCode.Success,
        };
    }

    /// <summary>Runs the scenario once.</summary>
    /// <param name="targets">The Bookinfo.</param>
    /// <param name="prometheus">Where to look for symptoms; <see langword="null"/> not to.</param>
    /// <param name="duration">How long.</param>
    public async Task<ScenarioOutcome> RunAsync(IFaultTargets targets, PrometheusClient? prometheus, TimeSpan duration)
    {
        var scenario = options.Scenario;
        var page = options.SendsTraffic ? options.Place.Url ?? await targets.FindPageAsync(signals.Stop) : null;
        // Before anything is broken: nobody could sign in any more.
        var load = page is null ? null : await ScenarioLoad.PrepareAsync(page, scenario.Traffic.Paths, options.Seed, time, signals.Stop);
        IScenarioView view = options.Output == OutputFormat.Json
            ? new JsonScenarioView(scenario, time)
            : new TextScenarioView(scenario, ToolOutput.Data, time);
        view.Introduce(new ScenarioIntroduction(
            targets.Description, page, prometheus?.Address, options.Window, options.Check ? null : duration));
        using var client = new ManagementClient();
        var run = new ScenarioRun(
            scenario.Traffic,
            new FaultKeeper(
                targets, client, scenario.Name, [.. scenario.Faults.Select(fault => fault.WithSeed(options.Seed))], view.Say, time),
            load,
            prometheus is null ? null : new SymptomWatch(prometheus, Expected(), view.Saw, time),
            view,
            view.Say,
            time);
        var processes = options.Check ? await targets.CountAsync(signals.Stop) : 0;
        var outcome = await run.RunAsync(new ScenarioRunOptions(duration, options.Check, processes), signals.Stop, signals.Kill);
        view.Conclude(outcome);
        return outcome;
    }

    private IReadOnlyList<ExpectedSymptom> Expected() =>
    [
        .. options.Scenario.Symptoms.Metrics.Select(metric => ExpectedSymptom.Of(metric, options.Window)),
        .. options is { Check: true, Alerts: false } ? [] : options.Scenario.Symptoms.Alerts.Select(ExpectedSymptom.Of),
    ];
}

/// <summary>What the user asked <c>scenario start</c> for.</summary>
/// <param name="Scenario">The scenario.</param>
/// <param name="Place">Which Bookinfo is to have it.</param>
/// <param name="For">How long; <see langword="null"/> for as long as it says.</param>
/// <param name="SendsTraffic">Whether to send its requests.</param>
/// <param name="Check">Whether to show that it causes its symptoms.</param>
/// <param name="Alerts">Whether alerts belong to what is checked.</param>
/// <param name="Prometheus">Where to look for symptoms; <see langword="null"/> for the Bookinfo's own.</param>
/// <param name="Window">The window of rates.</param>
/// <param name="Seed">What is left to chance comes from it.</param>
/// <param name="Output">How to write what happens.</param>
internal sealed record ScenarioOptions(
    Scenario Scenario,
    FaultPlace Place,
    TimeSpan? For,
    bool SendsTraffic,
    bool Check,
    bool Alerts,
    Uri? Prometheus,
    TimeSpan Window,
    ulong Seed,
    OutputFormat Output);
