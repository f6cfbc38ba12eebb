using System.Globalization;
using Bookinfo.Foundation;
using Bookinfo.Measurement;

namespace Bookinfo.Verification;

/// <summary>A report in words, for terminals; other forms of it use the same words.</summary>
public static class VerificationText
{
    /// <summary>The verdict in a sentence.</summary>
    /// <param name="report">The report.</param>
    public static string Verdict(VerificationReport report)
    {
        var (verdict, more) = VerdictParts(report);
        return $"{verdict}: {more}";
    }

    /// <summary>The verdict in a few words, and what there is to say of it.</summary>
    /// <param name="report">The report.</param>
    internal static (string Verdict, string More) VerdictParts(VerificationReport report)
    {
        var wrong = report.Signals.SelectMany(signal => signal.Checks).SelectMany(check => check.Findings)
            .Count(finding => !finding.IsUntold);
        var isAppWrong = report.Signals.Any(signal => IsApp(signal) && signal.Verdict == VerificationVerdict.Differs);
        var areOthersWrong = report.Signals.Any(signal => !IsApp(signal) && signal.Verdict == VerificationVerdict.Differs);
        return report.Verdict switch
        {
            VerificationVerdict.Exact when report.Schedule is not null => (
                "As declared", "the platform has noticed each scenario of the game day, and that it was over."),
            VerificationVerdict.Exact when report.Scenario is { } scenario => (
                "As declared", $"the platform has noticed '{scenario}', and that it was over."),
            VerificationVerdict.Exact when report.Signals.All(IsApp) => ("As agreed", "the application obeys its contract."),
            VerificationVerdict.Exact => (
                "Exactly as it happened",
                $"{Signals(report)} agree with every request"
                    + (report.Signals.Any(IsApp) ? ", and the application obeys its contract." : ".")
                    + (report.Unknown > 0 ? " Where nobody can know, they are within bounds." : "")),
            VerificationVerdict.Differs when isAppWrong => (
                $"{(areOthersWrong ? "Differs from what happened, and breaks" : "Breaks")} the contract", Findings(wrong)),
            VerificationVerdict.Differs => (
                $"Differs from what {(report.Schedule is not null ? "the scenarios of the game day declare"
                    : report.Scenario is { } scenario ? $"'{scenario}' declares"
                    : "happened")}",
                Findings(wrong)),
            _ => ("Could not be checked in full", "what was checked is right."),
        };
    }

    /// <summary>What happened in the run.</summary>
    /// <param name="report">The report.</param>
    public static IEnumerable<string> Run(VerificationReport report)
    {
        var what = report.Schedule is { } schedule
            ? $"The game day of '{schedule}'"
            : string.Create(CultureInfo.InvariantCulture, $"{report.Requests:N0} requests to {report.Target}");
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{what}, from {report.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} to "
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
    /// <param name="width">The most characters in a line. A word that is longer stays whole.</param>
    public static IEnumerable<string> Lines(VerificationReport report, int width) =>
    [
        .. Run(report).Prepend(Verdict(report)).SelectMany(sentence => TextCut.Lines(sentence, width)),
        .. report.Signals.SelectMany(signal => (IEnumerable<string>)
        [
            "",
            .. TextCut.Lines($"{signal.Title}: {Place(signal)}", width),
            .. Format(Table(report, signal), width),
            .. signal.Checks.SelectMany(check => Details(check, width)),
            .. signal.Notes.Count == 0 ? [] : signal.Notes.SelectMany(note => TextCut.Lines(note, width)).Prepend(""),
        ]),
    ];

    /// <summary>Where a signal was looked at, and when all of it was there.</summary>
    /// <param name="signal">The signal.</param>
    internal static string Place(SignalResult signal) => signal.Source
        + (signal is { VisibleAfter: { } delay, Verdict: not VerificationVerdict.Differs }
            ? string.Create(CultureInfo.InvariantCulture, $"; all there {delay.TotalSeconds:#,0.0} s after the end")
                + (signal.VisibleWhenFirstAsked ? ", when first asked" : "")
            : "");

    /// <summary>
    /// The checks of a signal. There are columns of what is missing and surplus only when something is, so that tables stay narrow.
    /// </summary>
    /// <param name="report">The report, of which all tables have the same columns.</param>
    /// <param name="signal">The signal.</param>
    internal static ReportTable Table(VerificationReport report, SignalResult signal)
    {
        var differs = report.Signals.SelectMany(one => one.Checks).SelectMany(check => check.Findings)
            .Any(finding => finding.Missing + finding.Surplus > 0);
        return new ReportTable(
            $"Checks of {signal.Title}",
            ["Check", "Verdict", ">Expected", ">Seen", .. differs ? [">Missing", ">Surplus"] : Array.Empty<string>()],
            [
                .. signal.Checks.Select(check => (IReadOnlyList<string>)
                [
                    check.Name, Word(check.Verdict), check.Expected?.ToString() ?? "-",
                    check.Seen?.ToString("N0", CultureInfo.InvariantCulture) ?? "-",
                    .. differs
                        ? [Number(check.Findings.Sum(finding => finding.Missing)), Number(check.Findings.Sum(finding => finding.Surplus))]
                        : Array.Empty<string>(),
                ]),
            ]);
    }

    /// <summary>A verdict in a word or two.</summary>
    /// <param name="verdict">The verdict.</param>
    internal static string Word(VerificationVerdict verdict) => verdict switch
    {
        VerificationVerdict.Exact => "right",
        VerificationVerdict.Differs => "wrong",
        _ => "not checked",
    };

    /// <summary>The name of a kind of finding, as reports and docs/verify.md have it.</summary>
    /// <param name="kind">The kind.</param>
    internal static string Name(FindingKind kind) => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());

    private static IEnumerable<string> Format(ReportTable table, int width)
    {
        var text = new TextTable([.. table.Headings.Select(heading => heading.ToUpperInvariant())]);
        foreach (var row in table.Rows)
        {
            text.Add([.. row]);
        }

        return text.Format(width).SelectMany(row => row);
    }

    private static IEnumerable<string> Details(CheckResult check, int width) =>
    [
        .. check.Findings.SelectMany(finding => (IEnumerable<string>)
        [
            "",
            .. TextCut.Lines($"{Name(finding.Kind)}: {finding.Text}", width),
            .. finding.Examples.Concat(finding.LookAt.Select(look => $"look at: {look}"))
                .SelectMany(line => TextCut.Indented(line, width, "    ", "      ")),
        ]),
        .. check.NotChecked.Count == 0 ? [] : check.NotChecked
            .SelectMany(open => TextCut.Indented($"not checked ({check.Name}): {open}", width, "", "  ")).Prepend(""),
    ];

    private static string Number(long number) => number == 0 ? "-" : number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Findings(int count) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? "finding" : "findings")}.");

    private static string Signals(VerificationReport report) =>
        WordList.And(report.Signals.Where(signal => !IsApp(signal)).Select(signal => signal.Signal).Distinct());

    /// <summary>Whether a signal is what the application itself does, and not what a platform shows of it.</summary>
    /// <param name="signal">The signal.</param>
    internal static bool IsApp(SignalResult signal) => signal.Signal == AppVerification.Signal;
}
