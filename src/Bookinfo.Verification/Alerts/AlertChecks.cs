using System.Globalization;
using Bookinfo.Contracts;
using Bookinfo.Scenarios;

namespace Bookinfo.Verification;

/// <summary>What was seen of one symptom of a scenario.</summary>
/// <param name="Declared">When it must be seen, and gone.</param>
/// <param name="Outcome">When it was.</param>
internal sealed record SeenSymptom(ExpectedSymptom Declared, SymptomOutcome Outcome)
{
    /// <summary>Why nobody can say whether it was seen as it must be; <see langword="null"/> when that can be said.</summary>
    public string? Untold { get; init; }

    /// <summary>Why nobody can say whether it was gone as it must be; <see langword="null"/> when that can be said.</summary>
    public string? UntoldEnd { get; init; }

    /// <summary>Whether it may yet be seen, or be gone, in time.</summary>
    public bool IsOpen { get; init; }
}

/// <summary>Says in which way a platform did not show a scenario.</summary>
/// <param name="scenario">The scenario.</param>
/// <param name="figures">When what was seen, and what was injected.</param>
/// <param name="prometheus">The address of the Prometheus.</param>
/// <param name="patience">
/// How long each was waited for beyond the time that the scenario gives it; in Alertmanager, how long after it fired in Prometheus.
/// </param>
internal sealed class AlertChecks(Scenario scenario, AlertFigures figures, Uri prometheus, TimeSpan patience)
{
    public const string Rules = "alert rules";

    public const string Faults = "faults injected";

    public const string Symptoms = "symptoms";

    public const string Fired = "alerts fired";

    public const string Resolved = "alerts resolved";

    public const string Sent = "alerts sent";

    public const string Others = "other alerts";

    private const string DuringFaults = "the faults were on";

    private const string AfterFaults = "the faults were taken away";

    /// <summary>Whether the scenario has faults but no service injected one, so that nothing need have been seen.</summary>
    private bool NothingHappened => scenario.Faults.Count > 0 && figures.FirstInjectedAt is null;

    /// <summary>Whether the faults were injected.</summary>
    public CheckResult CheckFaults() => new(Faults)
    {
        Seen = figures.Injected.Sum(fault => fault.Injected),
        NotChecked = NothingHappened
            ? ["No service has said that it injected a fault, so what was not seen may not have happened."]
            : [],
    };

    /// <summary>Whether each symptom was seen in metrics, and was gone afterwards.</summary>
    /// <param name="symptoms">The symptoms.</param>
    public CheckResult CheckSymptoms(IReadOnlyList<SeenSymptom> symptoms) => Check(
        Symptoms,
        symptoms,
        static symptom => symptom.Outcome.SeenAfter is not null,
        static symptom => symptom.Untold,
        symptom => Judge(
            FindingKind.SymptomNotSeen, symptom, symptom.Declared.Name, ("was seen", "was not seen"), symptom.Outcome.SeenAfter,
            symptom.Declared.Within, DuringFaults)
            ?? (symptom.Outcome.SeenAfter is null ? null : Judge(
                FindingKind.SymptomNotGone, symptom, symptom.Declared.Name, ("was gone", "was not gone"), symptom.Outcome.ClearAfter,
                symptom.Declared.Clears, AfterFaults)));

    /// <summary>Whether each declared alert fired.</summary>
    /// <param name="alerts">The alerts.</param>
    public CheckResult CheckFired(IReadOnlyList<SeenSymptom> alerts) => Check(
        Fired,
        alerts,
        static alert => alert.Outcome.SeenAfter is not null,
        static alert => alert.Untold,
        alert => Judge(
            FindingKind.AlertNotFired, alert, alert.Declared.Name, ("fired", "did not fire"), alert.Outcome.SeenAfter,
            alert.Declared.Within, DuringFaults));

    /// <summary>Whether each alert that fired was resolved.</summary>
    /// <param name="alerts">The alerts in Prometheus.</param>
    /// <param name="arrivals">The same in Alertmanager; none when it is not asked.</param>
    public CheckResult CheckResolved(IReadOnlyList<SeenSymptom> alerts, IReadOnlyList<SeenSymptom> arrivals)
    {
        List<SeenSymptom> seen = [.. alerts.Where(alert => alert.Outcome.SeenAfter is not null)];
        // What Prometheus has not resolved cannot be resolved there.
        var stuck = alerts.Zip(arrivals).Where(pair => pair.First.Outcome.ClearAfter is not null
            && pair.Second.Outcome is { SeenAfter: not null, ClearAfter: null }).Select(pair => pair.Second).ToList();
        var check = Check(
            Resolved,
            seen,
            static alert => alert.Outcome.ClearAfter is not null,
            static alert => alert.UntoldEnd,
            alert => Judge(
                FindingKind.AlertNotResolved, alert, alert.Declared.Name, ("was resolved", "was not resolved"), alert.Outcome.ClearAfter,
                alert.Declared.Clears, AfterFaults));
        return check with
        {
            Findings =
            [
                .. check.Findings,
                .. stuck.Select(alert => new Finding(
                    FindingKind.AlertNotResolved, alert.Declared.Name,
                    $"{alert.Declared.Name}: it was resolved in Prometheus, but not in Alertmanager within {Duration.Format(patience)} "
                        + "after that.")
                {
                    Missing = 1,
                    LookAt = [LookAt(alert)],
                }),
            ],
        };
    }

    /// <summary>Whether each alert that fired has arrived at the Alertmanager.</summary>
    /// <param name="alerts">The alerts in Prometheus.</param>
    /// <param name="arrivals">The same in the Alertmanager.</param>
    /// <param name="alertmanager">Its address.</param>
    public CheckResult CheckSent(IReadOnlyList<SeenSymptom> alerts, IReadOnlyList<SeenSymptom> arrivals, Uri alertmanager)
    {
        var due = alerts.Zip(arrivals).Where(pair => pair.First.Outcome.SeenAfter is not null).Select(pair => pair.Second).ToList();
        return new CheckResult(Sent)
        {
            Expected = CountRange.Exactly(due.Count),
            Seen = due.Count(alert => alert.Outcome.SeenAfter is not null),
            Findings =
            [
                .. due.Where(alert => alert.Outcome.SeenAfter is null).Select(alert => new Finding(
                    FindingKind.AlertNotSent, alert.Declared.Name,
                    $"{alert.Declared.Name}: it fired in Prometheus, but did not arrive within {Duration.Format(patience)} of that.")
                {
                    Missing = 1,
                    LookAt = [$"{prometheus}api/v1/alertmanagers", $"{alertmanager}api/v2/alerts"],
                }),
            ],
        };
    }

    /// <summary>Whether other alerts fired for which there was no cause.</summary>
    /// <param name="others">The other alerts.</param>
    /// <param name="causes">What might be a cause.</param>
    /// <param name="prometheus">The address of the Prometheus.</param>
    public static CheckResult CheckOthers(IReadOnlyList<OtherAlert> others, string causes, Uri prometheus)
    {
        var strange = others.Where(other => other.Cause == AlertCause.None).ToList();
        return new CheckResult(Others)
        {
            Expected = CountRange.Exactly(0),
            Seen = strange.Count,
            Findings =
            [
                .. strange.GroupBy(other => other.Alert).Select(group => new Finding(
                    FindingKind.AlertWithoutCause, group.Key,
                    $"{group.Key} fired, and nothing in {causes} explains it.")
                {
                    Surplus = group.Count(),
                    Examples =
                    [
                        .. group.Select(other => string.Create(
                            CultureInfo.InvariantCulture,
                            $"{AlertText.Describe(other.Alert, other.Labels)} at {other.FiredAt.UtcDateTime:HH:mm:ss}, for ")
                            + AlertText.Seconds(other.FiringSeconds)),
                    ],
                    LookAt = [$"{prometheus}alerts"],
                }),
            ],
        };
    }

    private CheckResult Check(
        string name, IReadOnlyList<SeenSymptom> all, Func<SeenSymptom, bool> isSeen, Func<SeenSymptom, string?> untold,
        Func<SeenSymptom, Finding?> judge)
    {
        var told = all.Where(symptom => untold(symptom) is null).ToList();
        var findings = told.Select(judge).OfType<Finding>().ToList();
        return new CheckResult(name)
        {
            Expected = CountRange.Exactly(told.Count),
            Seen = told.Count(isSeen),
            Findings = NothingHappened ? [] : findings,
            NotChecked =
            [
                .. all.Select(untold).OfType<string>(), .. NothingHappened ? findings.Select(finding => finding.Text) : [],
            ],
        };
    }

    /// <summary>Judges when something was seen: in time, late, or not at all.</summary>
    private Finding? Judge(
        FindingKind kind, SeenSymptom symptom, string subject, (string Came, string DidNot) words, TimeSpan? after, TimeSpan limit,
        string since)
    {
        if (after <= limit)
        {
            return null;
        }

        var declared = $"the scenario says within {Duration.Format(limit)}";
        return after is { } late
            ? new Finding(FindingKind.Late, subject, $"{subject}: it {words.Came} {Duration.Format(late)} after {since}; {declared}.")
            {
                Count = 1,
                LookAt = [LookAt(symptom)],
            }
            : new Finding(
                kind, subject, $"{subject}: it {words.DidNot} within {Duration.Format(limit + patience)} after {since}; {declared}.")
            {
                Missing = 1,
                LookAt = [LookAt(symptom)],
            };
    }

    private string LookAt(SeenSymptom symptom) => symptom.Declared.IsArrival
        ? symptom.Declared.Expression
        : $"{symptom.Declared.Expression} at {prometheus}";
}
