using System.Globalization;
using Bookinfo.Foundation;
using Bookinfo.Scenarios;

namespace Bookinfo.Verification;

/// <summary>An alert that fired during a scenario and is none of those that the scenario declares.</summary>
/// <param name="Alert">The name of its rule.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="FiringSeconds">For how long it was firing, or is.</param>
/// <param name="Cause">Why it fired.</param>
public sealed record OtherAlert(string Alert, IReadOnlyDictionary<string, string> Labels, double FiringSeconds, AlertCause Cause);

/// <summary>Why an alert fired that a scenario does not declare.</summary>
public enum AlertCause
{
    /// <summary>Nobody knows.</summary>
    None,

    /// <summary>The scenario says that it may, or it is one that the scenario declares, with another severity.</summary>
    Scenario,

    /// <summary>It was pending or firing before anything was broken.</summary>
    Earlier,
}

/// <summary>Finds which alerts fired during a scenario, in the samples that a Prometheus keeps of them.</summary>
internal static class OtherAlerts
{
    /// <summary>Says how bad it is, and not what: rules of several severities are about the same trouble.</summary>
    private const string Severity = "severity";

    private const string State = "alertstate";

    /// <summary>How long before the faults it is looked: longer than it takes to evaluate all rules once.</summary>
    private static readonly TimeSpan Before = TimeSpan.FromMinutes(2);

    private static readonly string[] OwnLabels = ["__name__", "alertname", State];

    /// <summary>Finds those that fired since the faults were on.</summary>
    /// <param name="client">The Prometheus.</param>
    /// <param name="selector">A condition on the labels of alerts; empty for none.</param>
    /// <param name="scenario">The scenario.</param>
    /// <param name="beganAt">When its faults were on, by the clock here.</param>
    /// <param name="time">The clock here.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async Task<IReadOnlyList<OtherAlert>> FindAsync(
        PrometheusClient client, string selector, Scenario scenario, DateTimeOffset beganAt, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (now, _) = await client.NowAsync(cancellationToken);
        var since = time.GetUtcNow() - beganAt;
        var began = (now - since).ToUnixTimeMilliseconds();
        var range = string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling((since + Before).TotalSeconds)}s");
        var series = await client.QuerySeriesAsync($"ALERTS{{{selector}}}[{range}]", now, cancellationToken);
        return
        [
            .. from alert in series.GroupBy(one => string.Join('\n', Labels(one).Select(label => $"{label.Key}={label.Value}").Order()
                    .Prepend(one["alertname"])))
               let firing = alert.Where(one => one[State] == "firing").SelectMany(one => one.Points)
                   .Select(point => point.UnixMilliseconds).Where(at => at >= began).ToList()
               let name = alert.First()["alertname"]
               let labels = Labels(alert.First())
               where firing.Count > 0 && !scenario.Symptoms.Alerts.Any(one => Is(name, labels, one.Alert, one.Labels))
               orderby name
               select new OtherAlert(
                   name, labels, (firing.Max() - firing.Min()) / 1e3,
                   IsConsequence(scenario.Symptoms, name, labels) ? AlertCause.Scenario
                       : alert.Any(one => one.Points.Any(point => point.UnixMilliseconds < began)) ? AlertCause.Earlier
                       : AlertCause.None),
        ];
    }

    private static bool IsConsequence(ScenarioSymptoms symptoms, string name, Dictionary<string, string> labels) =>
        symptoms.MayFire.Any(one => Is(name, labels, one.Alert, one.Labels))
        || symptoms.Alerts.Any(one => Is(name, labels, one.Alert, one.Labels.Where(label => label.Key != Severity)));

    private static bool Is(
        string name, Dictionary<string, string> labels, string declared, IEnumerable<KeyValuePair<string, string>> declaredLabels) =>
        name == declared && declaredLabels.All(label => labels.GetValueOrDefault(label.Key, "") == label.Value);

    private static Dictionary<string, string> Labels(PrometheusSeries series) =>
        series.Labels.Where(label => !OwnLabels.Contains(label.Key)).ToDictionary();
}
