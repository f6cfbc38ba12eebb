using System.Globalization;
using Bookinfo.Scenarios;

namespace Bookinfo.Verification;

/// <summary>What is said of alerts.</summary>
internal static class AlertText
{
    /// <summary>An alert with its labels.</summary>
    /// <param name="alert">The alert.</param>
    public static string Describe(AlertSymptom alert) => Describe(alert.Alert, alert.Labels);

    /// <summary>An alert with its labels.</summary>
    /// <param name="name">The name of its rule.</param>
    /// <param name="labels">Its labels.</param>
    public static string Describe(string name, IReadOnlyDictionary<string, string> labels) => labels.Count == 0
        ? name
        : $"{name} ({string.Join(", ", labels.OrderBy(label => label.Key, StringComparer.Ordinal)
            .Select(label => $"{label.Key} {label.Value}"))})";

    /// <summary>What is worth knowing of a scenario: what was injected, and the times.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="figures">The times.</param>
    public static IEnumerable<string> Notes(Scenario scenario, AlertFigures figures)
    {
        foreach (var fault in figures.Injected.Where(fault => fault.Injected > 0))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{fault.Process}: {fault.Fault} was injected {fault.Injected:N0} times, in {fault.Matched:N0} requests or other events "
                + $"that it is about.");
        }

        if (figures.FirstInjectedAt is { } first)
        {
            var after = Math.Max(0, (first - figures.FaultsOnAt).TotalSeconds);
            yield return $"The first fault was injected {Seconds(after)} after the faults were on: times of detection are counted from "
                + "there.";
        }
        else if (scenario.Faults.Count > 0)
        {
            yield return "No service has said that it injected a fault: times of detection are counted from when the faults were on.";
        }

        foreach (var alert in figures.Alerts)
        {
            yield return $"{Describe(alert.Alert, alert.Labels)}: {string.Join("; ", Parts(alert))}.";
        }

        foreach (var other in figures.Others.Where(other => other.Cause != AlertCause.None))
        {
            yield return Explain(other);
        }
    }

    /// <summary>Says why an alert fired that a scenario does not declare, when it had a cause.</summary>
    /// <param name="other">The alert.</param>
    public static string Explain(OtherAlert other) => $"{Describe(other.Alert, other.Labels)} fired as well, which is "
        + (other.Cause == AlertCause.Scenario
            ? "a consequence of the scenario."
            : "not held against anybody: it was pending or firing before anything was broken.");

    /// <summary>A number of seconds.</summary>
    /// <param name="seconds">The number.</param>
    public static string Seconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s");

    private static IEnumerable<string> Parts(AlertTimes alert)
    {
        yield return alert.FiredAfterSeconds is { } fired ? $"detected after {Seconds(fired)}" : "not detected";
        if (alert.ArrivedAfterSeconds is { } arrived)
        {
            yield return $"in Alertmanager after {Seconds(arrived)}";
        }

        if (alert.ResolvedAfterSeconds is { } resolved)
        {
            yield return $"resolved {Seconds(resolved)} after the faults were taken away";
        }

        if (alert.LeftAfterSeconds is { } left)
        {
            yield return $"and in Alertmanager {Seconds(left)} after they were";
        }
    }
}
