using System.Text.Json.Serialization;
using Bookinfo.Foundation;

namespace Bookinfo.Cli.Doctor;

/// <summary>
/// Formats the findings as text: each check below the command that needs it, and the advice below the problem. A state is shown as a word
/// and a sign, never by color alone.
/// </summary>
internal static class DoctorTable
{
    private const int Indent = 2;
    private const int AdviceIndent = 6;
    private const int CommandIndent = 8;
    private const int Gap = 2;

    /// <summary>The smallest width that is laid out for: next to the columns it leaves room for text.</summary>
    private const int LeastWidth = 60;

    private const string Continued = @" \";

    /// <summary>Formats the findings as lines of text.</summary>
    /// <param name="findings">The findings, one at least.</param>
    /// <param name="width">How many characters fit in a line. Where it is narrower than 60, the terminal breaks the lines.</param>
    public static IReadOnlyList<DoctorLine> Format(IReadOnlyList<Finding> findings, int width)
    {
        width = Math.Max(width, LeastWidth);
        var lines = new List<DoctorLine>();
        void Add(IEnumerable<string> texts) => lines.AddRange(texts.Select(text => new DoctorLine(text, default, default)));

        var states = Enum.GetValues<CheckState>().Max(state => Label(state).Length);
        var names = findings.Max(finding => finding.Name.Length);
        var margin = Indent + states + Gap + names + Gap;
        foreach (var purpose in findings.GroupBy(finding => finding.Purpose))
        {
            Add(lines.Count == 0 ? [Heading(purpose.Key)] : ["", Heading(purpose.Key)]);
            foreach (var (name, _, result) in purpose)
            {
                var label = Label(result.State);
                var detail = TextCut.Lines(Clean(result.Detail), width - margin, width - AdviceIndent).ToList();
                lines.Add(new DoctorLine(
                    $"{Spaces(Indent)}{label.PadRight(states + Gap)}{name.PadRight(names + Gap)}{detail[0]}".TrimEnd(),
                    Indent..(Indent + label.Length), result.State));
                // A path or an address that is too long for its column begins further left instead of being broken.
                Add(detail.Skip(1).Select(text => Spaces(Math.Min(margin, width - text.Length)) + text));
                Add(TextCut.Lines(Clean(result.Advice ?? ""), width - AdviceIndent, width - AdviceIndent)
                    .Where(text => text.Length > 0).Select(text => Spaces(AdviceIndent) + text));
                Add(result.Commands.SelectMany(command => WrapCommand(Clean(command), width - CommandIndent))
                    .Select(text => Spaces(CommandIndent) + text));
            }
        }

        return lines;
    }

    /// <summary>How a state is shown: a sign for the eye, a word for everybody.</summary>
    /// <param name="state">The state.</param>
    public static string Label(CheckState state) => state switch
    {
        CheckState.Ok => "✓ ok",
        CheckState.Warning => "! warning",
        CheckState.Problem => "✗ problem",
        _ => "- not checked",
    };

    /// <summary>Summarizes the findings in a line for each command.</summary>
    /// <param name="findings">The findings.</param>
    public static IReadOnlyList<string> Summarize(IReadOnlyList<Finding> findings) =>
        [.. findings.GroupBy(finding => finding.Purpose).Select(purpose => $"{Command(purpose.Key)}: "
            + $"{Summarize([.. purpose.Select(finding => finding.Result.State)])}.")];

    private static string Summarize(List<CheckState> states)
    {
        string Count(CheckState state, string word) => states.Count(one => one == state) is var count && count == 1
            ? $"1 {word}"
            : $"{count} {word}s";
        return states.Contains(CheckState.Problem) ? $"{Count(CheckState.Problem, "problem")}; see above for what to do"
            : states.Contains(CheckState.Warning) ? $"no definite problem; {Count(CheckState.Warning, "warning")}"
            : "everything is there";
    }

    private static string Heading(CheckPurpose purpose) => purpose switch
    {
        CheckPurpose.Up => "To run on this machine (bookinfo up)",
        CheckPurpose.Images => "To build images (bookinfo images build, up --native)",
        _ => "To run on Kubernetes (bookinfo deploy, status, delete)",
    };

    private static string Command(CheckPurpose purpose) => purpose switch
    {
        CheckPurpose.Up => "bookinfo up",
        CheckPurpose.Images => "bookinfo images build",
        _ => "bookinfo deploy",
    };

    /// <summary>Breaks a command line before options only, so that it can be pasted into a shell as it stands.</summary>
    private static IEnumerable<string> WrapCommand(string command, int width)
    {
        var line = "";
        foreach (var (index, part) in command.Split(" --").Index())
        {
            var text = index == 0 ? part : $"--{part}";
            if (index == 0)
            {
                line = text;
            }
            else if (line.Length + 1 + text.Length + Continued.Length <= width)
            {
                line += $" {text}";
            }
            else
            {
                yield return line + Continued;
                line = Spaces(Gap) + text;
            }
        }

        yield return line;
    }

    /// <summary>What programs and clusters say is a part of the table: nothing that a terminal obeys, and no lines of its own.</summary>
    private static string Clean(string text) => PrintableText.Show(text).ReplaceLineEndings(" ");

    private static string Spaces(int count) => new(' ', count);
}

/// <summary>A line of the table.</summary>
/// <param name="Text">The line.</param>
/// <param name="Mark">Where in it the state stands, which a terminal may color; empty for lines without one.</param>
/// <param name="State">The state; meaningless in lines without one.</param>
internal readonly record struct DoctorLine(string Text, Range Mark, CheckState State);

/// <summary>The object of <c>doctor --output json</c>.</summary>
/// <param name="Problems">How many checks found a problem.</param>
/// <param name="Warnings">How many have a warning.</param>
/// <param name="Checks">All of them, in the order of the table.</param>
internal sealed record DoctorRecord(int Problems, int Warnings, IReadOnlyList<CheckRecord> Checks)
{
    /// <summary>Creates the record from findings.</summary>
    /// <param name="findings">The findings.</param>
    public static DoctorRecord From(IReadOnlyList<Finding> findings) => new(
        findings.Count(finding => finding.Result.State == CheckState.Problem),
        findings.Count(finding => finding.Result.State == CheckState.Warning),
        [.. findings.Select(CheckRecord.From)]);
}

/// <summary>A check in <c>doctor --output json</c>.</summary>
/// <param name="Check">What was looked at.</param>
/// <param name="For">The command that needs it.</param>
/// <param name="State">How it came out.</param>
/// <param name="Detail">What there is, or what is wrong.</param>
/// <param name="Advice">What to do.</param>
/// <param name="Commands">The command lines for that.</param>
internal sealed record CheckRecord(
    string Check, CheckPurpose For, CheckState State, string Detail, string? Advice, IReadOnlyList<string>? Commands)
{
    /// <summary>Creates the record from a finding.</summary>
    /// <param name="finding">The finding.</param>
    public static CheckRecord From(Finding finding) => new(
        finding.Name,
        finding.Purpose,
        finding.Result.State,
        finding.Result.Detail,
        finding.Result.Advice,
        finding.Result.Commands.Count == 0 ? null : finding.Result.Commands);
}

/// <summary>How the object of <c>doctor --output json</c> is written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(DoctorRecord))]
internal sealed partial class DoctorJson : JsonSerializerContext;
