using System.Globalization;
using Bookinfo.Load;

namespace Bookinfo.Measurement;

/// <summary>The HTML page of a run of <c>load</c>.</summary>
public static class LoadPage
{
    /// <summary>The plots and tables of a run as an HTML page that needs no network.</summary>
    /// <param name="report">The report, with its details.</param>
    /// <param name="timeline">The requests over time.</param>
    public static string Create(LoadReport report, LoadTimeline timeline)
    {
        var page = new ReportPage($"Load: {report.Target}", string.Create(
            CultureInfo.InvariantCulture,
            $"{LoadText.Shape(report)}, from "
            + $"{report.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC"));
        var phases = report.Phases ?? [];
        page.Add(
            "In short",
            ReportPage.List([
                .. report.Verdict ?? [], .. (report.Conditions ?? []).Select(condition => condition.Text),
                .. report.Warnings.Select(warning => $"Warning: {warning.Text}"),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{report.Requests.Due:N0} requests fell due; {report.Requests.Good:N0} were answered well, "
                    + $"{report.Requests.Failed:N0} failed, {report.Requests.Unsent:N0} were not sent. "
                    + $"{report.Rate.Asked:N1} a second were asked for, {report.Rate.Achieved:N1} achieved."),
            ]),
            HtmlTable.Create(LoadTables.Latency(report.FromDue, report.FromSend)));

        List<LoadStretch> slices = [.. timeline.Slices.SelectMany(slices => slices)];
        if (slices.Exists(slice => slice.Sent > 0))
        {
            var plots = new TimePlots(phases, slices);
            page.Add("Over time", ReportPage.Plots(plots.Latency(), plots.Rate()), HtmlTable.Create(LoadTables.Phases(phases)));
        }

        page.Add(
            "By kind and version",
            Tables([LoadTables.Kinds(report.Kinds ?? []), LoadTables.Versions(report.Versions ?? [])]));
        page.Add(
            "Hops",
            Tables((report.HopGroups ?? []).Where(LoadTables.IsShown).Select(LoadTables.Hops)));
        page.Add(
            "Answers",
            Tables([LoadTables.Statuses(report), LoadTables.Errors(report.ErrorPaths ?? [])]));
        page.Add("How to read it", ReportPage.List(
        [
            "From due time means from when a request was due, so it includes waiting for a slow server; from send time leaves that wait "
                + "out. Failed requests are included.",
            LoadText.TooFew,
            PhaseFigures.Definition,
            .. report.Recovery is { } recovery ? [recovery.Definition] : Array.Empty<string>(),
        ]));
        page.Add("Settings", ReportPage.Facts(
        [
            ("Target", report.Target),
            ("Arrivals", report.Arrivals),
            ("Seed", report.Seed.ToString(CultureInfo.InvariantCulture)),
            ("Connections", report.Connections.ToString(CultureInfo.InvariantCulture)),
            ("Timeout", string.Create(CultureInfo.InvariantCulture, $"{report.TimeoutSeconds} s")),
            ("Generator", LoadText.Generator(report)),
            ("Program", report.Program),
        ]));
        return page.ToString();
    }

    private static IEnumerable<object> Tables(IEnumerable<ReportTable> tables) =>
        tables.Where(table => table.Rows.Count > 0).Select(table => HtmlTable.Create(table));
}
