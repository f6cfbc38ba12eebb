using System.Globalization;

namespace Bookinfo.Verification;

/// <summary>A target of a Prometheus: when it was scraped, which service it says that it is, and what it has counted.</summary>
internal sealed class ScrapedTarget
{
    /// <summary>A target that has missed as many scrapes is gone.</summary>
    private const int RecentScrapes = 2;

    /// <summary>What begins within so many milliseconds may be one process that was looked at twice.</summary>
    private const double SameStart = 1000;

    private readonly ILookup<string, RawSeries> _series;
    private readonly SortedList<long, double> _durations;

    private ScrapedTarget(string job, string instance, ILookup<string, RawSeries> series)
    {
        (Job, Instance, _series) = (job, instance, series);
        Attempts = Merge(RawSamples.Up);
        _durations = Merge(RawSamples.ScrapeDuration);
        Uptime = Merge(RawSamples.Uptime);
        Series = (long)Merge(RawSamples.ScrapeSize).LastOrDefault().Value;
        Scrapes = [.. Merge(RawSamples.Marker).Keys.Union(Merge(RawSamples.Info).Keys).Order()];
        var info = series[RawSamples.Info].MaxBy(one => one.Samples.Keys[^1]);
        (Service, Version, Id) = (info?["service_name"] ?? "", info?["service_version"] ?? "", info?["service_instance_id"] ?? "");
    }

    /// <summary>The job that it belongs to.</summary>
    public string Job { get; }

    /// <summary>Its address.</summary>
    public string Instance { get; }

    /// <summary>What it is called in reports.</summary>
    public string Name => $"{Instance} ({(Service.Length == 0 ? "service unknown" : $"{Service} {Version}".TrimEnd())})";

    /// <summary>The service that it says it is.</summary>
    public string Service { get; }

    /// <summary>The version that it says it is.</summary>
    public string Version { get; }

    /// <summary>The process that it says it is.</summary>
    public string Id { get; }

    /// <summary>When it was scraped and answered, in order.</summary>
    public IReadOnlyList<long> Scrapes { get; }

    /// <summary>When it was to be scraped: 1 where it answered.</summary>
    public SortedList<long, double> Attempts { get; }

    /// <summary>When it was to be scraped for the last time.</summary>
    public long LastAttempt => Math.Max(Attempts.Keys.LastOrDefault(), Scrapes[^1]);

    /// <summary>Whether it did not answer any more when it was to be scraped after its last scrape.</summary>
    public bool IsSilent => LastAttempt > Scrapes[^1];

    /// <summary>For how long its process ran, by the time of the scrape.</summary>
    public SortedList<long, double> Uptime { get; }

    /// <summary>How many series its last scrape has brought; 0 when the platform does not tell.</summary>
    public long Series { get; }

    /// <summary>
    /// The time from one scrape to the next, in milliseconds. Of a target that was scraped only once, as when a Prometheus has just been
    /// started, it is that of others; <see langword="null"/> when there were not two scrapes of any.
    /// </summary>
    public long? Interval { get; private set; }

    private long? OwnInterval => Attempts.Count < 2
        ? null
        : Attempts.Keys.Skip(1).Zip(Attempts.Keys, (later, earlier) => later - earlier).Order().ElementAt((Attempts.Count - 1) / 2);

    /// <summary>All targets that are Bookinfo's.</summary>
    /// <param name="samples">What was scraped.</param>
    /// <param name="since">When they are of interest: what was gone before is left out.</param>
    public static IReadOnlyList<ScrapedTarget> All(RawSamples samples, long since)
    {
        string[] metrics =
        [
            .. RawSamples.Counters, RawSamples.Up, RawSamples.ScrapeDuration, RawSamples.ScrapeSize, RawSamples.Info, RawSamples.Uptime,
            RawSamples.Marker,
        ];
        var byTarget = metrics.SelectMany(metric => samples.Of(metric).Where(series => series.Samples.Count > 0)
                .Select(series => (Metric: metric, Series: series)))
            .ToLookup(one => (Job: one.Series["job"], Instance: one.Series["instance"]));
        var all = byTarget
            .Where(target => target.Any(one => one.Metric == RawSamples.Marker
                || (one.Metric == RawSamples.Info && one.Series["service_namespace"] == "bookinfo")))
            .Select(target => new ScrapedTarget(
                target.Key.Job, target.Key.Instance, target.ToLookup(one => one.Metric, one => one.Series)))
            .ToList();
        var usual = all.Max(target => target.OwnInterval);
        all.ForEach(target => target.Interval = target.OwnInterval ?? usual);
        return
        [
            .. all
                .Where(target => target.Interval is not { } interval || target.Scrapes[^1] >= since - (RecentScrapes * interval))
                .OrderBy(target => target.Instance, StringComparer.Ordinal).ThenBy(target => target.Job, StringComparer.Ordinal),
        ];
    }

    /// <summary>The series of a metric.</summary>
    /// <param name="metric">The metric.</param>
    public IEnumerable<RawSeries> Of(string metric) => _series[metric];

    /// <summary>The last scrape that was over at some time; the state that it saw is from before that.</summary>
    /// <param name="time">The time.</param>
    public long? LastBefore(long time) => Scrapes.Cast<long?>().LastOrDefault(
        scrape => scrape + (long)Math.Ceiling(_durations.GetValueOrDefault(scrape!.Value) * 1e3) <= time);

    /// <summary>The first scrape since some time from which on the counters stand still.</summary>
    /// <param name="time">The time.</param>
    public long? StandsStillSince(long time)
    {
        List<long> later = [.. Scrapes.Where(scrape => scrape >= time)];
        return later.Zip(later.Skip(1)).Where(pair => RawSamples.Counters.SelectMany(Of).All(
            series => Value(series, pair.First) == Value(series, pair.Second))).Select(pair => (long?)pair.First).FirstOrDefault();
    }

    /// <summary>What a counter has counted between two scrapes. When it begins again at 0, what it counts from there on is added.</summary>
    /// <param name="series">The counter.</param>
    /// <param name="from">The first scrape.</param>
    /// <param name="to">The last scrape.</param>
    public static long Increase(RawSeries series, long from, long to)
    {
        var (sum, before) = (0.0, Value(series, from));
        foreach (var (_, value) in series.Samples.Where(sample => sample.Key > from && sample.Key <= to))
        {
            sum += value < before ? value : value - before;
            before = value;
        }

        return (long)Math.Round(sum);
    }

    /// <summary>The scrapes after which the process was another one.</summary>
    /// <param name="from">The first scrape that counts.</param>
    /// <param name="to">The last.</param>
    /// <returns>When it was seen, and whether the counters show it.</returns>
    public IEnumerable<(long Time, bool IsShown)> Restarts(long from, long to)
    {
        var times = Scrapes.Where(scrape => scrape >= from && scrape <= to).ToList();
        foreach (var (earlier, later) in times.Zip(times.Skip(1)))
        {
            var counters = RawSamples.Counters.SelectMany(Of).ToList();
            var fell = counters.Exists(series => Value(series, later) < Value(series, earlier));
            // What a scrape has seen is as late as its end.
            var isAnother = Uptime.GetValueOrDefault(later, double.MaxValue) < Uptime.GetValueOrDefault(earlier)
                || StartedAt(later) - StartedAt(earlier) - (_durations.GetValueOrDefault(earlier) * 1e3) > SameStart;
            if (fell || isAnother)
            {
                // A process that had counted nothing has nothing to show.
                yield return (later, fell || counters.TrueForAll(series => Value(series, earlier) == 0));
            }
        }
    }

    /// <summary>Whether two targets are one process.</summary>
    /// <param name="other">The other.</param>
    public bool IsSameProcess(ScrapedTarget other) => Id.Length > 0 && (Id, Service, Version) == (other.Id, other.Service, other.Version)
        && Began is { } started && other.Began is { } otherStarted && Math.Abs(started - otherStarted) < SameStart;

    /// <summary>The condition that finds its series.</summary>
    public string Selector => string.Create(CultureInfo.InvariantCulture, $"job=\"{Escape(Job)}\",instance=\"{Escape(Instance)}\"");

    /// <summary>When its process began, in milliseconds since 1970, as a scrape has seen it.</summary>
    /// <param name="scrape">The time of the scrape.</param>
    /// <returns><see langword="null"/> when it did not see it.</returns>
    public double? StartedAt(long scrape) => Uptime.TryGetValue(scrape, out var uptime) ? scrape - (uptime * 1e3) : null;

    /// <summary>When its process began, in milliseconds since 1970, as its last scrape has seen it.</summary>
    public double? Began => Uptime.Count == 0 ? null : StartedAt(Uptime.Keys[^1]);

    private static double Value(RawSeries series, long time) => series.Samples.GetValueOrDefault(time);

    private static string Escape(string value) =>
        value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    private SortedList<long, double> Merge(string metric)
    {
        var all = new SortedList<long, double>();
        foreach (var sample in _series[metric].SelectMany(series => series.Samples))
        {
            all[sample.Key] = sample.Value;
        }

        return all;
    }
}
