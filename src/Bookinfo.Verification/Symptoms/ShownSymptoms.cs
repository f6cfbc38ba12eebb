using Bookinfo.Scenarios;

namespace Bookinfo.Verification;

/// <summary>
/// Holds what a scenario declares of traces and of visitors against what came of the requests that were sent while its faults were on.
/// </summary>
public static class ShownSymptoms
{
    /// <summary>The attributes of spans that have to be read for that.</summary>
    /// <param name="scenario">The scenario.</param>
    public static IReadOnlyCollection<string> AttributesOf(Scenario scenario) =>
        [.. scenario.Symptoms.Traces.SelectMany(symptom => symptom.Attributes.Keys).Distinct()];

    /// <summary>Looks.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="outcome">What came of it.</param>
    /// <param name="ledger">The ledger of its requests.</param>
    /// <param name="stores">Where traces are; what reads them must tell <see cref="AttributesOf"/>.</param>
    /// <param name="patience">How long to wait for spans.</param>
    /// <param name="time">Tells the time and waits.</param>
    /// <param name="say">Is told what the user has to know, in sentences.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What came of alerts, and of each further place where something is declared, if anything was broken.</returns>
    public static async Task<IReadOnlyList<SignalResult>> CheckAsync(
        Scenario scenario, AlertOutcome outcome, string ledger, IReadOnlyList<ISpanStore> stores, TimeSpan patience, TimeProvider time,
        Action<string> say, CancellationToken cancellationToken)
    {
        if (outcome.Signal.Alerts is not { } figures)
        {
            return [outcome.Signal];
        }

        var happened = scenario.Faults.Count == 0 || figures.FirstInjectedAt is not null;
        var results = new List<SignalResult> { outcome.Signal };
        if (scenario.Symptoms.Traces.Count > 0 && stores.Count == 0)
        {
            results[0] = outcome.Signal with
            {
                Notes =
                [
                    .. outcome.Signal.Notes,
                    "What the scenario declares of traces was not looked at: no platform that has them is named (such as --aspire).",
                ],
            };
        }
        else if (scenario.Symptoms.Traces.Count > 0)
        {
            var run = Between(new LedgerOracle(ledger).Expect(cancellationToken), figures.Origin, figures.FaultsOffAt);
            foreach (var store in stores)
            {
                results.Add(await new TraceSymptoms(store, scenario.Symptoms.Traces, patience, time).CheckAsync(
                    run, happened, say, cancellationToken));
            }
        }

        if (scenario.Symptoms.Visitor.Count > 0)
        {
            results.Add(new VisitorSymptoms(ledger, scenario.Symptoms.Visitor).Check(figures.Origin, figures.FaultsOffAt, happened));
        }

        return results;
    }

    /// <summary>The requests that were sent within some time.</summary>
    private static RunExpectation Between(RunExpectation run, DateTimeOffset from, DateTimeOffset to)
    {
        static long Nanoseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        var (first, last) = (Nanoseconds(from), Nanoseconds(to));
        var traces = run.Traces.Where(trace => trace.Sent >= first && trace.Sent <= last).ToList();
        return run with { Requests = traces.Count, Traces = traces };
    }
}
