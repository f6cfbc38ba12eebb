using System.Globalization;
using Bookinfo.Cli.Report;

namespace Bookinfo.Cli.Baseline;

/// <summary>The tables of a baseline, which its page, its Markdown and the terminal share.</summary>
internal static class BaselineTables
{
    /// <summary>The latency of the page at each rate.</summary>
    /// <param name="baseline">The baseline.</param>
    public static ReportTable Page(BaselineFile baseline) => new(
        "The page from due time, in ms ± half of the 95% confidence interval",
        [">RATE", ">P50", ">P90", ">P99", ">P99.9", ">MAX", ">FAILED"],
        [
            .. from rate in baseline.Summary
               where rate.Latencies.ContainsKey(Measure.Page)
               select (IReadOnlyList<string>)[Figures.Rate(rate.Rate), .. Percentiles(rate.Latencies[Measure.Page]), Failed(rate.Failed, rate.Requests)],
        ]);

    /// <summary>All latencies at one rate.</summary>
    /// <param name="rate">The rate.</param>
    public static ReportTable Latencies(RateSummary rate) => new(
        string.Create(
            CultureInfo.InvariantCulture,
            $"At {Figures.Rate(rate.Rate)} requests/s ({Figures.WithMargin(rate.Achieved)} achieved), {rate.Rounds} round{(rate.Rounds == 1 ? "" : "s")}, in ms"),
        ["LATENCY", ">P50", ">P90", ">P99", ">P99.9", ">MAX", ">ERRORS"],
        [
            .. from measure in Measure.All
               where rate.Latencies.ContainsKey(measure)
               let latency = rate.Latencies[measure]
               select (IReadOnlyList<string>)[measure, .. Percentiles(latency), Figures.Count(latency.Errors)],
        ]);

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
    public static ReportTable Use(BaselineFile baseline)
    {
        var sidecars = baseline.Services.Any(service => service.Sidecars.Count > 0);
        return new ReportTable(
            $"Use of resources ± half of the 95% confidence interval{(sidecars ? ", sidecars included" : "")}",
            sidecars
                ? ["SERVICE", ">RATE", ">CORES", ">CPU ms/1,000", ">of it SIDECARS", ">MEMORY MiB", ">of it SIDECARS"]
                : ["SERVICE", ">RATE", ">CORES", ">CPU ms/1,000", ">MEMORY MiB"],
            [
                .. from service in baseline.Services
                   from rate in baseline.Summary
                   where rate.Use.ContainsKey(service.Name)
                   let use = rate.Use[service.Name]
                   select (IReadOnlyList<string>)
                   [
                       service.Name,
                       Figures.Rate(rate.Rate),
                       Figures.WithMargin(use.Cores),
                       Figures.MillisecondsOfSeconds(use.CpuPerThousand),
                       .. sidecars ? [Figures.MillisecondsOfSeconds(use.SidecarCpuPerThousand)] : Array.Empty<string>(),
                       Figures.Mebibytes(use.MemoryBytes),
                       .. sidecars ? [Figures.Mebibytes(use.SidecarMemoryBytes)] : Array.Empty<string>(),
                   ],
            ]);
    }

    /// <summary>Start-up and images of the services.</summary>
    /// <param name="baseline">The baseline.</param>
    public static ReportTable Services(BaselineFile baseline)
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
                .. images ? [">PULL s", ">IMAGE MiB", "IMAGE"] : Array.Empty<string>(),
                .. sidecars ? ["SIDECARS"] : Array.Empty<string>(),
            ],
            [
                .. baseline.Services.Select(service => (IReadOnlyList<string>)
                [
                    service.Name,
                    Figures.Count(service.Instances),
                    Range(service.StartUpSeconds),
                    .. images
                        ? [Range(service.ImagePullSeconds), service.ImageBytes is { } bytes ? Figures.Mebibytes(new Estimate(bytes, null, null)) : Figures.Unknown, service.Image?.Split('/')[^1] ?? Figures.Unknown]
                        : Array.Empty<string>(),
                    .. sidecars ? [service.Sidecars.Count > 0 ? string.Join(", ", service.Sidecars) : Figures.Unknown] : Array.Empty<string>(),
                ]),
            ]);
    }

    private static IEnumerable<string> Percentiles(LatencySummary latency) =>
        new[] { latency.P50, latency.P90, latency.P99, latency.P999, latency.Max }.Select(Figures.Milliseconds);

    private static string Failed(long failed, long requests) =>
        failed == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{Figures.Count(failed)} ({100.0 * failed / requests:0.##}%)");
}
