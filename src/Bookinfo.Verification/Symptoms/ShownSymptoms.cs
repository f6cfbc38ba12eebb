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

    /// <summary>Holds what traces and visitors showed of a scenario against what it declares.</summary>
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

        var run = Settled(new LedgerOracle(ledger).Expect(cancellationToken), figures.Origin, figures.FaultsOffAt, out var last);
        var untold = scenario.Faults.Count > 0 && figures.FirstInjectedAt is null ? "No service has said that it injected a fault."
            : run.Requests == 0 ? "The faults were not on for longer than a request took."
            : null;
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
            foreach (var store in stores)
            {
                results.Add(await new TraceSymptoms(store, scenario.Symptoms.Traces, patience, time).CheckAsync(
                    run, untold, say, cancellationToken));
            }
        }

        if (scenario.Symptoms.Visitor.Count > 0)
        {
            results.Add(new VisitorSymptoms(ledger, scenario.Symptoms.Visitor).Check(figures.Origin, last, untold));
        }

        return results;
    }

    /// <summary>
    /// The requests that were sent while the faults were on, and so long before their end that any of them was over by then: what was under
    /// way may have been answered as if nothing were wrong.
    /// </summary>
    private static RunExpectation Settled(RunExpectation run, DateTimeOffset from, DateTimeOffset to, out DateTimeOffset last)
    {
        static long Nanoseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        var (first, end) = (Nanoseconds(from), Nanoseconds(to));
        var traces = run.Traces.Where(trace => trace.Sent >= first && trace.Sent <= end).ToList();
        var longest = traces.Select(trace => trace.Waited).DefaultIfEmpty().Max();
        last = to.AddTicks(-longest / TimeSpan.NanosecondsPerTick);
        traces.RemoveAll(trace => trace.Sent > end - longest);
        return run with { Requests = traces.Count, Traces = traces };
    }
}
