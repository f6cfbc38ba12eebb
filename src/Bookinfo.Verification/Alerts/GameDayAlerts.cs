using System.Globalization;
using Bookinfo.Scenarios;

namespace Bookinfo.Verification;

/// <summary>
/// Which alert of the past belongs to which scenario of a game day. What two scenarios may have caused is held against neither.
/// </summary>
/// <param name="played">The scenarios that were run.</param>
/// <param name="history">The alerts that there were.</param>
/// <param name="now">When they were read.</param>
/// <param name="patience">How much later than a scenario says is waited for.</param>
internal sealed class GameDayAlerts(
    IReadOnlyList<PlayedScenario> played, IReadOnlyList<AlertSeries> history, DateTimeOffset now, TimeSpan patience)
{
    /// <summary>Finds what became of an alert that a scenario declares.</summary>
    /// <param name="one">The scenario.</param>
    /// <param name="alert">The alert.</param>
    public SeenSymptom Find(PlayedScenario one, AlertSymptom alert)
    {
        var declared = ExpectedSymptom.Of(alert);
        var seen = new SeenSymptom(declared, new SymptomOutcome(declared.Name));
        var periods = history.Where(series => series.Is(alert.Alert, alert.Labels)).SelectMany(series => series.Periods(now))
            .OrderBy(period => period.From).ToList();
        if (periods.Exists(period => period.From < one.BeganAt && period.Last >= one.BeganAt))
        {
            return seen with { Untold = $"{declared.Name}: it was firing before '{one.Name}' began." };
        }

        var own = periods.Where(period => period.From >= one.BeganAt && period.From <= one.Reach).ToList();
        if (own is not [var first, ..])
        {
            return one.Length < alert.Fires
                ? seen with
                {
                    Untold = $"{declared.Name}: it did not fire, and need not have: '{one.Name}' was on for {Text(one.Length)}, and the "
                        + $"alert may take {Text(alert.Fires)}.",
                }
                : seen with { IsOpen = now <= one.BeganAt + alert.Fires + patience };
        }

        if (played.FirstOrDefault(other => other != one && other.MayHaveCaused(first.Series, first.From)) is { } rival)
        {
            return seen with
            {
                Untold = $"{declared.Name}: it fired at {Clock(first.From)}, and '{rival.Name}' of {Clock(rival.BeganAt)} may be the "
                    + "cause.",
            };
        }

        return FindEnd(one, alert, own, seen with
        {
            Outcome = seen.Outcome with { SeenAfter = first.From - one.BeganAt },
        });
    }

    /// <summary>Finds the alerts that no scenario declares.</summary>
    /// <param name="begin">When the first scenario began.</param>
    public IReadOnlyList<OtherAlert> FindOthers(DateTimeOffset begin) =>
    [
        .. from alert in history
           let periods = alert.Periods(now)
           from period in periods
           where period.Last >= begin
           let causes = played.Where(one => one.MayHaveCaused(alert, period.From)).ToList()
           where !causes.Exists(one => one.Scenario is { } scenario && OtherAlerts.IsDeclared(scenario.Symptoms, alert))
           select new OtherAlert(
               alert.Alert, alert.Labels, period.From, (period.Last - period.From).TotalSeconds,
               causes.Exists(one => one.Scenario is not null) ? AlertCause.Scenario
                   : causes.Count > 0 ? AlertCause.Unknown
                   : period == periods[0] && OtherAlerts.IsEarlier(alert, begin) ? AlertCause.Earlier
                   : AlertCause.None),
    ];

    /// <summary>Finds when an alert that fired was resolved.</summary>
    private SeenSymptom FindEnd(PlayedScenario one, AlertSymptom alert, List<AlertPeriod> own, SeenSymptom seen)
    {
        var last = own.MaxBy(period => period.Last)!;
        var limit = one.EndedAt + alert.Resolves;
        var over = last.Last > one.EndedAt ? last.Last - one.EndedAt : TimeSpan.Zero;
        var next = played.FirstOrDefault(other => other != one && other.BeganAt >= one.EndedAt && other.BeganAt <= last.Last
            && other.MayCause(last.Series));
        return seen with
        {
            Outcome = seen.Outcome with { ClearAfter = last.IsOver ? over : null },
            IsOpen = one.IsEndKnown && !last.IsOver && now <= limit + patience,
            UntoldEnd = !one.IsEndKnown
                ? $"{seen.Declared.Name}: the Prometheus has no samples of Bookinfo from when it had to be resolved."
                : next is not null && (!last.IsOver || last.Last > limit)
                ? $"{seen.Declared.Name}: it was still firing when '{next.Name}' began at {Clock(next.BeganAt)}, which may be why."
                : null,
        };
    }

    private static string Text(TimeSpan length) => DurationConverter.Format(TimeSpan.FromSeconds(Math.Round(length.TotalSeconds)));

    private static string Clock(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
}
