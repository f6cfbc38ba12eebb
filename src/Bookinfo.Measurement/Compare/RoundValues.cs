using Bookinfo.Load;

namespace Bookinfo.Measurement;

/// <summary>The values of figures in the rounds of a baseline at one rate.</summary>
/// <param name="baseline">The baseline.</param>
/// <param name="rate">The rate, in requests a second.</param>
/// <param name="round">Which round; <see langword="null"/> for all.</param>
internal sealed class RoundValues(BaselineFile baseline, double rate, int? round = null)
{
    private const double Percent = 100;

    private readonly IReadOnlyList<StepMeasurement> _steps =
    [
        .. baseline.Steps.Where(
            step => !step.Interrupted && step.Rate == rate && step.Requests.Due > 0 && (round is null || step.Round == round)),
    ];

    /// <summary>How many rounds there are.</summary>
    public int Count => _steps.Count;

    /// <summary>How many requests fell due in all of them.</summary>
    public long Due => _steps.Sum(step => step.Requests.Due);

    /// <summary>How many of these failed or were not sent.</summary>
    public long Failed => _steps.Sum(step => step.Requests.Failed + step.Requests.Unsent);

    /// <summary>The latencies that there are.</summary>
    public IEnumerable<string> Measures => Measure.InOrder(_steps.SelectMany(step => step.Latencies.Keys));

    /// <summary>The services whose CPU and memory are known.</summary>
    public IEnumerable<string> Services => _steps.SelectMany(step => step.Use.Keys).Distinct().Order(StringComparer.Ordinal);

    /// <summary>Requests that failed or were not sent, in percent.</summary>
    public IReadOnlyList<double> Errors =>
        [.. _steps.Select(step => Percent * (step.Requests.Failed + step.Requests.Unsent) / step.Requests.Due)];

    /// <summary>
    /// The binomial variance of the difference between two shares of failed requests. The variance is at least that, even if all rounds
    /// happen to have the same share.
    /// </summary>
    /// <param name="before">The first.</param>
    /// <param name="after">The second.</param>
    public static double VarianceOfErrors(RoundValues before, RoundValues after)
    {
        var share = (double)(before.Failed + after.Failed) / (before.Due + after.Due);
        return share * (1 - share) * ((1.0 / before.Due) + (1.0 / after.Due)) * Percent * Percent;
    }

    /// <summary>The rates that were achieved.</summary>
    public IReadOnlyList<double> Achieved => [.. _steps.Select(step => step.Achieved)];

    /// <summary>A figure of a latency, in microseconds, for each round that has it.</summary>
    /// <param name="measure">One of <see cref="Measure"/>.</param>
    /// <param name="figure">One of <see cref="FigureName"/>.</param>
    public IReadOnlyList<double> Latency(string measure, string figure) => [.. Latencies(measure).Select(latency => Read(latency, figure))];

    /// <summary>How late the generator was in each round, in microseconds.</summary>
    /// <param name="figure">One of <see cref="FigureName"/>.</param>
    public IReadOnlyList<double> GeneratorDelay(string figure) => [.. _steps.Select(step => Read(step.Generator.SchedulingDelay, figure))];

    /// <summary>Whether at least one request lies above a percentile in each round. Otherwise the percentile is not meaningful.</summary>
    /// <param name="measure">One of <see cref="Measure"/>.</param>
    /// <param name="figure">One of <see cref="FigureName"/>.</param>
    public bool HasPercentile(string measure, string figure) =>
        FigureName.ShareAbove(figure) is { } share && Latencies(measure).All(latency => latency.Count * share >= 1);

    /// <summary>What a service used, for each round in which that is known.</summary>
    /// <param name="service">The service, or <see cref="FigureComparison.AllServices"/>.</param>
    /// <param name="figure">One of <see cref="FigureName"/>.</param>
    /// <param name="basis">What processor time is per.</param>
    public IReadOnlyList<double> Use(string service, string figure, CpuBasis basis)
    {
        // Rounds in which a service is missing are left out, because their sum would be too small.
        string[] services = service == FigureComparison.AllServices ? [.. Services] : [service];
        return [.. _steps
            .Where(step => step.Requests.Sent > 0 && services.Length > 0 && services.All(step.Use.ContainsKey))
            .Select(step => services.Aggregate(
                (double?)0, (sum, name) => sum + Read(step.Use[name], step.Requests.Sent, figure, basis)))
            .OfType<double>()];
    }

    /// <summary>The share of its processor time that a service spent compiling; <see langword="null"/> when that is not known.</summary>
    /// <param name="service">The service, or <see cref="FigureComparison.AllServices"/>.</param>
    public double? CompileShare(string service) => Compiling.ShareOf(
        [.. _steps.SelectMany(step => step.Use).Where(use => service == FigureComparison.AllServices || use.Key == service)
            .Select(use => use.Value)]);

    /// <summary>What services used that both have: of all of them together first, if there are several.</summary>
    /// <param name="before">The first.</param>
    /// <param name="after">The second.</param>
    public static IEnumerable<UseOfBoth> OfBoth(RoundValues before, RoundValues after)
    {
        var services = before.Services.Intersect(after.Services).ToList();
        return
            from service in services.Count > 1 ? [FigureComparison.AllServices, .. services] : services
            let basis = new CpuBasis(
                // All services together answer a page.
                service != FigureComparison.AllServices && before.KnowsRequests(service) && after.KnowsRequests(service),
                before.KnowsIdle(service) && after.KnowsIdle(service))
            from figure in FigureName.OfUse
            let first = before.Use(service, figure, basis)
            let second = after.Use(service, figure, basis)
            where first.Count > 0 && second.Count > 0
            // Where there are no sidecars, there is nothing to say of them.
            where figure != FigureName.SidecarCpu || first.Concat(second).Any(value => value != 0)
            select new UseOfBoth(service, figure, basis, first, second)
            {
                CompileShares = figure == FigureName.Cpu ? (before.CompileShare(service), after.CompileShare(service)) : default,
            };
    }

    private bool KnowsIdle(string service) => Knows(service, static use => use.IdleCpuSeconds is not null);

    private bool KnowsRequests(string service) => Knows(service, static use => use.Requests > 0);

    /// <summary>Whether something is known in any round; rounds without it are then left out.</summary>
    private bool Knows(string service, Func<UseMeasurement, bool> isKnown) =>
        (service == FigureComparison.AllServices ? Services : [service]).All(
            name => _steps.Any(step => step.Use.TryGetValue(name, out var use) && isKnown(use)));

    private static double Read(Percentiles latency, string figure) => figure switch
    {
        FigureName.P50 => latency.P50,
        FigureName.P90 => latency.P90,
        FigureName.P99 => latency.P99,
        FigureName.P999 => latency.P999,
        _ => latency.Mean,
    };

    private static double? Read(UseMeasurement use, long sent, string figure, CpuBasis basis) => figure switch
    {
        FigureName.Cpu => use.CpuPerThousand(basis, sent),
        FigureName.SidecarCpu => use.SidecarCpuPerThousand(basis, sent),
        _ => use.MemoryBytes + use.SidecarMemoryBytes,
    };

    private IEnumerable<Percentiles> Latencies(string measure) =>
        _steps.Where(step => step.Latencies.ContainsKey(measure)).Select(step => step.Latencies[measure].Percentiles);
}

/// <summary>A figure of what a service used in two baselines, or in two systems.</summary>
/// <param name="Service">The service, or <see cref="FigureComparison.AllServices"/>.</param>
/// <param name="Figure">One of <see cref="FigureName.OfUse"/>.</param>
/// <param name="Basis">What processor time is per, the same in both.</param>
/// <param name="Before">One value for each round before in which it is known.</param>
/// <param name="After">Likewise after.</param>
internal sealed record UseOfBoth(
    string Service, string Figure, CpuBasis Basis, IReadOnlyList<double> Before, IReadOnlyList<double> After)
{
    /// <summary>Which share of the processor time was spent compiling; <see langword="null"/> when it is not known.</summary>
    public (double? Before, double? After) CompileShares { get; init; }

    /// <summary>As in <see cref="FigureDraft.Doubt"/>.</summary>
    /// <param name="difference">What they differ by.</param>
    public string? Doubt(double difference) => Compiling.Doubt(CompileShares.Before, CompileShares.After, difference);

    /// <summary>As in <see cref="FigureComparison.Per"/>.</summary>
    public string? Per => Figure == FigureName.Memory ? null : Basis.IsOwn ? FigureComparison.Request : FigureComparison.Page;
}
