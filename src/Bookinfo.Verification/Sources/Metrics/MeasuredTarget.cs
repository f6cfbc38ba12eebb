using System.Globalization;

namespace Bookinfo.Verification;

/// <summary>A target, with the scrapes between which it has counted a run.</summary>
internal sealed class MeasuredTarget
{
    /// <summary>Others were to be scraped for so many intervals since it was for the last time: then it is not a target any more.</summary>
    private const int GoneAfterIntervals = 2;

    /// <summary>How long a process may go on that was told to end: as long as Kubernetes gives it, if it is not told otherwise.</summary>
    private const long Grace = 30_000;

    /// <summary>How long a process may run beside the one in whose place it comes.</summary>
    private const long LongestReplacement = 300_000;

    /// <summary>Finds the scrapes.</summary>
    /// <param name="target">The target.</param>
    /// <param name="window">When the run was.</param>
    /// <param name="newest">When any target was last to be scraped.</param>
    public MeasuredTarget(ScrapedTarget target, RunWindow window, long newest)
    {
        Target = target;
        IsGone = newest - target.LastAttempt > GoneAfterIntervals * (target.Interval ?? 0);
        From = LastBefore(target, window) ?? StartedAfter(target, window);
        To = target.StandsStillSince(window.End) ?? target.Scrapes[^1];
        StandsStill = target.StandsStillSince(window.End) is not null;
        Restarts = From is { } from ? [.. target.Restarts(from, To)] : [];
    }

    /// <summary>The target.</summary>
    public ScrapedTarget Target { get; }

    /// <summary>
    /// The last scrape before the run, or a time before its process began if that was later; <see langword="null"/> when it was not
    /// scraped before.
    /// </summary>
    public long? From { get; }

    /// <summary>The first scrape after the run from which on its counters stand still, or else the last.</summary>
    public long To { get; }

    /// <summary>Whether its counters stand still after the run.</summary>
    public bool StandsStill { get; }

    /// <summary>The scrapes in between that saw another process than the one before.</summary>
    public IReadOnlyList<(long Time, bool IsShown)> Restarts { get; }

    /// <summary>Whether nobody tries to scrape it any more, though others are: its pod is gone, say.</summary>
    public bool IsGone { get; }

    /// <summary>Whether another one has come in its place: of the same version, and begun not long before it was scraped no more.</summary>
    /// <param name="other">The other.</param>
    public bool IsReplacedBy(MeasuredTarget other) => other.Target != Target
        && (other.Target.Service, other.Target.Version) == (Target.Service, Target.Version)
        && other.Target.Began > Target.Began && other.Target.Began > Target.Scrapes[^1] - LongestReplacement;

    /// <summary>
    /// Until when it may have counted at most, if its process has ended: what was told to end may go on for a while, and what does not
    /// answer no longer than somebody asks.
    /// </summary>
    public long EndedBy => Math.Min(
        Target.Scrapes[^1] + (Target.Interval ?? 0) + Grace, Target.IsSilent ? Target.LastAttempt : long.MaxValue);

    /// <summary>What a counter has counted.</summary>
    /// <param name="series">The counter.</param>
    public long Increase(RawSeries series) => From is { } from ? ScrapedTarget.Increase(series, from, To) : 0;

    /// <summary>What all counters of a metric have counted.</summary>
    /// <param name="metric">The metric.</param>
    public long Sum(string metric) => Target.Of(metric).Sum(Increase);

    /// <summary>The scrapes that are missing or failed; <see langword="null"/> when there are none.</summary>
    public Finding? Gap()
    {
        // Before its first scrape, a process that is being started does not answer.
        var begin = Math.Max(From ?? 0, Target.Scrapes[0]);
        var attempts = Target.Attempts.Keys.Where(attempt => attempt >= begin && attempt <= To).ToList();
        var failed = attempts.Where(attempt => Target.Attempts[attempt] == 0).ToList();
        var interval = Target.Interval ?? long.MaxValue / 2;
        var skipped = attempts.Skip(1)
            .Zip(attempts, (later, earlier) => (Time: earlier, Count: ((later - earlier + (interval / 2)) / interval) - 1))
            .Where(gap => gap.Count > 0).ToList();
        var count = failed.Count + skipped.Sum(gap => gap.Count);
        return count == 0 ? null : new Finding(
            FindingKind.ScrapeGap, Target.Name,
            string.Create(
                CultureInfo.InvariantCulture,
                $"Missing scrapes of {Target.Name}: {count:N0} of {attempts.Count + skipped.Sum(gap => gap.Count):N0} "
                + $"(failed: {failed.Count:N0}; not made: {skipped.Sum(gap => gap.Count):N0})."))
        {
            Count = count,
            Examples = [.. failed.Concat(skipped.Select(gap => gap.Time)).Order().Take(5).Select(At)],
            LookAt = [$"{RawSamples.Up}{{{Target.Selector}}}"],
        };
    }

    /// <summary>Says what is wrong with the target.</summary>
    /// <param name="kind">In which way.</param>
    public string Describe(FindingKind kind) => kind switch
    {
        FindingKind.StaleTarget =>
            $"{Target.Name} was scraped for the last time at {At(Target.Scrapes[^1])}, before the end of the run; others were since."
            + (IsGone ? " It is not a target any more." : ""),
        FindingKind.TargetEnded =>
            $"{Target.Name} has ended, and was scraped for the last time at {At(Target.Scrapes[^1])}: what it counted between then and its "
            + "end is not known.",
        FindingKind.NotScraped =>
            $"{Target.Name} was scraped for the last time at {At(Target.Scrapes[^1])}, and not again for as long as it was waited for "
            + "after the run: what it has counted since is not known.",
        FindingKind.NoBaseline =>
            $"{Target.Name} was scraped for the first time at {At(Target.Scrapes[0])}, when the run was under way: what it had counted "
            + "before is not known.",
        FindingKind.HiddenReset =>
            $"The process of {Target.Name} was started again before {At(Restarts.First(restart => !restart.IsShown).Time)}, but its "
            + "counters do not begin again: what is shown as counted since is too little.",
        _ => $"The process of {Target.Name} was started again before {At(Restarts[0].Time)}: what it had counted since the scrape "
            + "before is lost.",
    };

    private static string At(long time) =>
        DateTimeOffset.FromUnixTimeMilliseconds(time).UtcDateTime.ToString("HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>
    /// The last scrape that was over when the run began. On a busy machine it takes a while to ask a platform for its time, so that the one
    /// that was waited for before the run may look later than its start; it was over all the same.
    /// </summary>
    private static long? LastBefore(ScrapedTarget target, RunWindow window)
    {
        var byClock = target.LastBefore(window.Start - window.Doubt);
        return window.Ready?.TryGetValue(target.Selector, out var ready) == true && ready > (byClock ?? 0) && target.Scrapes.Contains(ready)
            ? ready
            : byClock;
    }

    /// <summary>A process that began after the run did has counted nothing before.</summary>
    private static long? StartedAfter(ScrapedTarget target, RunWindow window) =>
        target.Uptime.Count > 0 && target.StartedAt(target.Uptime.Keys[0]) >= window.Start ? window.Start : null;
}
