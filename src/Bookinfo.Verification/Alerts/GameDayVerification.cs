using Bookinfo.Foundation;
using Bookinfo.Scenarios;

namespace Bookinfo.Verification;

/// <summary>
/// Finds out whether a platform has noticed the scenarios of a game day that is over: in the history of a Prometheus, each declared alert
/// fired and was resolved in time, and no other did without a cause.
/// </summary>
/// <param name="timetable">The game day.</param>
/// <param name="find">Finds a scenario by its name, or fails.</param>
/// <param name="prometheus">The Prometheus that has the history.</param>
/// <param name="selector">Which alerts are looked at, by their labels; empty for all.</param>
/// <param name="patience">How much later than a scenario says an alert is waited for.</param>
/// <param name="time">Tells the time and waits.</param>
public sealed class GameDayVerification(
    Timetable timetable, Func<string, Scenario> find, PrometheusClient prometheus, string selector, TimeSpan patience, TimeProvider time)
{
    /// <summary>Each scrape of a process of Bookinfo has it.</summary>
    private const string Processes = "count(target_info{service_namespace=\"bookinfo\"})";

    /// <summary>Between two looks for alerts that may still fire, or be resolved.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Reads the history of alerts, and compares it with what each scenario declares.</summary>
    /// <param name="say">Is told what the user has to know, in sentences.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What came of the game day as a whole, and of each scenario that was run.</returns>
    /// <exception cref="OperationFailedException">It was not run, or the Prometheus does not answer.</exception>
    public async Task<IReadOnlyList<SignalResult>> RunAsync(Action<string> say, CancellationToken cancellationToken)
    {
        if (!timetable.Entries.Any(entry => entry.HasRun))
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest,
                "this game day was planned, and none of its scenarios was run: 'bookinfo scenario schedule --file FILE --run' runs it, and "
                + "writes to the file when each was on.");
        }

        var version = await prometheus.FindVersionAsync(cancellationToken);
        var source = AlertVerification.DescribePrometheus(prometheus, version);
        var rules = await prometheus.FindAlertRulesAsync(cancellationToken);
        var played = await PlayAsync(cancellationToken);
        var begin = played.Min(one => one.BeganAt);
        var check = AlertRuleCheck.Run(
            [.. Declared(played).DistinctBy(alert => AlertText.Describe(alert))], rules, $"{prometheus.Address}rules");
        for (var isTold = false; ; isTold = true)
        {
            var history = await AlertHistory.ReadAsync(prometheus, selector, begin - OtherAlerts.Before, time, cancellationToken);
            var alerts = new GameDayAlerts(played, history, time.GetUtcNow(), patience);
            var seen = played.Select(one => (Played: one, Alerts: Find(alerts, one, check))).ToList();
            if (!seen.Exists(one => one.Alerts.Any(alert => alert.IsOpen)))
            {
                return [Whole(source, check, alerts.FindOthers(begin)), .. seen.Select(one => Report(source, one.Played, one.Alerts))];
            }

            if (!isTold)
            {
                say("Waiting until the alerts are resolved, or late.");
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    private static IEnumerable<AlertSymptom> Declared(IEnumerable<PlayedScenario> played) =>
        played.Where(one => one.Problem is null).SelectMany(one => one.Scenario!.Symptoms.Alerts);

    /// <summary>The scenarios that were run, and what stands in the way of saying whether they were noticed.</summary>
    private async Task<IReadOnlyList<PlayedScenario>> PlayAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var skew = (await prometheus.NowAsync(cancellationToken)).Now - now;
        async Task<bool> HasSamplesAsync(DateTimeOffset at) =>
            (await prometheus.QuerySeriesAsync(Processes, at + skew, cancellationToken)).Count > 0;
        var played = new List<PlayedScenario>();
        foreach (var entry in timetable.Entries.Where(entry => entry.HasRun))
        {
            Scenario? scenario = null;
            string? problem = null;
            try
            {
                scenario = find(entry.Scenario);
            }
            catch (OperationFailedException exception)
            {
                problem = $"What '{entry.Scenario}' declares is not known: {exception.Message}";
            }

            if (problem is null && entry.End is ScenarioEnd.Expired or ScenarioEnd.Failed)
            {
                problem = $"The faults of '{entry.Scenario}' ended by themselves, and nobody knows when.";
            }
            else if (problem is null && !(await HasSamplesAsync(entry.BeganAt!.Value) && await HasSamplesAsync(entry.EndedAt!.Value)))
            {
                problem = $"The Prometheus has no samples of Bookinfo from when '{entry.Scenario}' was on: it has let them go "
                    + "(--storage.tsdb.retention.time), or did not run.";
            }

            var one = new PlayedScenario(entry, scenario, problem);
            played.Add(one with { IsEndKnown = problem is null && await HasSamplesAsync(one.Reach < now ? one.Reach : now) });
        }

        return played;
    }

    private static IReadOnlyList<SeenSymptom> Find(GameDayAlerts alerts, PlayedScenario one, CheckResult rules) => one.Problem is not null
        ? []
        :
        [
            .. from alert in one.Scenario!.Symptoms.Alerts
               let seen = alerts.Find(one, alert)
               // That there is no rule is said once, and an alert that has fired all the same had one then.
               let lacksRule = seen.Outcome.SeenAfter is null && rules.Findings.Any(finding => finding.Subject == alert.Alert)
               select lacksRule
                   ? seen with { IsOpen = false, Untold = $"{seen.Declared.Name}: it did not fire, and has no rule now." }
                   : seen,
        ];

    private SignalResult Whole(string source, CheckResult rules, IReadOnlyList<OtherAlert> others)
    {
        var open = others.Where(other => other.Cause == AlertCause.Unknown).ToList();
        var skipped = timetable.Entries.Count(entry => !entry.HasRun);
        return new SignalResult(
            AlertVerification.Signal, source,
            [
                rules,
                AlertChecks.CheckOthers(others, "the game day", prometheus.Address) with
                {
                    NotChecked =
                    [
                        .. open.Select(other => $"{AlertText.Describe(other.Alert, other.Labels)} fired while a scenario was on whose "
                            + "file was not found, so that it may be the cause."),
                    ],
                },
            ])
        {
            Method = "Alerts were read from the samples that the Prometheus keeps of them (ALERTS). What two scenarios may have caused is "
                + "held against neither.",
            Notes =
            [
                .. others.Where(other => other.Cause == AlertCause.Earlier).Select(AlertText.Explain).Distinct(),
                .. skipped == 0 ? [] : new[] { $"{skipped} of {timetable.Entries.Count} scenarios were planned and not run." },
            ],
        };
    }

    private SignalResult Report(string source, PlayedScenario one, IReadOnlyList<SeenSymptom> alerts)
    {
        var figures = AlertFigures.Of(one.Entry.Outcome, [], alerts, [], []);
        if (one.Problem is { } problem)
        {
            return new SignalResult(AlertVerification.Signal, source, [new CheckResult(AlertChecks.Fired) { NotChecked = [problem] }])
            {
                Scenario = one.Name,
                Alerts = figures,
            };
        }

        var scenario = one.Scenario!;
        var checks = new AlertChecks(scenario, figures, prometheus.Address, patience);
        return new SignalResult(
            AlertVerification.Signal, source,
            [
                .. scenario.Faults.Count == 0 ? [] : new[] { checks.CheckFaults() }, checks.CheckFired(alerts),
                checks.CheckResolved(alerts, []),
            ])
        {
            Scenario = one.Name,
            // Of what nobody can tell it is not to be said that it was not detected.
            Notes =
            [
                .. AlertText.Notes(scenario, figures with
                {
                    Alerts = [.. figures.Alerts.Where((_, index) => alerts[index].Untold is null)],
                }),
            ],
            Alerts = figures,
        };
    }
}
