using System.Globalization;

namespace Bookinfo.Measurement;

/// <summary>The tables of a comparison, for its page, its Markdown and the terminal.</summary>
internal static class ComparisonTables
{
    /// <summary>The latencies at a rate.</summary>
    /// <param name="rate">The rate.</param>
    /// <param name="choose">Which figures.</param>
    /// <param name="wide">Whether there is room for more than 80 characters.</param>
    public static ReportTable Latencies(RateComparison rate, Func<FigureComparison, bool> choose, bool wide) => Create(
        string.Create(
            CultureInfo.InvariantCulture,
            $"Latency at {Figures.Rate(rate.Rate)} requests/s, {rate.RoundsBefore} and {rate.RoundsAfter} rounds, in ms"),
        "LATENCY",
        rate.Figures.Where(figure => FigureName.OfLatency.Contains(figure.Figure) && choose(figure)),
        FigureText.Name,
        wide);

    /// <summary>Errors, the rate that was achieved, processor time and memory at a rate.</summary>
    /// <param name="rate">The rate.</param>
    /// <param name="choose">Which figures.</param>
    /// <param name="wide">Whether there is room for more than 80 characters.</param>
    public static ReportTable Others(RateComparison rate, Func<FigureComparison, bool> choose, bool wide) => Create(
        $"At {Figures.Rate(rate.Rate)} requests/s: errors in %, memory in MiB, CPU in ms for 1,000 requests that the service answered; of "
            + $"all services and as cpu/page for 1,000 pages",
        "FIGURE",
        rate.Figures.Where(figure => !FigureName.OfLatency.Contains(figure.Figure) && choose(figure)),
        figure => figure.Subject == Measure.Page ? figure.Figure
            : figure is { Per: FigureComparison.Page, Subject: not FigureComparison.AllServices } ? $"{figure.Figure}/page {figure.Subject}"
            : $"{figure.Figure} {figure.Subject}",
        wide);

    /// <summary>Start-up and images.</summary>
    /// <param name="report">The comparison.</param>
    public static ReportTable Services(ComparisonReport report)
    {
        static string Seconds(double? seconds) => seconds is { } known ? Figures.Number(known) : Figures.Unknown;
        static string Size(long? bytes) => bytes is { } known ? Figures.Number(known / (double)(1 << 20)) : Figures.Unknown;
        var images = report.Services.Any(service => service.ImageBytesBefore is not null || service.ImageBytesAfter is not null);
        return new ReportTable(
            $"Start-up in s{(images ? ", images in MiB" : "")}, before and after; not tested, because they were measured only once",
            ["SERVICE", ">START-UP", ">AFTER", .. images ? [">IMAGE", ">AFTER"] : Array.Empty<string>()],
            [
                .. from service in report.Services
                   where service.StartUpBefore is not null || service.StartUpAfter is not null || images
                   select (IReadOnlyList<string>)
                   [
                       service.Name, Seconds(service.StartUpBefore), Seconds(service.StartUpAfter),
                       .. images ? [Size(service.ImageBytesBefore), Size(service.ImageBytesAfter)] : Array.Empty<string>(),
                   ],
            ]);
    }

    private static ReportTable Create(
        string caption, string heading, IEnumerable<FigureComparison> figures, Func<FigureComparison, string> name, bool wide)
    {
        var all = figures.ToList();
        var control = all.Exists(figure => figure.Control is not null);
        return new ReportTable(
            caption,
            [
                heading, ">BEFORE", ">AFTER", ">DIFFERENCE", .. control ? [">CONTROL"] : Array.Empty<string>(),
                .. wide ? [">IN %"] : Array.Empty<string>(), "VERDICT",
            ],
            [
                .. all.Select(figure => (IReadOnlyList<string>)
                [
                    name(figure),
                    FigureText.Value(figure, figure.Before),
                    FigureText.Value(figure, figure.After),
                    FigureText.WithMargin(figure),
                    .. control ? [figure.Control is { } same ? FigureText.WithMargin(same) : Figures.Unknown] : Array.Empty<string>(),
                    .. wide ? [FigureText.Percent(figure)] : Array.Empty<string>(),
                    FigureText.Verdict(figure),
                ]),
            ]);
    }
}
