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
    /// <summary>Verifies.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync()
    {
        await using var targets = await request.Place.OpenAsync(time, signals.Stop);
        using var prometheus = (request.Prometheus ?? targets.Prometheus) is { } address
            ? new PrometheusClient(address)
            : throw new OperationFailedException(
                FailureKind.InvalidRequest,
                "--scenario needs a Prometheus with alert rules: 'bookinfo up --prometheus' runs one, or name yours with --prometheus.");
        using var alertmanager = request.Alertmanager is null ? null : new AlertmanagerClient(request.Alertmanager);
        var page = request.Place.Url ?? await targets.FindPageAsync(signals.Stop);
        var view = new TextScenarioView(request.Scenario, ToolOutput.Messages, time);
        view.Introduce(new ScenarioIntroduction(targets.Description, page, prometheus.Address, request.Options.Window, For: null));
        var outcome = await new AlertVerification(request.Scenario, prometheus, alertmanager, request.Options, time).RunAsync(
            targets, page, view, view.Say, signals.Stop, signals.Kill);
        return await VerificationOutput.WriteAsync(
            VerificationReport.Of(ProgramVersion.Text, request.Scenario.Name, page, outcome), request.Output);
    }
}

/// <summary>What the user asked <c>verify --scenario</c> for.</summary>
/// <param name="Scenario">The scenario.</param>
/// <param name="Place">Which Bookinfo is to have it.</param>
/// <param name="Prometheus">Where the alert rules are; <see langword="null"/> for the Bookinfo's own.</param>
/// <param name="Alertmanager">Where alerts are to arrive; <see langword="null"/> when that is not verified.</param>
/// <param name="Options">How.</param>
/// <param name="Output">How to write the report.</param>
internal sealed record VerifyScenarioRequest(
    Scenario Scenario, FaultPlace Place, Uri? Prometheus, Uri? Alertmanager, AlertOptions Options, VerifyFormat Output);
