using System.Text.RegularExpressions;
using Bookinfo.Testing;

namespace Bookinfo.Verification.Tests;

/// <summary>
/// The table of sabotages in docs/verify.md: how each was reported. A test compares what it has seen with the row there; figures, times and
/// ports differ from run to run, and nothing else may.
/// </summary>
internal static partial class SabotageTable
{
    /// <summary>When this variable is set, rows that differ are written instead.</summary>
    private const string WriteVariable = "BOOKINFO_WRITE_SABOTAGES";

    private const string Begin = "<!-- What follows is written by tests/Verification.Tests. -->";

    private const string End = "<!-- End of what tests/Verification.Tests writes. -->";

    private const string Line = "\n";

    private static readonly string[] Head = ["| signal | sabotage | found as | what the report says |", "|---|---|---|---|"];

    private static string File => Path.Combine(WorkingCopy.Root, "docs", "verify.md");

    /// <summary>The signals and sabotages that the table has.</summary>
    public static IReadOnlyList<(string Signal, string Sabotage)> Read() =>
    [
        .. Rows(System.IO.File.ReadAllText(File)).Select(row => row.Split(" | ")).Select(cells => (cells[0][2..], cells[1])),
    ];

    /// <summary>Holds what was reported against the table.</summary>
    /// <param name="sabotage">What was done.</param>
    /// <param name="result">What came of it.</param>
    public static void Hold(string sabotage, SignalResult result)
    {
        var findings = result.Checks.SelectMany(check => check.Findings.Select(finding => (Check: check.Name, Finding: finding))).ToList();
        var kinds = findings.Select(one => $"`{VerificationText.Name(one.Finding.Kind)}`").Distinct();
        var start = $"| {result.Signal} | {sabotage} | ";
        var texts = findings.Select(one => $"{one.Check}: {Lasting(one.Finding.Text)}");
        var row = $"{start}{string.Join(", ", kinds)} | {string.Join("<br>", texts)} |";
        var page = System.IO.File.ReadAllText(File);
        var rows = Rows(page).ToList();
        var index = rows.FindIndex(one => one.StartsWith(start, StringComparison.Ordinal));
        if (index >= 0 && Figure().Replace(rows[index], "0") == Figure().Replace(row, "0"))
        {
            return;
        }

        Assert.True(
            Environment.GetEnvironmentVariable(WriteVariable) is { Length: > 0 },
            $"docs/verify.md must have this row, which the test writes with {WriteVariable}=1:\n{row}");
        if (index >= 0)
        {
            rows[index] = row;
        }
        else
        {
            var last = rows.FindLastIndex(one => one.StartsWith($"| {result.Signal} |", StringComparison.Ordinal));
            rows.Insert(last < 0 ? rows.Count : last + 1, row);
        }

        var (from, to) = Place(page);
        System.IO.File.WriteAllText(File, $"{page[..from]}{string.Join(Line, [.. Head, .. rows, ""])}{page[to..]}");
    }

    /// <summary>Without what names a process or a port of one run only.</summary>
    private static string Lasting(string text) =>
        Port().Replace(ProcessId().Replace(text.Replace("|", "\\|", StringComparison.Ordinal), "(its id)"), "$1:9080");

    private static IEnumerable<string> Rows(string page)
    {
        var (from, to) = Place(page);
        return page[from..to].Split(Line, StringSplitOptions.RemoveEmptyEntries).Skip(Head.Length);
    }

    private static (int From, int To) Place(string page)
    {
        var from = page.IndexOf(Begin + Line, StringComparison.Ordinal);
        var to = page.IndexOf(End, StringComparison.Ordinal);
        return from >= 0 && to > from
            ? (from + Begin.Length + Line.Length, to)
            : throw new InvalidOperationException($"'{Begin}' and '{End}' are not there.");
    }

    [GeneratedRegex("[0-9]+([.,:][0-9]+)*")]
    private static partial Regex Figure();

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}")]
    private static partial Regex ProcessId();

    [GeneratedRegex("(localhost|127\\.0\\.0\\.1):[0-9]+")]
    private static partial Regex Port();
}
