using Bookinfo.Cli.Terminal;
using Bookinfo.Cli.Views;
using Bookinfo.Foundation;
using Bookinfo.Measurement;
using Bookinfo.Scenarios;
using Bookinfo.Verification;

namespace Bookinfo.Cli.Sessions;

/// <summary>What <c>verify --scenario</c> does: runs the scenario, asks the platform, and writes the report.</summary>
/// <param name="request">What the user asked for.</param>
/// <param name="signals">Ctrl-C.</param>
internal sealed class VerifyScenarioSession(VerifyScenarioRequest request, StopSignals signals, TimeProvider time)
{
    /// <summary>Runs the scenario, asks the platforms, and writes the report.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync()
    {
        await using var targets = await request.Place.OpenAsync(time, signals.Stop);
        using var prometheus = (request.Platforms.Prometheus ?? targets.Prometheus) is { } address
            ? new PrometheusClient(address)
            : throw new OperationFailedException(
                FailureKind.InvalidRequest,
                "--scenario needs a Prometheus with alert rules: 'bookinfo up --prometheus' runs one, or name yours with --prometheus.");
        using var alertmanager = request.Alertmanager is null ? null : new AlertmanagerClient(request.Alertmanager);
        var page = request.Place.Url ?? await targets.FindPageAsync(signals.Stop);
        var stores = request.Platforms.OpenTraces(page, ShownSymptoms.AttributesOf(request.Scenario));
        var ledger = Path.GetTempFileName();
        try
        {
            foreach (var store in stores)
            {
                // One that is not there is to be known before anything is broken.
                await store.ConnectAsync(signals.Stop);
            }

            return await RunAsync(targets, page, prometheus, alertmanager, stores, ledger);
        }
        finally
        {
            stores.ForEach(store => store.Dispose());
            File.Delete(ledger);
        }
    }

    private async Task<int> RunAsync(
        IFaultTargets targets, Uri page, PrometheusClient prometheus, AlertmanagerClient? alertmanager, IReadOnlyList<ISpanStore> stores,
        string ledger)
    {
        var view = new TextScenarioView(request.Scenario, ToolOutput.Messages, time);
        view.Introduce(new ScenarioIntroduction(targets.Description, page, prometheus.Address, request.Options.Window, For: null));
        var options = request.Options with { Ledger = ledger };
        var outcome = await new AlertVerification(request.Scenario, prometheus, alertmanager, options, time).RunAsync(
            targets, page, view, view.Say, signals.Stop, signals.Kill);
        var results = await ShownSymptoms.CheckAsync(
            request.Scenario, outcome, ledger, stores, options.Patience, time, view.Say, signals.Stop);
        return await VerificationOutput.WriteAsync(
            VerificationReport.Of(ProgramVersion.Text, request.Scenario.Name, page, outcome, results), request.Output);
    }
}

/// <summary>What the user asked <c>verify --scenario</c> for.</summary>
/// <param name="Scenario">The scenario.</param>
/// <param name="Place">Which Bookinfo is to have it.</param>
/// <param name="Platforms">Where traces and alert rules are; without a Prometheus among them, the rules of the Bookinfo's own.</param>
/// <param name="Alertmanager">Where alerts are to arrive; <see langword="null"/> when that is not verified.</param>
/// <param name="Options">How.</param>
/// <param name="Output">How to write the report.</param>
internal sealed record VerifyScenarioRequest(
    Scenario Scenario, FaultPlace Place, VerifiedPlatforms Platforms, Uri? Alertmanager, AlertOptions Options,
    VerifyFormat Output);
