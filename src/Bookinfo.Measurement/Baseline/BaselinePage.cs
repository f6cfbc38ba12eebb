namespace Bookinfo.Measurement;

/// <summary>The HTML page of a baseline.</summary>
public static class BaselinePage
{
    /// <summary>The plots and tables of a baseline as an HTML page that needs no network.</summary>
    /// <param name="baseline">The baseline.</param>
    public static string Create(BaselineFile baseline)
    {
        var page = new ReportPage($"Baseline: {baseline.Name}", BaselineText.Lead(baseline));
        page.Add(
            "Latency",
            HtmlTable.Create(BaselineTables.Page(baseline)),
            BaselineTables.Errors(baseline) is { Rows.Count: > 0 } errors ? HtmlTable.Create(errors) : null,
            ReportPage.Plots(LatencyFigures(baseline)));
        page.Add(
            "Latency by hop",
            [.. baseline.Summary.Select(rate => HtmlTable.Create(BaselineTables.Latencies(rate))), ReportPage.Plots(HopFigures(baseline))]);
        if (BaselineTables.Use(baseline) is { Rows.Count: > 0 } use)
        {
            page.Add("Resources", ReportPage.Plots(UseFigures(baseline)), HtmlTable.Create(use));
        }

        if (baseline.Services.Count > 0)
        {
            page.Add("Services", HtmlTable.Create(BaselineTables.Services(baseline)));
        }

        page.Add("Environment", ReportPage.Facts(BaselineText.Environment(baseline)));
        if (baseline.Notes.Count > 0)
        {
            page.Add("Notes", ReportPage.List(baseline.Notes));
        }

        page.Add(
            "How it was measured",
            [ReportPage.List(BaselineText.Method(baseline)), ReportPage.Facts(BaselineText.Settings(baseline.Settings))]);
        return page.ToString();
    }

    private static IEnumerable<PlotFigure> LatencyFigures(BaselineFile baseline)
    {
        var rates = baseline.Summary.Where(rate => rate.Latencies.ContainsKey(Measure.Page)).ToList();
        if (rates.Count > 0)
        {
            yield return LatencyPlots.ByPercentile(
                "by-percentile", "The page by percentile",
                [.. rates.Select(rate => (Name(rate), BaselineSummary.Pool(baseline.Steps, rate.Rate, Measure.Page)))]);
            yield return LatencyPlots.ByRate("by-rate", "The page by rate", [.. rates.Select(rate => rate.Rate)],
            [
                ("p50", [.. rates.Select(rate => rate.Latencies[Measure.Page].At(50))]),
                ("p99", [.. rates.Select(rate => rate.Latencies[Measure.Page].At(99))]),
            ]);
        }
    }

    private static IEnumerable<PlotFigure> HopFigures(BaselineFile baseline)
    {
        foreach (var (index, rate) in baseline.Summary.Index())
        {
            string[] measures = [.. Measure.InOrder(rate.Latencies.Keys).Where(measure => measure != Measure.PageFromSend)];
            Estimate? Milliseconds(Estimate? microseconds) => microseconds is null ? null : new(
                microseconds.Mean / 1000, microseconds.Low / 1000, microseconds.High / 1000);
            yield return BarPlot.Create(
                $"hops-{index}", $"Hops at {Name(rate)}", "Bars are 95% confidence intervals over the rounds.", "ms", measures,
                [
                    ("p50", [.. measures.Select(measure => Milliseconds(rate.Latencies[measure].At(50)))]),
                    ("p90", [.. measures.Select(measure => Milliseconds(rate.Latencies[measure].At(90)))]),
                    ("p99", [.. measures.Select(measure => Milliseconds(rate.Latencies[measure].At(99)))]),
                ],
                estimate => Figures.WithMargin(estimate));
        }
    }

    private static IEnumerable<PlotFigure> UseFigures(BaselineFile baseline)
    {
        string[] services = [.. baseline.Services.Select(service => service.Name)];
        PlotFigure Plot(string id, string title, string note, string unit, double factor, Func<UseSummary, Estimate?> figure) =>
            BarPlot.Create(
                id, title, note, unit, services,
                [
                    .. baseline.Summary.Select(rate => (Name(rate), (IReadOnlyList<Estimate?>)[
                        .. services.Select(service => rate.Use.TryGetValue(service, out var use) && figure(use) is { } value
                            ? new Estimate(value.Mean * factor, value.Low * factor, value.High * factor)
                            : null)])),
                ],
                estimate => Figures.WithMargin(estimate));
        var all = baseline.Summary.SelectMany(rate => rate.Use.Values).ToList();
        const string Note = "Sidecars included, without what is used when idle.";
        if (all.Exists(use => use.OwnCpuPerThousand is not null))
        {
            yield return Plot("cpu", "CPU for 1,000 requests of the service", Note, "ms of CPU", 1000, use => use.OwnCpuPerThousand);
        }
        else if (all.Exists(use => use.PageCpuPerThousand is not null))
        {
            yield return Plot("cpu", "CPU for 1,000 pages", Note, "ms of CPU", 1000, use => use.PageCpuPerThousand);
        }

        yield return Plot("memory", "Memory", "Sidecars included.", "MiB", 1.0 / (1 << 20), use => use.MemoryBytes);
    }

    private static string Name(RateSummary rate) => $"{Figures.Rate(rate.Rate)}/s";
}
