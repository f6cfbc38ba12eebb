using System.Globalization;
using Bookinfo.Foundation;

namespace Bookinfo.Verification;

/// <summary>An alert in the samples that a Prometheus keeps of it. Times are by the clock here.</summary>
/// <param name="Alert">The name of its rule.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Pending">When its rule was evaluated and it was pending.</param>
/// <param name="Firing">When its rule was evaluated and it was firing.</param>
internal sealed record AlertSeries(
    string Alert, IReadOnlyDictionary<string, string> Labels, IReadOnlyList<DateTimeOffset> Pending, IReadOnlyList<DateTimeOffset> Firing)
{
    /// <summary>Between two evaluations, when nothing tells how often a rule is evaluated.</summary>
    private static readonly TimeSpan UsualSpacing = TimeSpan.FromMinutes(1);

    /// <summary>How many evaluations may be left out before it is taken for two alerts.</summary>
    private const double Patience = 2.5;

    /// <summary>Whether it is an alert of this name with these labels, and others.</summary>
    /// <param name="alert">The name of the rule.</param>
    /// <param name="labels">The labels.</param>
    public bool Is(string alert, IEnumerable<KeyValuePair<string, string>> labels) =>
        Alert == alert && labels.All(label => Labels.GetValueOrDefault(label.Key, "") == label.Value);

    /// <summary>From when to when it was firing, each time.</summary>
    /// <param name="now">When its samples were read.</param>
    public IReadOnlyList<AlertPeriod> Periods(DateTimeOffset now)
    {
        var gap = Spacing() * Patience;
        var periods = new List<AlertPeriod>();
        foreach (var at in Firing)
        {
            if (periods is [.., var last] && at - last.Last <= gap)
            {
                periods[^1] = last with { Last = at };
            }
            else
            {
                periods.Add(new AlertPeriod(this, at, at, IsOver: true));
            }
        }

        if (periods is [.., var open] && now - open.Last <= gap)
        {
            periods[^1] = open with { IsOver = false };
        }

        return periods;
    }

    private TimeSpan Spacing()
    {
        var all = Pending.Concat(Firing).Order().ToList();
        var spaces = all.Skip(1).Zip(all, static (later, earlier) => later - earlier).Order().ToList();
        return spaces.Count > 0 && spaces[spaces.Count / 2] < UsualSpacing ? spaces[spaces.Count / 2] : UsualSpacing;
    }
}

/// <summary>A time for which an alert was firing.</summary>
/// <param name="Series">The alert.</param>
/// <param name="From">When it was first seen firing.</param>
/// <param name="Last">When it was last seen firing.</param>
/// <param name="IsOver">Whether it was resolved since.</param>
internal sealed record AlertPeriod(AlertSeries Series, DateTimeOffset From, DateTimeOffset Last, bool IsOver);

/// <summary>Reads which alerts a Prometheus has had.</summary>
internal static class AlertHistory
{
    private const string State = "alertstate";

    private const string Name = "alertname";

    private static readonly string[] OwnLabels = ["__name__", Name, State];

    /// <summary>Reads those since some time.</summary>
    /// <param name="client">The Prometheus.</param>
    /// <param name="selector">A condition on the labels of alerts; empty for none.</param>
    /// <param name="since">The time, by the clock here.</param>
    /// <param name="time">The clock here.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The alerts, by name.</returns>
    public static async Task<IReadOnlyList<AlertSeries>> ReadAsync(
        PrometheusClient client, string selector, DateTimeOffset since, TimeProvider time, CancellationToken cancellationToken)
    {
        var (now, _) = await client.NowAsync(cancellationToken);
        var here = time.GetUtcNow();
        var range = string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling((here - since).TotalSeconds)}s");
        var series = await client.QuerySeriesAsync($"ALERTS{{{selector}}}[{range}]", now, cancellationToken);
        List<DateTimeOffset> Times(IEnumerable<PrometheusSeries> all, string state) =>
        [
            .. all.Where(one => one[State] == state).SelectMany(one => one.Points)
                .Select(point => here + (DateTimeOffset.FromUnixTimeMilliseconds(point.UnixMilliseconds) - now)).Order(),
        ];
        return
        [
            .. from alert in series.GroupBy(one => string.Join('\n', Labels(one).Select(label => $"{label.Key}={label.Value}").Order()
                    .Prepend(one[Name])))
               let name = alert.First()[Name]
               orderby name
               select new AlertSeries(name, Labels(alert.First()), Times(alert, "pending"), Times(alert, "firing")),
        ];
    }

    private static Dictionary<string, string> Labels(PrometheusSeries series) =>
        series.Labels.Where(label => !OwnLabels.Contains(label.Key)).ToDictionary();
}
