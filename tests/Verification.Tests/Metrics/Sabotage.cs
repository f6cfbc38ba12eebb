using Bookinfo.Testing;

namespace Bookinfo.Verification.Tests;

/// <summary>A way in which a proxy spoils scrapes, and what of it must be found.</summary>
/// <param name="name">What it does, as docs/verify.md has it.</param>
/// <param name="kind">What it must be found to be.</param>
internal abstract class Sabotage(string name, FindingKind kind)
{
    public string Name => name;

    public FindingKind Kind => kind;

    /// <summary>What must come of it.</summary>
    public virtual VerificationVerdict Verdict => VerificationVerdict.Differs;

    /// <summary>Begins before the scrape that counts as before the run.</summary>
    public virtual void Begin(ScrapedSystem system)
    {
    }

    /// <summary>Begins with the run.</summary>
    public virtual void BeginRun(ScrapedSystem system)
    {
    }

    /// <summary>How many must be found, for each check that finds something.</summary>
    public abstract IReadOnlyDictionary<string, long> Expected(RunExpectation run);

    public static void End(ScrapedSystem system)
    {
        foreach (var process in ScrapedSystem.Processes)
        {
            system.ProxyOf(process).Spoil(null);
        }

        system.Twin.IsOpen = false;
        system.Newcomer.IsOpen = false;
    }

    protected static long Served(RunExpectation run, string service, string? version = null) => run.Counts.Served.Ranges
        .Where(pair => !KeyPattern.Is(pair.Key) && pair.Key.Service == service && (version ?? pair.Key.Version) == pair.Key.Version)
        .Sum(pair => pair.Value.Low);

    protected static long Tried(RunExpectation run, string service, string version) => run.Counts.Tried.Ranges
        .Where(pair => !KeyPattern.Is(pair.Key) && (pair.Key.Service, pair.Key.Version) == (service, version)).Sum(pair => pair.Value.Low);

    protected static double ServedIn(IReadOnlyList<PrometheusSample> samples) =>
        samples.Where(sample => sample.Name == RawSamples.Served).Sum(sample => sample.Value);
}

internal sealed class SkippedScrape() : Sabotage("a scrape skipped", FindingKind.ScrapeGap)
{
    public override void BeginRun(ScrapedSystem system)
    {
        var skipped = 0;
        system.ProxyOf("details-v1").Spoil(samples => skipped++ == 0 ? null : samples);
    }

    public override IReadOnlyDictionary<string, long> Expected(RunExpectation run) => new Dictionary<string, long> { ["targets"] = 1 };
}

internal sealed class TwoTargets() : Sabotage("a target scraped twice", FindingKind.ScrapedTwice)
{
    public override void Begin(ScrapedSystem system) => system.Twin.IsOpen = true;

    public override IReadOnlyDictionary<string, long> Expected(RunExpectation run) =>
        new Dictionary<string, long> { ["targets"] = Served(run, "details") };
}

internal sealed class ShiftedBucket() : Sabotage("a bucket shifted", FindingKind.WrongBucket)
{
    public override void Begin(ScrapedSystem system) => system.ProxyOf("productpage-v1").Spoil(samples =>
    [
        .. samples.Select(sample => sample is { Name: "http_server_request_duration_seconds_bucket" }
            && sample["http_route"] == "/productpage"
            ? sample with { Value = samples.Where(other => IsNext(sample, other)).MinBy(Limit)?.Value ?? sample.Value }
            : sample),
    ]);

    // How many that are depends on how fast the machine is.
    public override IReadOnlyDictionary<string, long> Expected(RunExpectation run) => new Dictionary<string, long> { ["latency"] = -1 };

    private static bool IsNext(PrometheusSample one, PrometheusSample other) => other.Name == one.Name && Limit(other) > Limit(one)
        && one.Labels.All(label => label.Key == "le" || other[label.Key] == label.Value) && one.Labels.Count == other.Labels.Count;

    private static double Limit(PrometheusSample sample) => sample["le"] == "+Inf"
        ? double.PositiveInfinity
        : double.Parse(sample["le"]!, System.Globalization.CultureInfo.InvariantCulture);
}

internal sealed class DroppedLabel() : Sabotage("a label dropped", FindingKind.LostLabel)
{
    public override void Begin(ScrapedSystem system) => system.ProxyOf("productpage-v1").Spoil(samples =>
    [
        .. samples.Select(sample => sample with { Labels = sample.Labels.Where(label => label.Key != "http_route").ToDictionary() })
            .GroupBy(sample => sample.Series).Select(same => same.First() with { Value = same.Sum(sample => sample.Value) }),
    ]);

    public override IReadOnlyDictionary<string, long> Expected(RunExpectation run) =>
        new Dictionary<string, long> { ["requests"] = Served(run, "productpage") };
}

internal sealed class WrongVersion() : Sabotage("a version mislabeled", FindingKind.WrongLabel)
{
    public override void Begin(ScrapedSystem system) => system.ProxyOf("reviews-v2").Spoil(samples =>
    [
        .. samples.Select(sample => sample with
        {
            Labels = sample.Labels.ToDictionary(
                label => label.Key, label => label.Key == "service_version" ? "v3" : label.Value),
        }),
    ]);

    public override IReadOnlyDictionary<string, long> Expected(RunExpectation run) =>
        new Dictionary<string, long> { ["requests"] = Served(run, "reviews", "v2"), ["calls"] = Tried(run, "reviews", "v2") };
}

internal sealed class DeadTarget() : Sabotage("a target scraped no more", FindingKind.StaleTarget)
{
    public override void BeginRun(ScrapedSystem system) => system.ProxyOf("ratings-v1").Spoil(static _ => null);

    public override IReadOnlyDictionary<string, long> Expected(RunExpectation run) =>
        new Dictionary<string, long> { ["targets"] = Served(run, "ratings") };
}

internal sealed class AbsentTarget() : Sabotage("a target not scraped at all", FindingKind.TargetMissing)
{
    public override void Begin(ScrapedSystem system) => system.ProxyOf("ratings-v1").Spoil(static _ => null);

    public override IReadOnlyDictionary<string, long> Expected(RunExpectation run) =>
        new Dictionary<string, long> { ["targets"] = Served(run, "ratings") };
}

internal sealed class LateTarget() : Sabotage("a target first scraped during the run", FindingKind.NoBaseline)
{
    public override VerificationVerdict Verdict => VerificationVerdict.Untold;

    public override void BeginRun(ScrapedSystem system)
    {
        // It passes for a process of its own.
        system.Newcomer.Spoil(samples =>
        [
            .. samples.Select(sample => sample with
            {
                Labels = sample.Labels.ToDictionary(
                    label => label.Key, label => label.Key == "service_instance_id" ? "newcomer" : label.Value),
            }),
        ]);
        system.Newcomer.IsOpen = true;
    }

    public override IReadOnlyDictionary<string, long> Expected(RunExpectation run) => new Dictionary<string, long> { ["targets"] = 0 };
}

/// <param name="name">What it does.</param>
/// <param name="check">How the check begins that finds it.</param>
/// <param name="metric">The metric that is dropped.</param>
/// <param name="count">How many are missing; less than 0 for some number.</param>
internal sealed class DroppedMetric(string name, string check, string metric, Func<RunExpectation, long> count)
    : Sabotage(name, FindingKind.Missing)
{
    public override void Begin(ScrapedSystem system) =>
        system.ProxyOf("productpage-v1").Spoil(samples => [.. samples.Where(sample => sample.Name != metric)]);

    public override IReadOnlyDictionary<string, long> Expected(RunExpectation run) =>
        new Dictionary<string, long> { [check] = count(run) };
}

/// <summary>A process that seems to be started again, once it has counted something that nobody has scraped yet.</summary>
/// <param name="isHidden">Whether counters go on from where they were, as though it had not been.</param>
internal sealed class Restart(bool isHidden) : Sabotage(
    isHidden ? "a counter reset hidden" : "a counter reset", isHidden ? FindingKind.HiddenReset : FindingKind.CounterReset)
{
    private readonly Dictionary<string, double> _passedOn = [];
    private Dictionary<string, double>? _snapshot;
    private double _lastServed = double.PositiveInfinity;
    private double _uptime;
    private double _lost;

    public override void Begin(ScrapedSystem system) => system.ProxyOf("details-v1").Spoil(samples => PassOn(samples, mayRestart: false));

    public override void BeginRun(ScrapedSystem system) =>
        system.ProxyOf("details-v1").Spoil(samples => PassOn(samples, mayRestart: true));

    public override IReadOnlyDictionary<string, long> Expected(RunExpectation run) =>
        new Dictionary<string, long> { ["targets"] = (long)_lost };

    private List<PrometheusSample> PassOn(IReadOnlyList<PrometheusSample> samples, bool mayRestart)
    {
        // A process that has counted nothing has nothing to hide.
        if (mayRestart && _snapshot is null && _lastServed > 0 && ServedIn(samples) > _lastServed)
        {
            _lost = ServedIn(samples) - _lastServed;
            _snapshot = samples.Where(IsCounter).ToDictionary(sample => sample.Series, sample => sample.Value);
            _uptime = samples.Single(sample => sample.Name == RawSamples.Uptime).Value - 0.1;
        }

        var spoiled = samples.Select(sample => _snapshot is not null && sample.Name == RawSamples.Uptime
            ? sample with { Value = sample.Value - _uptime }
            : IsCounter(sample) ? sample with { Value = CountOf(sample) } : sample).ToList();
        foreach (var sample in spoiled.Where(IsCounter))
        {
            _passedOn[sample.Series] = sample.Value;
        }

        // What stays hidden is more with each request that the counters have yet to make up for.
        _lost = isHidden ? ServedIn(samples) - ServedIn(spoiled) : _lost;
        _lastServed = ServedIn(samples);
        return spoiled;
    }

    private double CountOf(PrometheusSample sample)
    {
        var count = sample.Value - (_snapshot?.GetValueOrDefault(sample.Series) ?? 0);
        return isHidden ? Math.Max(count, _passedOn.GetValueOrDefault(sample.Series)) : count;
    }

    private static bool IsCounter(PrometheusSample sample) =>
        sample.Family is "http_server_request_duration_seconds" or "http_client_request_duration_seconds";
}
