using System.Text.Json.Serialization;
using Bookinfo.Scenarios;

namespace Bookinfo.Verification;

/// <summary>
/// When a scenario was seen, as the report has it. Of a scenario that it runs, this tool looks once a second; of a game day, it takes the
/// samples of the rules.
/// </summary>
/// <param name="FaultsOnAt">When the faults were on.</param>
/// <param name="FirstInjectedAt">
/// When a service first said that it had done something to a request; <see langword="null"/> when none has, or there are no faults.
/// </param>
/// <param name="FaultsOffAt">When the faults were taken away.</param>
/// <param name="Injected">What was done by which fault of which process.</param>
/// <param name="Symptoms">When each symptom in metrics was seen.</param>
/// <param name="Alerts">When each declared alert fired and was resolved.</param>
/// <param name="Others">Other alerts that fired meanwhile.</param>
public sealed record AlertFigures(
    DateTimeOffset FaultsOnAt, DateTimeOffset? FirstInjectedAt, DateTimeOffset FaultsOffAt, IReadOnlyList<InjectedFault> Injected,
    IReadOnlyList<SymptomFigures> Symptoms, IReadOnlyList<AlertTimes> Alerts, IReadOnlyList<OtherAlert> Others)
{
    /// <summary>What detection is counted from.</summary>
    [JsonIgnore]
    public DateTimeOffset Origin => FirstInjectedAt ?? FaultsOnAt;

    /// <summary>The times, from what was seen of a scenario.</summary>
    /// <param name="outcome">When its faults were on, and what they did.</param>
    /// <param name="metrics">Its symptoms in metrics.</param>
    /// <param name="alerts">The alerts that it declares.</param>
    /// <param name="arrivals">The same in Alertmanager; none when it was not asked.</param>
    /// <param name="others">Other alerts that fired.</param>
    internal static AlertFigures Of(
        ScenarioOutcome outcome, IReadOnlyList<SeenSymptom> metrics, IReadOnlyList<SeenSymptom> alerts, IReadOnlyList<SeenSymptom> arrivals,
        IReadOnlyList<OtherAlert> others)
    {
        static double Round(TimeSpan time) => Math.Round(time.TotalSeconds, 1);
        var late = outcome.BeganAt - (outcome.FirstInjectedAt ?? outcome.BeganAt);
        double? Detected(SeenSymptom? one) => one?.Outcome.SeenAfter is { } after ? Math.Max(0, Round(after + late)) : null;
        double? Gone(SeenSymptom? one) => one?.Outcome.ClearAfter is { } after ? Round(after) : null;
        return new AlertFigures(
            outcome.BeganAt,
            outcome.FirstInjectedAt,
            outcome.EndedAt,
            outcome.Injected,
            [.. metrics.Select(one => new SymptomFigures(one.Declared.Name, Detected(one), Gone(one)))],
            [
                .. alerts.Select((one, index) => new AlertTimes(
                    one.Declared.Alert!.Alert, one.Declared.Alert.Labels, Detected(one), Gone(one),
                    Detected(arrivals.ElementAtOrDefault(index)), Gone(arrivals.ElementAtOrDefault(index)))),
            ],
            others);
    }
}

/// <summary>When a symptom was seen.</summary>
/// <param name="Name">What it means.</param>
/// <param name="SeenAfterSeconds">
/// How long after the first injected fault, or after the faults were on when none is known; <see langword="null"/> when it was not.
/// </param>
/// <param name="GoneAfterSeconds">How long after the faults were taken away it was gone; <see langword="null"/> when it was not.</param>
public sealed record SymptomFigures(string Name, double? SeenAfterSeconds, double? GoneAfterSeconds);

/// <summary>When an alert fired and was resolved.</summary>
/// <param name="Alert">The name of its rule.</param>
/// <param name="Labels">The labels that the scenario declares.</param>
/// <param name="FiredAfterSeconds">The detection time: counted as in <see cref="SymptomFigures"/>.</param>
/// <param name="ResolvedAfterSeconds">How long after the faults were taken away it was resolved.</param>
/// <param name="ArrivedAfterSeconds">When it was in Alertmanager, counted as the detection time.</param>
/// <param name="LeftAfterSeconds">How long after the faults were taken away it was resolved there.</param>
public sealed record AlertTimes(
    string Alert, IReadOnlyDictionary<string, string> Labels, double? FiredAfterSeconds, double? ResolvedAfterSeconds,
    double? ArrivedAfterSeconds = null, double? LeftAfterSeconds = null);
