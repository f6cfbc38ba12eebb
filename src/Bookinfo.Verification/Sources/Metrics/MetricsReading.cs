using System.Globalization;

namespace Bookinfo.Verification;

/// <summary>What the targets of a Prometheus have counted of a run, and in which way that differs from what happened.</summary>
internal sealed class MetricsReading
{
    /// <summary>How long after its answer a request may be counted, in milliseconds.</summary>
    private const long SlowestCount = 1000;

    private readonly List<MeasuredTarget> _targets;
    private readonly IReadOnlyList<ScrapedTarget> _stale;
    private readonly IReadOnlyList<ScrapedTarget> _waited;
    private readonly IReadOnlyList<(ScrapedTarget Target, ScrapedTarget Twin)> _twins;
    private readonly RunExpectation _run;
    private readonly RunWindow _window;
    private readonly IReadOnlyList<Difference> _all;
    private readonly List<Difference> _served;
    private readonly List<Difference> _tried;
    private readonly List<Difference> _results;
    private readonly Dictionary<ServedKey, long> _seenServed;
    private readonly Dictionary<TriedKey, long> _seenTried;
    private readonly Dictionary<ResultKey, long> _seenResults;

    /// <summary>Counts, and compares.</summary>
    /// <param name="targets">The targets.</param>
    /// <param name="stale">Those of them that are scraped no more.</param>
    /// <param name="waited">Those that were not scraped since the run, and may yet be.</param>
    /// <param name="window">When the run was.</param>
    /// <param name="run">What must be seen of it.</param>
    public MetricsReading(
        IReadOnlyList<ScrapedTarget> targets, IReadOnlyList<ScrapedTarget> stale, IReadOnlyList<ScrapedTarget> waited, RunWindow window,
        RunExpectation run)
    {
        (_stale, _waited, _run, _window) = (stale, waited, run, window);
        var newest = targets.Select(target => target.LastAttempt).DefaultIfEmpty().Max();
        // Of two targets that are one process, the one whose state before the run is known counts.
        targets = [.. targets.OrderBy(target => new MeasuredTarget(target, window, newest).From is null)];
        _twins =
        [
            .. targets.Index().Select(one => (Target: one.Item, Twin: targets.Take(one.Index).FirstOrDefault(one.Item.IsSameProcess)))
                .Where(pair => pair.Twin is not null).Select(pair => (pair.Target, pair.Twin!)),
        ];
        _targets = [.. targets.Except(_twins.Select(pair => pair.Target)).Select(target => new MeasuredTarget(target, window, newest))];
        StandsStill = _targets.Except(_targets.Where(target => stale.Contains(target.Target))).All(target => target.StandsStill);

        _seenServed = Sum(RawSamples.Served, (target, series) => new ServedKey(
            target.Service, target.Version, series["http_request_method"], series["http_route"], series["http_response_status_code"]));
        _seenTried = Sum(RawSamples.Tried, (target, series) => new TriedKey(
            target.Service, target.Version, series["service_peer_name"], series["http_request_method"],
            series["http_response_status_code"], series["error_type"]));
        _seenResults = Sum(RawSamples.Results, (_, series) => new ResultKey(series["destination_app"], series["response_code"]));
        _served = CountComparison.Compare(run.Counts.Served, _seenServed);
        _tried = CountComparison.Compare(run.Counts.Tried, _seenTried);
        _results = CountComparison.Compare(run.Counts.Results, _seenResults);
        _all = [.. _served, .. _tried, .. _results];
    }

    /// <summary>Whether the counters of all targets that are still scraped stand still.</summary>
    public bool StandsStill { get; }

    /// <summary>Whether all counts are what they must be.</summary>
    public bool IsExact => _all.Count == 0 && _targets.TrueForAll(target => target.From is not null);

    /// <summary>Whether a target that was not scraped since the run may yet be: its process seems to run.</summary>
    public bool IsWaiting => _targets.Exists(target => _waited.Contains(target.Target) && !HasEnded(target));

    /// <summary>The targets whose counts of the run are known and whole, by service and version.</summary>
    public IEnumerable<MeasuredTarget> Whole => _targets.Where(IsWhole);

    /// <summary>Why the buckets of a route tell nothing.</summary>
    /// <param name="key">The route; its status does not count.</param>
    /// <returns>
    /// A sentence; <see langword="null"/> when they do tell: all of its requests are counted, each under this route.
    /// </returns>
    public string? WhyUntold(ServedKey key)
    {
        var target = _targets.Find(
            target => (target.Target.Service, target.Target.Version) == (key.Service, key.Version) && !IsWhole(target));
        return target is not null ? target.Describe(KindOf(target)!.Value)
            : _all.Any(difference => difference.Key is ServedKey served
                && (served.Service, served.Method, served.Route) == (key.Service, key.Method, key.Route))
            ? "Its requests are not counted right, or not told apart."
            : null;
    }

    /// <summary>What is worth knowing and is not wrong.</summary>
    public IEnumerable<string> Notes()
    {
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{_targets.Count} targets: {string.Join(", ", _targets.Select(target => target.Target.Name))}.");
        if (_targets.Select(target => target.Target.Interval).OfType<long>().ToList() is { Count: > 0 } intervals)
        {
            var (least, most) = (Seconds(intervals.Min()), Seconds(intervals.Max()));
            yield return $"Scraped every {(least == most ? most : $"{least} to {most}")} s.";

            static string Seconds(long milliseconds) => (milliseconds / 1e3).ToString("0.#", CultureInfo.InvariantCulture);
        }

        if (_targets.Where(HasEnded).Select(target => target.Target.Name).ToList() is { Count: > 0 } ended)
        {
            yield return $"Ended meanwhile: {string.Join(", ", ended)}.";
        }
    }

    /// <summary>What it costs the platform, as far as it tells.</summary>
    public string? Cost => _targets.Select(target => target.Target).Concat(_twins.Select(pair => pair.Target))
        .Sum(target => target.Series) is var series and > 0
        ? string.Create(CultureInfo.InvariantCulture, $"Cost: {series:N0} series, whatever the number of requests.")
        : null;

    /// <summary>What was checked.</summary>
    public IEnumerable<CheckResult> Checks()
    {
        var explained = new List<string>();
        var targets = TargetFindings(explained).ToList();
        var requests = LabelMistakes.Take(_served).ToList();
        var calls = LabelMistakes.Take(_tried).ToList();
        var results = LabelMistakes.Take(_results).ToList();
        targets.AddRange(MissingTargets(explained));
        yield return new CheckResult("targets") { Findings = targets };
        yield return Check("requests", RawSamples.Served, _run.Counts.Served, _seenServed, requests, _served, explained);
        yield return Check("calls by edge", RawSamples.Tried, _run.Counts.Tried, _seenTried, calls, _tried, explained);
        yield return Check("finished calls", RawSamples.Results, _run.Counts.Results, _seenResults, results, _results, explained);
    }

    private CheckResult Check<TKey>(
        string name, string metric, Counts<TKey> expected, Dictionary<TKey, long> seen, List<Finding> findings, List<Difference> rest,
        List<string> explained)
        where TKey : ICountKey
    {
        foreach (var (kind, of, amount) in new (FindingKind, string, Func<Difference, long>)[]
        {
            (FindingKind.Missing, "Missing", difference => difference.Missing),
            (FindingKind.Surplus, "Surplus", difference => difference.Surplus),
        })
        {
            var worst = rest.Where(difference => amount(difference) > 0).OrderByDescending(amount).ToList();
            if (worst.Count > 0)
            {
                findings.Add(new Finding(
                    kind, metric, FormattableString.Invariant($"{of}: {worst.Sum(amount):N0}, in {worst.Count} series."))
                {
                    Missing = worst.Sum(difference => difference.Missing),
                    Surplus = worst.Sum(difference => difference.Surplus),
                    Examples = [.. worst.Take(5).Select(difference => difference.ToString())],
                    LookAt =
                    [
                        .. worst.Take(1).SelectMany(difference => _run.Examples.GetValueOrDefault(difference.Key.ToString()!) ?? [])
                            .Select(id => $"trace {id}"),
                        metric,
                    ],
                });
            }
        }

        return new CheckResult(name)
        {
            Expected = expected.Total,
            Seen = seen.Values.Sum(),
            Findings = findings,
            NotChecked = findings.Count == 0 && _all.Any(difference => difference.Key is TKey) ? [.. explained] : [],
        };
    }

    /// <summary>What is wrong with targets, each with the counts that are missing because of that.</summary>
    private IEnumerable<Finding> TargetFindings(List<string> explained)
    {
        foreach (var (target, twin) in _twins)
        {
            yield return new Finding(
                FindingKind.ScrapedTwice, target.Name,
                $"The process {target.Id} is scraped twice, as {twin.Instance} of job {twin.Job} and as {target.Instance} of job "
                + $"{target.Job}. It was counted once here; a sum over targets counts it twice.")
            {
                Surplus = _targets.Where(measured => measured.Target == twin).Sum(measured => measured.Sum(RawSamples.Served)),
                LookAt = [$"count by (service_instance_id) ({RawSamples.Info})"],
            };
        }

        foreach (var target in _targets)
        {
            if (target.Gap() is { } gap)
            {
                yield return gap;
            }

            if (KindOf(target) is not { } why)
            {
                continue;
            }

            var (missing, isAny) = TakeMissing(
                target.Target.Service, target.Target.Version, why == FindingKind.TargetEnded ? UnseenOf(target) : null);
            // A process may be started again. Only what is lost by that is not shown.
            if (isAny || why is FindingKind.NoBaseline or FindingKind.NotScraped
                || (why == FindingKind.StaleTarget && !target.IsGone))
            {
                explained.Add($"What {target.Target.Name} has counted is not known in full.");
                yield return new Finding(why, target.Target.Name, target.Describe(why))
                {
                    Missing = missing,
                    LookAt =
                    [
                        (why is FindingKind.CounterReset or FindingKind.HiddenReset or FindingKind.NoBaseline
                            ? RawSamples.Uptime : RawSamples.Up)
                            + $"{{{target.Target.Selector}}}",
                    ],
                };
            }
        }
    }

    /// <summary>Why what a target has counted is not known in full; <see langword="null"/> when it is.</summary>
    private FindingKind? KindOf(MeasuredTarget target) => HasEnded(target) ? FindingKind.TargetEnded
        : _stale.Contains(target.Target) ? FindingKind.StaleTarget
        : _waited.Contains(target.Target) ? FindingKind.NotScraped
        : target.From is null ? FindingKind.NoBaseline
        : target.Restarts is [] ? null
        : target.Restarts.Any(restart => !restart.IsShown) ? FindingKind.HiddenReset
        : FindingKind.CounterReset;

    /// <summary>
    /// Whether the process of a target has ended, rather than that it is scraped no more: another one came in its place, or it did not
    /// answer and was then dropped from the targets.
    /// </summary>
    private bool HasEnded(MeasuredTarget target) => target.From is not null
        && (_stale.Contains(target.Target) || _waited.Contains(target.Target))
        && ((target.IsGone && target.Target.IsSilent)
            || ((target.IsGone || target.Target.IsSilent) && _targets.Exists(target.IsReplacedBy)));

    /// <summary>Whether all that a target has counted of the run is known.</summary>
    private bool IsWhole(MeasuredTarget target) => KindOf(target) is not { } kind || (kind == FindingKind.TargetEnded
        && !_all.Any(difference => difference.Missing > 0
            && (difference["service"], difference["version"]) == (target.Target.Service, target.Target.Version)));

    /// <summary>
    /// What may have been counted at most, in all processes of the same version that have ended, between the last scrape of each and its
    /// end.
    /// </summary>
    private ExpectedCounts UnseenOf(MeasuredTarget target)
    {
        var skew = _window.Start - _run.Start.ToUnixTimeMilliseconds();
        var times = _targets.Where(other => HasEnded(other)
            && (other.Target.Service, other.Target.Version) == (target.Target.Service, target.Target.Version)).Select(
                other => (From: other.To - _window.Doubt - SlowestCount, To: other.EndedBy + _window.Doubt)).ToList();
        var unseen = new ExpectedCounts();
        foreach (var trace in _run.Traces)
        {
            var (begin, end) = ((trace.Sent / 1_000_000) + skew, ((trace.Sent + trace.Waited) / 1_000_000) + skew);
            if (times.Exists(time => begin <= time.To && end >= time.From))
            {
                unseen.Add(trace.Fate);
            }
        }

        return unseen;
    }

    private IEnumerable<Finding> MissingTargets(List<string> explained)
    {
        var known = _targets.Select(target => (target.Target.Service, target.Target.Version)).ToHashSet();
        var absent = _served.Where(difference => difference.Missing > 0 && !KeyPattern.Is(difference.Key))
            .Select(difference => (Service: difference["service"], Version: difference["version"])).Distinct()
            .Where(one => !known.Contains(one)).ToList();
        foreach (var (service, version) in absent)
        {
            var (missing, _) = TakeMissing(service, version, atMost: null);
            explained.Add($"What {service} {version} has counted is not known: it is not a target.");
            yield return new Finding(
                FindingKind.TargetMissing, $"{service} {version}",
                FormattableString.Invariant($"No target is {service} {version}. Requests that it served: {missing:N0}."))
            {
                Missing = missing,
                LookAt = [$"{RawSamples.Info}{{service_name=\"{service}\"}}"],
            };
        }
    }

    /// <summary>Takes what is missing of a version of a service out of the differences.</summary>
    /// <param name="service">The service.</param>
    /// <param name="version">The version.</param>
    /// <param name="atMost">How many can be missing of each for this reason; <see langword="null"/> for any number.</param>
    /// <returns>How many requests that are, and whether anything was missing.</returns>
    private (long Requests, bool IsAny) TakeMissing(string service, string version, ExpectedCounts? atMost)
    {
        bool IsOf(Difference difference) => difference is { Missing: > 0, Surplus: 0 }
            && difference["service"] == service && difference["version"] == version;
        bool IsServed(Difference difference) => IsOf(difference) && IsPossible(difference, atMost?.Served);
        var missing = _served.Where(IsServed).Sum(difference => difference.Missing);
        var taken = _served.RemoveAll(IsServed)
            + _tried.RemoveAll(difference => IsOf(difference) && IsPossible(difference, atMost?.Tried));
        if (service == CallGraph.Page)
        {
            taken += _results.RemoveAll(
                difference => difference is { Missing: > 0, Surplus: 0 } && IsPossible(difference, atMost?.Results));
        }

        return (missing, taken > 0);
    }

    private static bool IsPossible<TKey>(Difference difference, Counts<TKey>? atMost)
        where TKey : ICountKey =>
        atMost is null || difference.Missing <= atMost.Ranges.GetValueOrDefault((TKey)difference.Key).High;

    private Dictionary<TKey, long> Sum<TKey>(string metric, Func<ScrapedTarget, RawSeries, TKey> key)
        where TKey : ICountKey
    {
        var sums = new Dictionary<TKey, long>();
        foreach (var target in _targets)
        {
            foreach (var series in target.Target.Of(metric))
            {
                if (target.Increase(series) is var increase and not 0)
                {
                    var of = key(target.Target, series);
                    sums[of] = sums.GetValueOrDefault(of) + increase;
                }
            }
        }

        return sums;
    }
}
