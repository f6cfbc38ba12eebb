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
                string.Concat(signal.Signal[..1].ToUpperInvariant(), signal.Signal[1..]),
                [
                    new XElement("p", VerificationText.Place(signal)),
                    HtmlTable.Create(VerificationText.Table(report, signal), caption: false),
                    .. signal.Checks.SelectMany(Details),
                    signal.Notes.Count == 0 ? null : ReportPage.List(signal.Notes),
                ]);
        }

        page.Add("How it was checked", ReportPage.List(
        [
            "What must be seen was worked out from the ledger of the run, which has every request with its answer, and from the contract "
                + "of the services: who calls whom, with which timeouts and tries.",
            .. report.Signals.Select(signal => signal.Method).Where(method => method.Length > 0).Distinct(),
            "Where an answer leaves open what the services have done, counts have bounds.",
        ]));
        page.Add("Settings", ReportPage.Facts(
        [
            ("Target", report.Target), ("Ledger", report.Ledger), ("Program", $"bookinfo {report.Program}"),
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
