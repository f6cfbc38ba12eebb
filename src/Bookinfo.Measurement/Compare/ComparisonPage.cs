using System.Xml.Linq;

namespace Bookinfo.Measurement;

/// <summary>The page of a comparison: both baselines in the same plots.</summary>
public static class ComparisonPage
{
    private const string BeforeName = "before";
    private const string AfterName = "after";

    /// <summary>Creates the page.</summary>
    /// <param name="report">The comparison.</param>
    /// <param name="before">The first baseline.</param>
    /// <param name="after">The second.</param>
    public static string Create(ComparisonReport report, BaselineFile before, BaselineFile after)
    {
        var page = new ReportPage(
            $"Comparison: {report.Before.Name} and {report.After.Name}",
            $"Before: {ComparisonText.Describe(report.Before)}", $"After: {ComparisonText.Describe(report.After)}");
        page.Add("In short", Section([.. report.Headline, report.Limits],
            [.. report.Warnings.Select(warning => $"Warning: {warning}"), .. report.Conditions.Select(condition => condition.Text)]));
        foreach (var (index, rate) in report.Rates.Index())
        {
            var first = new RoundValues(before, rate.Rate);
            var second = new RoundValues(after, rate.Rate);
            page.Add(
                $"At {Figures.Rate(rate.Rate)} requests/s",
                ReportPage.Plots(Plots(index, rate, first, second, measure => [
                    (BeforeName, BaselineSummary.Pool(before.Steps, rate.Rate, measure)),
                    (AfterName, BaselineSummary.Pool(after.Steps, rate.Rate, measure))])),
                HtmlTable.Create(ComparisonTables.Latencies(rate, static _ => true, wide: true)),
                HtmlTable.Create(ComparisonTables.Others(rate, static _ => true, wide: true)));
        }

        if (ComparisonTables.Services(report) is { Rows.Count: > 0 } services)
        {
            page.Add("Services", HtmlTable.Create(services));
        }

        page.Add("How it was compared", ReportPage.List(ComparisonText.Method(report)));
        foreach (var (name, baseline) in new[] { ("Before", before), ("After", after) })
        {
            page.Add(
                name,
                ReportPage.Facts([.. BaselineText.Environment(baseline), .. BaselineText.Settings(baseline.Settings)]),
                baseline.Notes.Count > 0 ? ReportPage.List(baseline.Notes) : null);
        }

        return page.ToString();
    }

    private static IEnumerable<XElement> Section(IEnumerable<string> sentences, IReadOnlyList<string> items) =>
        [.. sentences.Select(sentence => new XElement("p", sentence)), .. items.Count > 0
            ? [ReportPage.List(items)]
            : Array.Empty<XElement>()];

    private static IEnumerable<PlotFigure> Plots(
        int index, RateComparison rate, RoundValues before, RoundValues after,
        Func<string, IReadOnlyList<(string Name, HdrHistogram.HistogramBase Histogram)>> pool)
    {
        if (rate.Find(Measure.Page, FigureName.P50) is not null)
        {
            yield return LatencyPlots.ByPercentile($"page-{index}", "The page by percentile", pool(Measure.Page));
        }

        string[] measures = [.. rate.Figures.Where(figure => figure.Figure == FigureName.P50).Select(figure => figure.Subject)];
        foreach (var figure in new[] { FigureName.P50, FigureName.P99 })
        {
            if (measures.Length > 0)
            {
                yield return Bars(
                    $"{figure}-{index}", $"Latency at {figure}", "ms", measures, measure => before.Latency(measure, figure),
                    measure => after.Latency(measure, figure), FigureText.Scale(figure));
            }
        }

        var used = RoundValues.OfBoth(before, after).Where(static use => use.Service != FigureComparison.AllServices).ToList();
        foreach (var (figure, title, unit) in new[]
        {
            (FigureName.Cpu, "CPU for 1,000 requests of the service", "ms of CPU"), (FigureName.Memory, "Memory", "MiB"),
        })
        {
            var bars = used.Where(use => use.Figure == figure).ToDictionary(
                static use => use.Per == FigureComparison.Page ? $"{use.Service}, per page" : use.Service);
            if (bars.Count > 0)
            {
                yield return Bars(
                    $"{figure}-{index}", title, unit, [.. bars.Keys], name => bars[name].Before, name => bars[name].After,
                    FigureText.Scale(figure));
            }
        }
    }

    private static PlotFigure Bars(
        string id, string title, string unit, IReadOnlyList<string> groups, Func<string, IReadOnlyList<double>> before,
        Func<string, IReadOnlyList<double>> after, double scale)
    {
        Estimate? Of(IReadOnlyList<double> rounds) => rounds.Count == 0 ? null : Estimate.Of([.. rounds.Select(value => value / scale)]);
        return BarPlot.Create(
            id, title, "Bars are 95% confidence intervals over the middle rounds.", unit, groups,
            [(BeforeName, [.. groups.Select(group => Of(before(group)))]), (AfterName, [.. groups.Select(group => Of(after(group)))])],
            estimate => Figures.WithMargin(estimate));
    }
}
