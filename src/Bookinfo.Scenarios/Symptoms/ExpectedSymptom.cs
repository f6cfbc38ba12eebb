using Bookinfo.Foundation;

namespace Bookinfo.Scenarios;

/// <summary>
/// A symptom as a question to Prometheus: a metric, or an alert that fires; or to Alertmanager: an alert that has arrived.
/// </summary>
/// <param name="Name">What it means.</param>
/// <param name="Expression">PromQL, or a filter of Alertmanager.</param>
/// <param name="During">What all values are within during the scenario.</param>
/// <param name="Within">How long after the faults were set they are.</param>
/// <param name="After">What all values are within afterwards; <see langword="null"/> when there is none then.</param>
/// <param name="Clears">How long after the faults were taken away they are.</param>
public sealed record ExpectedSymptom(string Name, string Expression, Bounds During, TimeSpan Within, Bounds? After, TimeSpan Clears)
{
    /// <summary>The alert that it is about; <see langword="null"/> for a metric.</summary>
    public AlertSymptom? Alert { get; private init; }

    /// <summary>
    /// Whether it is about what an Alertmanager has of the alert. Its times then count from when Prometheus had it, or did no longer.
    /// </summary>
    public bool IsArrival { get; private init; }

    /// <summary>The window of rates when nothing else is said: three scrapes of the Prometheus that 'up' runs.</summary>
    public static readonly TimeSpan UsualWindow = TimeSpan.FromSeconds(15);

    /// <summary>Makes it of what a scenario says of a metric.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="window">The window of rates. A longer one than usual takes that much longer to show what it shows.</param>
    public static ExpectedSymptom Of(MetricSymptom metric, TimeSpan window)
    {
        var longer = window > UsualWindow ? window - UsualWindow : TimeSpan.Zero;
        return new ExpectedSymptom(
            metric.Name,
            metric.Query.Replace(MetricSymptom.Window, DurationConverter.Format(window), StringComparison.Ordinal),
            metric.During,
            metric.Within + longer,
            metric.After,
            metric.Clears + longer);
    }

    /// <summary>Makes it of what a scenario says of an alert.</summary>
    /// <param name="alert">The alert.</param>
    public static ExpectedSymptom Of(AlertSymptom alert)
    {
        var labels = string.Concat(alert.Labels.Select(label => $",{LabelMatcher.Equal(label.Key, label.Value)}"));
        return new ExpectedSymptom(
            $"alert {alert.Alert}",
            $"ALERTS{{{LabelMatcher.Equal("alertname", alert.Alert)},alertstate=\"firing\"{labels}}}",
            new Bounds(Above: 0),
            alert.Fires,
            null,
            alert.Resolves)
        {
            Alert = alert,
        };
    }

    /// <summary>Makes it of what an Alertmanager must then get.</summary>
    /// <param name="alert">The alert.</param>
    /// <param name="patience">How long after Prometheus.</param>
    public static ExpectedSymptom ArrivalOf(AlertSymptom alert, TimeSpan patience) => Of(alert) with
    {
        Name = $"alert {alert.Alert} in Alertmanager",
        Expression = string.Join(
            ',', alert.Labels.Select(label => LabelMatcher.Equal(label.Key, label.Value))
                .Prepend(LabelMatcher.Equal("alertname", alert.Alert))),
        Within = patience,
        Clears = patience,
        IsArrival = true,
    };

    /// <summary>Whether values are like this during the scenario.</summary>
    /// <param name="values">The values of all series.</param>
    public bool IsSeen(IReadOnlyList<double> values) => values.Count > 0 && values.All(During.Hold);

    /// <summary>Whether values are like this afterwards.</summary>
    /// <param name="values">The values of all series.</param>
    public bool IsClear(IReadOnlyList<double> values) =>
        After is { } after ? values.Count > 0 && values.All(after.Hold) : values.Count == 0;
}
