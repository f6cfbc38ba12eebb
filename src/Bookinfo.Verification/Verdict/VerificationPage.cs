using System.Xml.Linq;
using Bookinfo.Measurement;

namespace Bookinfo.Verification;

/// <summary>A report as an HTML page that needs no network, for whoever gets it sent.</summary>
public static class VerificationPage
{
    /// <summary>Makes the page.</summary>
    /// <param name="report">The report.</param>
    public static string Create(VerificationReport report)
    {
        var (verdict, more) = VerificationText.VerdictParts(report);
        var page = new ReportPage(verdict, VerificationText.Run(report).Prepend(string.Concat(more[..1].ToUpperInvariant(), more[1..])));
        foreach (var signal in report.Signals)
        {
            page.Add(
                string.Concat(signal.Title[..1].ToUpperInvariant(), signal.Title[1..]),
                [
                    new XElement("p", VerificationText.Place(signal)),
                    Table(report, signal),
                    .. signal.Checks.SelectMany(Details),
                    .. signal.Notes.Count == 0 ? Array.Empty<XElement>() : [new XElement("h3", "Notes"), ReportPage.List(signal.Notes)],
                ]);
        }

        page.Add("How it was checked", ReportPage.List(
        [
            .. report.Scenario is { } scenario ? [$"What must be seen is what the scenario '{scenario}' declares."]
                : report.Schedule is not null ? ["What must be seen is what each scenario of the game day declares."]
                : report.Ledger is null ? Array.Empty<string>()
                : [
                    "What must be seen was worked out from the ledger of the run, which has every request with its answer, and from the "
                        + "contract of the services: who calls whom, with which timeouts and tries.",
                ],
            .. report.Signals.Select(signal => signal.Method).Where(method => method.Length > 0).Distinct(),
            .. report.Ledger is not null
                ? ["Where an answer leaves open what the services have done, counts have bounds."]
                : Array.Empty<string>(),
        ]));
        page.Add("Settings", ReportPage.Facts(
        [
            .. report.Target is { } target ? [("Target", target)] : Array.Empty<(string, string)>(),
            .. report.Schedule is { } schedule ? [("Timetable", schedule)] : Array.Empty<(string, string)>(),
            .. report.Ledger is { } ledger ? [("Ledger", ledger)] : Array.Empty<(string, string)>(),
            .. report.Scenario is { } name ? [("Scenario", name)] : Array.Empty<(string, string)>(),
            ("Program", $"bookinfo {report.Program}"),
        ]));
        return page.ToString();
    }

    /// <summary>The checks of a signal. What is wrong stands out.</summary>
    private static XElement Table(VerificationReport report, SignalResult signal)
    {
        var table = HtmlTable.Create(VerificationText.Table(report, signal), caption: false);
        var wrong = VerificationText.Word(VerificationVerdict.Differs);
        foreach (var cell in table.Descendants("td").Where(cell => cell.Value == wrong).ToList())
        {
            cell.ReplaceNodes(new XElement("strong", wrong));
        }

        return table;
    }

    private static IEnumerable<XElement> Details(CheckResult check) =>
    [
        .. check.Findings.Select(finding => new XElement(
            "div",
            new XElement("h3", $"{VerificationText.Name(finding.Kind)}: {finding.Subject}"),
            new XElement("p", finding.Text),
            ReportPage.List([.. finding.Examples, .. finding.LookAt.Select(look => $"Look at {look}")]))),
        .. check.NotChecked.Count == 0
            ? Array.Empty<XElement>()
            : [new XElement("h3", $"Not checked: {check.Name}"), ReportPage.List(check.NotChecked)],
    ];
}
