using System.Globalization;
using Bookinfo.Foundation;

namespace Bookinfo.Verification;

/// <summary>A report in words, for terminals; other forms of it use the same words.</summary>
public static class VerificationText
{
    /// <summary>The verdict in a sentence.</summary>
    /// <param name="report">The report.</param>
    public static string Verdict(VerificationReport report)
    {
        var wrong = report.Signals.SelectMany(signal => signal.Checks).SelectMany(check => check.Findings)
            .Count(finding => !finding.IsUntold);
        return report.Verdict switch
        {
            VerificationVerdict.Exact when report.Scenario is { } scenario =>
                $"As declared: the platform has noticed '{scenario}', and that it was over.",
            VerificationVerdict.Exact => $"Exactly as it happened: {Signals(report)} agree with every request."
                + (report.Unknown > 0 ? " Where nobody can know, they are within bounds." : ""),
            VerificationVerdict.Differs => string.Create(
                CultureInfo.InvariantCulture,
                $"Differs from what {(report.Scenario is { } scenario ? $"'{scenario}' declares" : "happened")}: {wrong:N0} "
                + $"{(wrong == 1 ? "finding" : "findings")}."),
            _ => "Could not be checked in full: what was checked is right.",
        };
    }

    /// <summary>What happened in the run.</summary>
    /// <param name="report">The report.</param>
    public static IEnumerable<string> Run(VerificationReport report)
    {
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Requests:N0} requests to {report.Target}, from {report.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} to "
            + $"{report.EndedAt.UtcDateTime:HH:mm:ss} UTC.");
        if (report.Unknown > 0)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"Of {report.Unknown:N0} nobody knows how they ended in the services (timed out, connection lost, interrupted, or answered "
                + $"by something in between): counts have bounds that leave that open.");
        }

        if (report.NeverSent > 0)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"{report.NeverSent:N0} more were not sent: no connection could be opened.");
        }
    }

    /// <summary>The report as lines.</summary>
    /// <param name="report">The report.</param>
    /// <param name="width">The most characters in a line of a table.</param>
    public static IEnumerable<string> Lines(VerificationReport report, int width)
    {
        yield return Verdict(report);
        foreach (var line in Run(report))
        {
            yield return line;
        }

        foreach (var signal in report.Signals)
        {
            yield return "";
            yield return Heading(signal);
            var table = new TextTable("CHECK", ">EXPECTED", ">SEEN", ">MISSING", ">SURPLUS", "VERDICT");
            foreach (var row in Rows(signal))
            {
                table.Add([.. row]);
            }

            foreach (var line in table.Format(width).SelectMany(row => row))
            {
                yield return line;
            }

            foreach (var line in signal.Checks.SelectMany(Details))
            {
                yield return line;
            }

            foreach (var note in signal.Notes.Count == 0 ? [] : signal.Notes.Prepend(""))
            {
                yield return note;
            }
        }
    }

    /// <summary>A signal in a line.</summary>
    /// <param name="signal">The signal.</param>
    internal static string Heading(SignalResult signal) => $"{signal.Signal}: {signal.Source}"
        + (signal.VisibleAfter is { } delay
            ? string.Create(CultureInfo.InvariantCulture, $"; all there {delay.TotalSeconds:0.0} s after the end")
            : "");

    /// <summary>The checks of a signal as rows of a table.</summary>
    /// <param name="signal">The signal.</param>
    internal static IEnumerable<IReadOnlyList<string>> Rows(SignalResult signal) => signal.Checks.Select(check => (IReadOnlyList<string>)
    [
        check.Name, check.Expected?.ToString() ?? "-", check.Seen?.ToString("N0", CultureInfo.InvariantCulture) ?? "-",
        Number(check.Findings.Sum(finding => finding.Missing)), Number(check.Findings.Sum(finding => finding.Surplus)),
        Word(check.Verdict),
    ]);

    /// <summary>A verdict in a word or two.</summary>
    /// <param name="verdict">The verdict.</param>
    internal static string Word(VerificationVerdict verdict) => verdict switch
    {
        VerificationVerdict.Exact => "right",
        VerificationVerdict.Differs => "wrong",
        _ => "not known in full",
    };

    /// <summary>The name of a kind of finding, as reports and docs/verify.md have it.</summary>
    /// <param name="kind">The kind.</param>
    internal static string Name(FindingKind kind) => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());

    private static IEnumerable<string> Details(CheckResult check)
    {
        foreach (var finding in check.Findings)
        {
            yield return "";
            yield return $"{Name(finding.Kind)}: {finding.Text}";
            foreach (var example in finding.Examples)
            {
                yield return $"    {example}";
            }

            foreach (var look in finding.LookAt)
            {
                yield return $"    look at: {look}";
            }
        }

        foreach (var open in check.NotChecked)
        {
            yield return $"not checked ({check.Name}): {open}";
        }
    }

    private static string Number(long number) => number == 0 ? "-" : number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Signals(VerificationReport report) => string.Join(" and ", report.Signals.Select(signal => signal.Signal));
}
