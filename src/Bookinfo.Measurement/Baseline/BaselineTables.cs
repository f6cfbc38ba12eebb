using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Bookinfo.Measurement;

/// <summary>The tables of a baseline, which its page, its Markdown and the terminal share.</summary>
public static class BaselineTables
{
    /// <summary>The latency of the page at each rate.</summary>
    /// <param name="baseline">The baseline.</param>
    public static ReportTable Page(BaselineFile baseline) => new(
        "The page from due time, in ms ± half of the 95% confidence interval",
        [">RATE", ">P50", ">P90", ">P99", ">P99.9", ">MAX", ">ERRORS"],
        [
            .. from rate in baseline.Summary
               where rate.Latencies.ContainsKey(Measure.Page)
               select (IReadOnlyList<string>)
               [
                   Figures.Rate(rate.Rate), .. Percentiles(rate.Latencies[Measure.Page]), Failed(rate.Failed, rate.Requests),
               ],
        ]);

    /// <summary>All latencies at one rate.</summary>
    /// <param name="rate">The rate.</param>
    /// <param name="narrow">
    /// Whether the table has to fit on a terminal; then the least informative columns are left out: the interval of the maximum, and a
    /// column of zeros.
    /// </param>
    public static ReportTable Latencies(RateSummary rate, bool narrow = false)
    {
        var errors = !narrow || rate.Latencies.Values.Any(latency => latency.Errors > 0);
        return new ReportTable(
            string.Create(
                CultureInfo.InvariantCulture,
                $"At {Figures.Rate(rate.Rate)} requests/s ({Figures.WithMargin(rate.Achieved)} achieved), {rate.Rounds} "
                + $"round{(rate.Rounds == 1 ? "" : "s")}, in ms"),
            ["LATENCY", ">P50", ">P90", ">P99", ">P99.9", ">MAX", .. errors ? [">ERRORS"] : Array.Empty<string>()],
            [
                .. from measure in Measure.InOrder(rate.Latencies.Keys)
                   let latency = rate.Latencies[measure]
                   select (IReadOnlyList<string>)
                   [
                       measure, .. Percentiles(latency, narrow), .. errors ? [Figures.Count(latency.Errors)] : Array.Empty<string>(),
                   ],
            ]);
    }

    /// <summary>Whether a percentile is left out of the tables of latencies because there were too few requests for it.</summary>
    /// <param name="baseline">The baseline.</param>
    public static bool LackPercentiles(BaselineFile baseline) => baseline.Summary.Select(rate => Latencies(rate)).Prepend(Page(baseline))
        .Any(table => table.Rows.Any(row => row.Contains(Figures.Unknown)));

    /// <summary>What was wrong with requests, at each rate.</summary>
    /// <param name="baseline">The baseline.</param>
    public static ReportTable Errors(BaselineFile baseline) => new(
        "Failed requests",
        [">RATE", ">REQUESTS", "WHAT WAS WRONG"],
        [
            .. from rate in baseline.Summary
               from error in rate.Errors.OrderByDescending(error => error.Value)
               select (IReadOnlyList<string>)[Figures.Rate(rate.Rate), Figures.Count(error.Value), error.Key],
        ]);

    /// <summary>What each service used at each rate.</summary>
    /// <param name="baseline">The baseline.</param>
    /// <param name="narrow">
    /// Whether it has to fit on a terminal; then only totals have intervals, and the least informative columns are left out.
    /// </param>
    public static ReportTable Use(BaselineFile baseline, bool narrow = false)
    {
        var sidecars = baseline.Services.Any(service => service.Sidecars.Count > 0);
        var all = baseline.Summary.SelectMany(rate => rate.Use.Values).ToList();
        // Sidecars leave no room for both on a terminal. A mesh may shield services, so that their requests are not known.
        var one = narrow && sidecars;
        var own = one
            ? all.TrueForAll(use => use.OwnCpuPerThousand is not null)
            : all.Exists(use => use.OwnCpuPerThousand is not null);
        UseColumn[] columns =
        [
            new(">CORES", use => Figures.WithMargin(sidecars ? Short(use.Cores) : use.Cores)),
            .. narrow ? Array.Empty<UseColumn>() : [new(">IDLE ms/s", use => Milliseconds(use.IdleCores))],
            .. own ? Cpu(">CPU/REQUEST", use => use.OwnCpuPerThousand, use => use.OwnSidecarCpuPerThousand) : [],
            .. own && one ? [] : Cpu(">CPU/PAGE", use => use.PageCpuPerThousand, use => use.PageSidecarCpuPerThousand),
            new(">MEMORY MiB", use => Figures.Mebibytes(use.MemoryBytes)),
            .. sidecars
                ? [new(">SIDECARS", use => Figures.Mebibytes(Short(use.SidecarMemoryBytes)), IsOfSidecars: true)]
                : Array.Empty<UseColumn>(),
        ];
        return new ReportTable(
            "Use of resources ± half of the 95% confidence interval. CPU in ms for 1,000 requests that the service answered (REQUEST) or "
            + $"that were sent (PAGE), without what is used when idle{(sidecars ? ". All containers, and the sidecars' part" : "")}",
            ["SERVICE", ">RATE", .. columns.Select(column => column.Heading)],
            [
                .. from service in baseline.Services
                   from rate in baseline.Summary
                   where rate.Use.ContainsKey(service.Name)
                   let use = rate.Use[service.Name]
                   select (IReadOnlyList<string>)
                   [
                       service.Name,
                       Figures.Rate(rate.Rate),
                       .. columns.Select(column => column.IsOfSidecars && service.Sidecars.Count == 0 ? Figures.Unknown : column.Text(use)),
                   ],
            ]);

        UseColumn[] Cpu(string heading, Func<UseSummary, Estimate?> cpu, Func<UseSummary, Estimate?> ofSidecars) =>
        [
            new(heading, use => Milliseconds(cpu(use))),
            .. sidecars
                ? [new(">SIDECARS", use => Milliseconds(Short(ofSidecars(use))), IsOfSidecars: true)]
                : Array.Empty<UseColumn>(),
        ];

        [return: NotNullIfNotNull(nameof(estimate))]
        Estimate? Short(Estimate? estimate) => narrow && estimate is not null ? new Estimate(estimate.Mean, null, null) : estimate;
        static string Milliseconds(Estimate? estimate) => estimate is null ? Figures.Unknown : Figures.MillisecondsOfSeconds(estimate);
    }

    /// <summary>The start-up times and images of the services.</summary>
    /// <param name="baseline">The baseline.</param>
    /// <param name="narrow">Whether the table has to fit on a terminal; then the names of images are left out.</param>
    public static ReportTable Services(BaselineFile baseline, bool narrow = false)
    {
        string Range(IReadOnlyList<double> seconds) => seconds.Count switch
        {
            0 => Figures.Unknown,
            1 => Figures.Number(seconds[0]),
            _ => $"{Figures.Number(seconds.Min())}-{Figures.Number(seconds.Max())}",
        };
        var images = baseline.Services.Any(service => service.Image is not null);
        var sidecars = baseline.Services.Any(service => service.Sidecars.Count > 0);
        return new ReportTable(
            images ? "Start-up and images" : "Start-up",
            [
                "SERVICE", ">INSTANCES", ">START-UP s",
                .. images ? [">PULL s", ">IMAGE MiB", .. narrow ? Array.Empty<string>() : ["IMAGE"]] : Array.Empty<string>(),
                .. sidecars ? ["SIDECARS"] : Array.Empty<string>(),
            ],
            [
                .. baseline.Services.Select(service => (IReadOnlyList<string>)
                [
                    service.Name,
                    Figures.Count(service.Instances),
                    Range(service.StartUpSeconds),
                    .. images
                        ? [Range(service.ImagePullSeconds), service.ImageBytes is { } bytes
                            ? Figures.Mebibytes(new Estimate(bytes, null, null))
                            : Figures.Unknown, .. narrow ? Array.Empty<string>() : [service.Image?.Split('/')[^1] ?? Figures.Unknown]]
                        : Array.Empty<string>(),
                    .. sidecars
                        ? [service.Sidecars.Count > 0 ? string.Join(", ", service.Sidecars) : Figures.Unknown]
                        : Array.Empty<string>(),
                ]),
            ]);
    }

    private static IEnumerable<string> Percentiles(LatencySummary latency, bool narrow = false) =>
    [
        .. new[] { 50, 90, 99, 99.9 }.Select(percentile => Figures.MillisecondsOrUnknown(latency.At(percentile))),
        narrow ? Figures.Milliseconds(latency.Max.Mean) : Figures.Milliseconds(latency.Max),
    ];

    private static string Failed(long failed, long requests) =>
        failed == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{Figures.Count(failed)} ({100.0 * failed / requests:0.##}%)");

    /// <summary>A column of the table of use.</summary>
    private sealed record UseColumn(string Heading, Func<UseSummary, string> Text, bool IsOfSidecars = false);
}
