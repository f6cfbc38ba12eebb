using Bookinfo.Foundation;
using Bookinfo.Scenarios;

namespace Bookinfo.Verification;

/// <summary>An alert that fired during a scenario and is none of those that the scenario declares.</summary>
/// <param name="Alert">The name of its rule.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="FiredAt">When it was first seen firing.</param>
/// <param name="FiringSeconds">For how long it was firing, or is.</param>
/// <param name="Cause">Why it fired.</param>
public sealed record OtherAlert(
    string Alert, IReadOnlyDictionary<string, string> Labels, DateTimeOffset FiredAt, double FiringSeconds, AlertCause Cause);

/// <summary>Why an alert fired that a scenario does not declare.</summary>
public enum AlertCause
{
    /// <summary>Nobody knows.</summary>
    None,

    /// <summary>The scenario says that it may, or it is one that the scenario declares, with another severity.</summary>
    Scenario,

    /// <summary>It was pending or firing before anything was broken.</summary>
    Earlier,

    /// <summary>A scenario of which nobody knows what it causes was on.</summary>
    Unknown,
}

/// <summary>Finds which alerts fired during a scenario, in the samples that a Prometheus keeps of them.</summary>
internal static class OtherAlerts
{
    /// <summary>Says how bad it is, and not what: rules of several severities are about the same trouble.</summary>
    private const string Severity = "severity";

    /// <summary>How long before the faults it is looked: longer than it takes to evaluate all rules once.</summary>
    public static readonly TimeSpan Before = TimeSpan.FromMinutes(2);

    /// <summary>Finds those that fired since the faults were on.</summary>
    /// <param name="client">The Prometheus.</param>
    /// <param name="selector">A condition on the labels of alerts; empty for none.</param>
    /// <param name="scenario">The scenario.</param>
    /// <param name="beganAt">When its faults were on, by the clock here.</param>
    /// <param name="time">The clock here.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async Task<IReadOnlyList<OtherAlert>> FindAsync(
        PrometheusClient client, string selector, Scenario scenario, DateTimeOffset beganAt, TimeProvider time,
        CancellationToken cancellationToken) =>
    [
        .. from alert in await AlertHistory.ReadAsync(client, selector, beganAt - Before, time, cancellationToken)
           let firing = alert.Firing.Where(at => at >= beganAt).ToList()
           where firing.Count > 0 && !IsDeclared(scenario.Symptoms, alert)
           select new OtherAlert(
               alert.Alert, alert.Labels, firing[0], (firing[^1] - firing[0]).TotalSeconds,
               IsConsequence(scenario.Symptoms, alert) ? AlertCause.Scenario
                   : IsEarlier(alert, beganAt) ? AlertCause.Earlier
                   : AlertCause.None),
    ];

    /// <summary>Whether a scenario says that an alert fires.</summary>
    /// <param name="symptoms">What it says.</param>
    /// <param name="alert">The alert.</param>
    public static bool IsDeclared(ScenarioSymptoms symptoms, AlertSeries alert) =>
        symptoms.Alerts.Any(one => alert.Is(one.Alert, one.Labels));

    /// <summary>Whether what a scenario says is a cause of an alert.</summary>
    /// <param name="symptoms">What it says.</param>
    /// <param name="alert">The alert.</param>
    public static bool IsConsequence(ScenarioSymptoms symptoms, AlertSeries alert) =>
        symptoms.MayFire.Any(one => alert.Is(one.Alert, one.Labels))
        || symptoms.Alerts.Any(one => alert.Is(one.Alert, one.Labels.Where(label => label.Key != Severity)));

    /// <summary>Whether an alert was pending or firing before some time.</summary>
    /// <param name="alert">The alert.</param>
    /// <param name="time">The time.</param>
    public static bool IsEarlier(AlertSeries alert, DateTimeOffset time) => alert.Pending.Concat(alert.Firing).Any(at => at < time);
}
