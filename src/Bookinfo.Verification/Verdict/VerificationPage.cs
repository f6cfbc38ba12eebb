using System.Globalization;
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
        var page = new ReportPage("Does the platform show what happened?", VerificationText.Verdict(report));
        page.Add("The run", ReportPage.List(VerificationText.Run(report)));
        foreach (var signal in report.Signals)
        {
            page.Add(
                signal.Signal,
                [
                    new XElement("p", VerificationText.Heading(signal)),
                    HtmlTable.Create(
                        new ReportTable(
                            "Checks", ["Check", ">Expected", ">Seen", ">Missing", ">Surplus", "Verdict"],
                            [.. VerificationText.Rows(signal)]),
                        caption: false),
                    .. signal.Checks.SelectMany(Details),
                ]);
        }

        page.Add("How it was checked", ReportPage.List(
        [
            report.Scenario is { } scenario
                ? $"What must be seen is what the scenario '{scenario}' declares."
                : "What must be seen was worked out from the ledger of the run, which has every request with its answer, and from the "
                    + "contract of the services: who calls whom, with which timeouts and tries. Where an answer leaves open what the "
                    + "services have done, counts have bounds.",
            .. report.Signals.Select(signal => signal.Method).Where(method => method.Length > 0),
            .. report.Signals.SelectMany(signal => signal.Notes),
        ]));
        page.Add("Settings", ReportPage.Facts(
        [
            ("Target", report.Target),
            report.Scenario is null ? ("Ledger", report.Ledger!) : ("Scenario", report.Scenario),
            ("Program", $"bookinfo {report.Program}"),
            ("Requests", report.Requests.ToString("N0", CultureInfo.InvariantCulture)),
            .. report.Signals.Select(signal => (signal.Signal, signal.Source)),
        ]));
        return page.ToString();
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
