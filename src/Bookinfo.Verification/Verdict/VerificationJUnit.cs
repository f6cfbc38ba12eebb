using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Bookinfo.Verification;

/// <summary>A report as the XML that servers for continuous integration read: a suite for each signal, a test for each check.</summary>
public static class VerificationJUnit
{
    /// <summary>Makes the XML.</summary>
    /// <param name="report">The report.</param>
    public static string Create(VerificationReport report)
    {
        var suites = new XElement(
            "testsuites", new XAttribute("name", "bookinfo verify"), Totals(report.Signals.SelectMany(signal => signal.Checks)),
            report.Signals.Select(signal => new XElement(
                "testsuite",
                new XAttribute("name", Clean(signal.Title)),
                Totals(signal.Checks),
                new XAttribute("timestamp", report.EndedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture)),
                signal.Checks.Select(check => Test(signal, check)))));
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        var settings = new XmlWriterSettings { OmitXmlDeclaration = true, Indent = true };
        using (var writer = XmlWriter.Create(text, settings))
        {
            suites.Save(writer);
        }

        return text.ToString();
    }

    private static IEnumerable<XAttribute> Totals(IEnumerable<CheckResult> checks)
    {
        var verdicts = checks.Select(check => check.Verdict).ToList();
        return
        [
            new XAttribute("tests", verdicts.Count),
            new XAttribute("failures", verdicts.Count(verdict => verdict == VerificationVerdict.Differs)),
            new XAttribute("skipped", verdicts.Count(verdict => verdict == VerificationVerdict.Untold)),
        ];
    }

    private static XElement Test(SignalResult signal, CheckResult check) => new(
        "testcase",
        new XAttribute("classname", Clean($"verify.{signal.Title}")),
        new XAttribute("name", Clean(check.Name)),
        check.Verdict switch
        {
            VerificationVerdict.Exact => null,
            VerificationVerdict.Differs => new XElement(
                "failure",
                new XAttribute("type", VerificationText.Name(check.Findings[0].Kind)),
                new XAttribute("message", Clean(string.Join(' ', check.Findings.Select(finding => finding.Text)))),
                Clean(string.Join('\n', check.Findings.SelectMany(finding => (string[])
                [
                    $"{VerificationText.Name(finding.Kind)}: {finding.Text}", .. finding.Examples,
                    .. finding.LookAt.Select(look => $"look at: {look}"),
                ])))),
            _ => new XElement(
                "skipped",
                new XAttribute(
                    "message", Clean(string.Join(' ', [.. check.Findings.Select(finding => finding.Text), .. check.NotChecked])))),
        });

    /// <summary>Replaces what XML does not allow, which may come from labels of the platform.</summary>
    private static string Clean(string text) => string.Concat(text.EnumerateRunes().Select(
        rune => rune.Value is '\t' or '\n' or '\r' or (>= ' ' and not (0xFFFE or 0xFFFF)) ? rune.ToString() : "\uFFFD"));
}
