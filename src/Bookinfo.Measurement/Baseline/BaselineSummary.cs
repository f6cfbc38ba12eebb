using Bookinfo.Load;
using HdrHistogram;

namespace Bookinfo.Measurement;

/// <summary>
/// Combines the steps of each rate. A round is one observation: a percentile is taken of each round, and the estimate is the trimmed mean
/// of those. Pooling the requests of all rounds instead would treat requests of the same seconds as independent of each other, and make
/// intervals far too narrow.
/// </summary>
public static class BaselineSummary
{
    /// <summary>One summary for each rate.</summary>
    /// <param name="steps">The steps. Interrupted ones are left out.</param>
    /// <returns>One for each rate that has a step, by ascending rate.</returns>
    public static IReadOnlyList<RateSummary> Of(IEnumerable<StepMeasurement> steps) =>
        [.. steps.Where(step => !step.Interrupted)
            .GroupBy(step => step.Rate).OrderBy(group => group.Key).Select(group => Of(group.Key, [.. group]))];

    /// <summary>All requests of a rate in one histogram, for what needs the whole distribution and no interval.</summary>
    /// <param name="steps">The steps. Interrupted ones are left out.</param>
    /// <param name="rate">The rate.</param>
    /// <param name="measure">One of <see cref="Measure"/>.</param>
    /// <exception cref="FormatException">A histogram is broken.</exception>
    public static LongHistogram Pool(IEnumerable<StepMeasurement> steps, double rate, string measure) => LoadDetails.Sum(
        from step in steps
        where !step.Interrupted && step.Rate == rate
        let latency = step.Latencies.GetValueOrDefault(measure)
        where latency is not null
        select HistogramCodec.Decode(latency.Histogram));

    private static RateSummary Of(double rate, IReadOnlyList<StepMeasurement> steps) => new(
        rate,
        steps.Count,
        Estimate.Of([.. steps.Select(step => step.Achieved)]),
        steps.Sum(step => step.Requests.Due),
        steps.Sum(Failed),
        steps.SelectMany(step => step.Errors).GroupBy(error => error.Key).ToDictionary(
            group => group.Key, group => group.Sum(error => error.Value)),
        Measure.InOrder(steps.SelectMany(step => step.Latencies.Keys))
            .ToDictionary(measure => measure, measure => Latency(measure, steps)),
        steps
            .Where(step => step.Requests.Sent > 0)
            .SelectMany(step => step.Use.Keys)
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToDictionary(name => name, name => Use(name, steps)));

    private static LatencySummary Latency(string measure, IReadOnlyList<StepMeasurement> steps)
    {
        var rounds = steps.Where(step => step.Latencies.ContainsKey(measure)).Select(step => step.Latencies[measure].Percentiles).ToList();
        return new LatencySummary(
            rounds.Sum(round => round.Count),
            steps.Sum(step => Errors(step, measure)),
            Estimate.Of([.. rounds.Select(round => round.Mean)]),
            Estimate.Of([.. rounds.Select(round => (double)round.P50)]),
            Estimate.Of([.. rounds.Select(round => (double)round.P90)]),
            Estimate.Of([.. rounds.Select(round => (double)round.P99)]),
            Estimate.Of([.. rounds.Select(round => (double)round.P999)]),
            Estimate.Of([.. rounds.Select(round => (double)round.Max)]));
    }

    private static UseSummary Use(string name, IReadOnlyList<StepMeasurement> steps)
    {
        var rounds = steps.Where(step => step.Requests.Sent > 0 && step.Use.ContainsKey(name))
            .Select(step => (Step: step, Used: step.Use[name]))
            .ToList();
        Estimate Over(Func<StepMeasurement, UseMeasurement, double> figure) => Estimate.Of(
            [.. rounds.Select(round => figure(round.Step, round.Used))]);
        Estimate? Known(Func<StepMeasurement, UseMeasurement, double?> figure) =>
            rounds.Select(round => figure(round.Step, round.Used)).OfType<double>().ToList() is { Count: > 0 } known
                ? Estimate.Of(known)
                : null;
        var (gross, own, page) = (new CpuBasis(IsOwn: false, IsNet: false), new CpuBasis(true, true), new CpuBasis(false, true));
        return new UseSummary(
            Over((step, used) => (used.CpuSeconds + used.SidecarCpuSeconds) / step.Seconds),
            Known((step, used) => used.CpuPerThousand(gross, step.Requests.Sent))!,
            Known((step, used) => used.SidecarCpuPerThousand(gross, step.Requests.Sent))!,
            Over((_, used) => used.MemoryBytes + used.SidecarMemoryBytes),
            Over((_, used) => used.SidecarMemoryBytes),
            Known((_, used) => (used.IdleCpuSeconds + used.IdleSidecarCpuSeconds) / used.Seconds),
            Known((step, used) => used.CpuPerThousand(own, step.Requests.Sent)),
            Known((step, used) => used.SidecarCpuPerThousand(own, step.Requests.Sent)),
            Known((step, used) => used.CpuPerThousand(page, step.Requests.Sent)),
            Known((step, used) => used.SidecarCpuPerThousand(page, step.Requests.Sent)));
    }

    private static long Failed(StepMeasurement step) => step.Requests.Failed + step.Requests.Unsent;

    private static long Errors(StepMeasurement step, string measure) =>
        Measure.FlawOf(measure) is { } flaw ? step.Errors.GetValueOrDefault(flaw) : Failed(step);
}

/// <summary>The rounds of one rate, summarized.</summary>
/// <param name="Rate">The rate that was asked for, in requests a second.</param>
/// <param name="Rounds">How many rounds it summarizes.</param>
/// <param name="Achieved">The rate that was achieved.</param>
/// <param name="Requests">How many requests fell due in all rounds.</param>
/// <param name="Failed">How many of them failed or were not sent.</param>
/// <param name="Errors">What was wrong with them.</param>
/// <param name="Latencies">By the names of <see cref="Measure"/>.</param>
/// <param name="Use">By the name of the service.</param>
public sealed record RateSummary(
    double Rate,
    int Rounds,
    Estimate Achieved,
    long Requests,
    long Failed,
    IReadOnlyDictionary<string, long> Errors,
    IReadOnlyDictionary<string, LatencySummary> Latencies,
    IReadOnlyDictionary<string, UseSummary> Use);

/// <summary>A latency over the rounds: each figure is the mean of what the rounds have, in microseconds.</summary>
/// <param name="Count">How many values all rounds have together.</param>
/// <param name="Errors">
/// How many requests failed because of this hop: pages that say that details, reviews or ratings could not be had; for the whole request,
/// all that failed.
/// </param>
/// <param name="Mean">The mean.</param>
/// <param name="P50">The median.</param>
/// <param name="P90">The 90th percentile.</param>
/// <param name="P99">The 99th percentile.</param>
/// <param name="P999">The 99.9th percentile.</param>
/// <param name="Max">The highest value.</param>
public sealed record LatencySummary(
    long Count, long Errors, Estimate Mean, Estimate P50, Estimate P90, Estimate P99, Estimate P999, Estimate Max)
{
    /// <summary>
    /// A percentile, if at least <see cref="Percentiles.FewestBeyond"/> values of all rounds lie beyond it; <see langword="null"/>
    /// otherwise.
    /// </summary>
    /// <param name="percentile">50, 90, 99 or 99.9.</param>
    public Estimate? At(double percentile) => Count < Percentiles.Needed(percentile) ? null : percentile switch
    {
        50 => P50,
        90 => P90,
        99 => P99,
        99.9 => P999,
        _ => throw new ArgumentOutOfRangeException(nameof(percentile)),
    };
}

/// <summary>
/// What a service used at one rate, over the rounds. The figures without the idle share are <see langword="null"/> when that share, or how
/// many requests the service answered, is not known, as in files from before these fields existed.
/// </summary>
/// <param name="Cores">How many processor cores it used on average, sidecars included.</param>
/// <param name="CpuPerThousand">
/// Processor seconds for 1,000 requests to the page, sidecars included. This includes what the service uses when idle.
/// </param>
/// <param name="SidecarCpuPerThousand">The sidecars' part of it.</param>
/// <param name="MemoryBytes">Memory in bytes, sidecars included.</param>
/// <param name="SidecarMemoryBytes">The sidecars' part of it.</param>
/// <param name="IdleCores">How many processor cores it uses without requests, sidecars and the reading of its counters included.</param>
/// <param name="OwnCpuPerThousand">
/// Processor seconds for 1,000 requests that the service itself answered, without the idle share, sidecars included.
/// </param>
/// <param name="OwnSidecarCpuPerThousand">The sidecars' part of it.</param>
/// <param name="PageCpuPerThousand">
/// Processor seconds for 1,000 requests to the page, without the idle share, sidecars included.
/// </param>
/// <param name="PageSidecarCpuPerThousand">The sidecars' part of it.</param>
public sealed record UseSummary(
    Estimate Cores, Estimate CpuPerThousand, Estimate SidecarCpuPerThousand, Estimate MemoryBytes, Estimate SidecarMemoryBytes,
    Estimate? IdleCores = null, Estimate? OwnCpuPerThousand = null, Estimate? OwnSidecarCpuPerThousand = null,
    Estimate? PageCpuPerThousand = null, Estimate? PageSidecarCpuPerThousand = null);
