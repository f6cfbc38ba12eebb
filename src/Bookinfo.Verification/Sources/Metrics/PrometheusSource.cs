using System.Globalization;
using Bookinfo.Foundation;

namespace Bookinfo.Verification;

/// <summary>
/// Metrics in a Prometheus, or in whatever else has its query API. What each target has counted between its last scrape before the run and
/// the first one after it at which its counters stand still is compared with what must have been counted.
/// </summary>
/// <param name="client">The Prometheus, which is disposed with this.</param>
/// <param name="selector">A condition on the labels of targets, such as <c>namespace="bookinfo"</c>; empty for none.</param>
/// <param name="patience">How long to wait for targets to be scraped.</param>
/// <param name="time">Tells the time and waits.</param>
public sealed class PrometheusSource(PrometheusClient client, string selector, TimeSpan patience, TimeProvider time) : ISource
{
    /// <summary>How many scrapes of others a target may miss before it is given up, as long as there is time to wait.</summary>
    private const int MissedScrapes = 3;

    /// <summary>The same, once the time to wait is over: a single one may just be on its way.</summary>
    private const int MissedScrapesAtLast = 2;

    /// <summary>
    /// For how long, in milliseconds, a target may fail to answer before it is given up: a pod that ends stays a target until it is cleared
    /// away.
    /// </summary>
    private const long Clearing = 15_000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);

    /// <summary>By how much clocks may differ that seem to be equal.</summary>
    private static readonly TimeSpan LeastDoubt = TimeSpan.FromMilliseconds(100);

    /// <summary>How long before a run its targets have been scraped for the last time, at the least frequent.</summary>
    private static readonly TimeSpan Before = TimeSpan.FromMinutes(5);

    /// <summary>How long after a run its counters are looked at: what comes later is another run's.</summary>
    private static readonly TimeSpan After = TimeSpan.FromMinutes(5);

    private Dictionary<string, long>? _ready;

    /// <inheritdoc/>
    public string Signal => "metrics";

    /// <inheritdoc/>
    public async Task PrepareAsync(Action<string> say, CancellationToken cancellationToken)
    {
        var samples = new RawSamples(client, selector);
        var (begin, doubt) = await client.NowAsync(cancellationToken);
        var wait = new Wait("for a scrape before the run", say, time);
        while (true)
        {
            var (now, _) = await client.NowAsync(cancellationToken);
            await samples.ReadAsync(begin - Before, now, cancellationToken);
            var targets = ScrapedTarget.All(samples, begin.ToUnixTimeMilliseconds());
            var late = Late(targets, begin.ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds());
            if ((AreAllKnown(targets, now.ToUnixTimeMilliseconds()) && late.Waited.Count == 0) || wait.Elapsed > patience)
            {
                RequireTargets(targets);
                _ready = targets.Where(target => target.Scrapes.Count > 0).DistinctBy(target => target.Selector)
                    .ToDictionary(target => target.Selector, target => target.Scrapes[^1]);
                // The run must not begin while the last scrape may still be going on.
                await Task.Delay(Pause + doubt, time, cancellationToken);
                return;
            }

            wait.Tell(targets.Count == 0 ? "no target of Bookinfo yet" : $"{targets.Count - late.Waited.Count} of {targets.Count} targets");
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task<SignalResult> CheckAsync(RunExpectation run, Action<string> say, CancellationToken cancellationToken)
    {
        var version = await client.FindVersionAsync(cancellationToken);
        var (skew, doubt) = await SkewAsync(cancellationToken);
        var window = new RunWindow(
            (run.Start + skew).ToUnixTimeMilliseconds(), (run.End + skew).ToUnixTimeMilliseconds(),
            (long)Math.Ceiling((LeastDoubt + doubt).TotalMilliseconds))
        {
            Ready = _ready,
        };
        var samples = new RawSamples(client, selector);
        var wait = new Wait("for counters to stand still", say, time);
        for (var isFirst = true; ; isFirst = false)
        {
            var after = time.GetUtcNow() - run.End;
            var now = run.End + after + skew;
            var until = run.End + skew + After < now ? run.End + skew + After : now;
            await samples.ReadAsync(run.Start + skew - Before, until, cancellationToken);
            var targets = ScrapedTarget.All(samples, window.Start);
            var isOver = until < now || wait.Elapsed > patience;
            var (stale, waited) = Late(targets, window.End, until.ToUnixTimeMilliseconds(), isOver ? MissedScrapesAtLast : MissedScrapes);
            var reading = new MetricsReading(targets, stale, waited, window, run);
            var isSettled = targets.Count > 0
                && (reading.IsExact ? !reading.IsWaiting : waited.Count == 0 && reading.StandsStill);
            if (isSettled || isOver)
            {
                RequireTargets(targets);
                var result = await ReportAsync(reading, run, version, skew, cancellationToken);
                return isSettled && result.Verdict == VerificationVerdict.Exact
                    ? result with { VisibleAfter = after, VisibleWhenFirstAsked = isFirst }
                    : result;
            }

            wait.Tell($"{targets.Count - waited.Count} of {targets.Count} targets scraped since the end");
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private async Task<SignalResult> ReportAsync(
        MetricsReading reading, RunExpectation run, string? version, TimeSpan skew, CancellationToken cancellationToken)
    {
        var checks = reading.Checks().ToList();
        checks.Add(await HistogramCheck.RunAsync(client, selector, reading, run, cancellationToken));
        return new SignalResult(
            Signal, $"{(version is null ? "Prometheus API" : $"Prometheus API, version {version}")} at {client.Address}", checks)
        {
            Method = "Metrics: counters were read as they were scraped, for each process, from the last scrape before the run to the "
                + "first one after it from which on they stand still. No rate and no extrapolation is involved. Requests were compared by "
                + "service, version, method, route and status, calls by edge, status and error, finished calls of productpage by service "
                + "and status, and latencies by bucket, of the routes that were asked for.",
            Notes =
            [
                .. reading.Notes(),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Its clock is {Math.Abs(skew.TotalSeconds):0.00} s {(skew < TimeSpan.Zero ? "behind" : "ahead of")} the one here."),
                .. reading.Cost is { } cost ? [cost] : Array.Empty<string>(),
            ],
        };
    }

    /// <summary>
    /// The targets that were not scraped since some time: those that are still waited for, and those that are given up, because it was
    /// their turn several times, and others were scraped as often.
    /// </summary>
    private static (IReadOnlyList<ScrapedTarget> Stale, IReadOnlyList<ScrapedTarget> Waited) Late(
        IReadOnlyList<ScrapedTarget> targets, long since, long now, int missed = MissedScrapes)
    {
        var most = targets.Count == 0 ? 0 : targets.Max(target => target.Scrapes.Count(scrape => scrape >= since));
        var late = targets.Where(target => target.Scrapes.Count == 0 || target.Scrapes[^1] < since).ToLookup(
            target => most >= missed
                && now - since > Math.Max(missed * (target.Interval ?? 0), target.IsSilent ? Clearing : 0));
        return ([.. late[true]], [.. late[false]]);
    }

    /// <summary>
    /// Whether all targets can be known: those of a Prometheus that has just been started are scraped for the first time within an
    /// interval.
    /// </summary>
    private static bool AreAllKnown(IReadOnlyList<ScrapedTarget> targets, long now) =>
        targets.Max(target => target.Interval) is { } interval
        && now - targets.Min(target => target.Attempts.Keys.FirstOrDefault(now)) > interval * 3 / 2;

    private void RequireTargets(IReadOnlyList<ScrapedTarget> targets)
    {
        if (targets.Count == 0)
        {
            throw new OperationFailedException(
                FailureKind.TargetUnreachable,
                $"the Prometheus at {client.Address} has no metrics of Bookinfo{(selector.Length == 0 ? "" : $" with {selector}")} from "
                + "that time: nothing can be verified. 'bookinfo up --prometheus' runs one that scrapes it.");
        }
    }

    /// <summary>By how much the clock of the platform is ahead of the one here, and by how much that may be wrong.</summary>
    private async Task<(TimeSpan Skew, TimeSpan Doubt)> SkewAsync(CancellationToken cancellationToken)
    {
        var asked = time.GetUtcNow();
        var there = await client.NowAsync(cancellationToken);
        var half = (time.GetUtcNow() - asked) / 2;
        return (there.Now - (asked + half), there.Doubt + half);
    }

    /// <summary>Says what is waited for, now and then.</summary>
    private sealed class Wait(string what, Action<string> say, TimeProvider time)
    {
        private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

        private readonly long _begin = time.GetTimestamp();
        private TimeSpan _told;

        public TimeSpan Elapsed => time.GetElapsedTime(_begin);

        public void Tell(string state)
        {
            if (Elapsed - _told >= Interval)
            {
                _told = Elapsed;
                say(string.Create(CultureInfo.InvariantCulture, $"Waiting {what} ({Elapsed.TotalSeconds:0} s): {state}."));
            }
        }
    }
}

/// <summary>When a run was, by the clock of a platform, in milliseconds since 1970.</summary>
/// <param name="Start">When its first request was sent.</param>
/// <param name="End">When its last one had ended.</param>
/// <param name="Doubt">By how much the clocks here and there may differ though the difference has been allowed for.</param>
internal readonly record struct RunWindow(long Start, long End, long Doubt)
{
    /// <summary>
    /// By the selectors of targets: a scrape of each that was over when the run began, whatever the clocks say; <see langword="null"/> when
    /// nobody waited for one.
    /// </summary>
    public IReadOnlyDictionary<string, long>? Ready { get; init; }
}
