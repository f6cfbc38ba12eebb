using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Bookinfo.Cli.Terminal;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.Load;
using Bookinfo.Measurement;
using Bookinfo.Scenarios;

namespace Bookinfo.Cli.Views;

/// <summary>Scenarios and faults as lines of text.</summary>
internal static class ScenarioText
{
    private const int Width = 79;

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = ScenarioJson.Default,
    };

    /// <summary>The table of all scenarios.</summary>
    /// <param name="scenarios">The scenarios.</param>
    public static IEnumerable<string> List(IEnumerable<Scenario> scenarios)
    {
        var table = new TextTable("NAME", "TITLE");
        foreach (var scenario in scenarios)
        {
            table.Add(scenario.Name, scenario.Title);
        }

        return ToolOutput.Lines(table);
    }

    /// <summary>All that a scenario says.</summary>
    /// <param name="scenario">The scenario.</param>
    public static IEnumerable<string> Show(Scenario scenario) =>
    [
        scenario.Title,
        "",
        .. LoadText.Wrap(scenario.Story),
        "",
        .. LoadText.Wrap($"For a trainer: {scenario.Trainer}"),
        "",
        "What is broken",
        .. Faults(scenario),
        "",
        "What is sent",
        .. Item(Traffic(scenario.Traffic)),
        "",
        .. Symptoms(scenario, ExpectedSymptom.UsualWindow),
    ];

    /// <summary>What a scenario breaks.</summary>
    /// <param name="scenario">The scenario.</param>
    public static IEnumerable<string> Faults(Scenario scenario) => scenario.Faults.Count == 0
        ? Item("nothing: the traffic alone is the trouble")
        : scenario.Faults.SelectMany(fault => Item($"{string.Join(", ", fault.Services)}: {Rule(fault)}"));

    /// <summary>What must be seen, by where to look.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="window">The window of rates in questions to Prometheus.</param>
    public static IEnumerable<string> Symptoms(Scenario scenario, TimeSpan window)
    {
        var symptoms = scenario.Symptoms;
        return
        [
            "What must be seen",
            .. symptoms.Metrics.Select(metric => ExpectedSymptom.Of(metric, window)).SelectMany(metric => Item(
                $"Prometheus: {metric.Name}. Within {Duration.Format(metric.Within)} {metric.During}, afterwards within "
                + $"{Duration.Format(metric.Clears)} {metric.After}: {metric.Expression}")),
            .. symptoms.Alerts.SelectMany(alert => Item(
                $"Alert: {alert.Alert}{Labels(alert.Labels)} fires within {Duration.Format(alert.Fires)} and resolves within "
                + $"{Duration.Format(alert.Resolves)}.")),
            .. symptoms.MayFire.SelectMany(alert => Item($"Alert: {alert.Alert}{Labels(alert.Labels)} may fire as well.")),
            .. symptoms.Traces.SelectMany(trace => Item(
                $"Traces: {trace.Name}. {trace.Service}{(trace.Version is null ? "" : $" {trace.Version}")}, {trace.Kind} span "
                + $"'{trace.Span}'{Labels(trace.Attributes)}{(trace.Seconds is null ? "" : $", seconds {trace.Seconds}")}"
                + $"{Share(trace.Share)}.")),
            .. symptoms.Visitor.SelectMany(visitor => Item(
                $"Visitor: {visitor.Sees}. {visitor.Path}"
                + (visitor.Contains is null ? "" : $" has the text '{visitor.Contains}'")
                + (visitor.Contains is not null && visitor.Hop is not null ? "," : "")
                + (visitor.Hop is null ? "" : $" Server-Timing {visitor.Hop} {visitor.Milliseconds} ms")
                + $"{Share(visitor.Share)}.")),
        ];
    }

    /// <summary>What a scenario sends.</summary>
    /// <param name="traffic">Its traffic.</param>
    /// <param name="page">Where it is sent; <see langword="null"/> when that is not known.</param>
    public static string Traffic(ScenarioTraffic traffic, Uri? page = null) =>
        FormattableString.Invariant($"{traffic.Rate} requests/s")
        + (traffic.Profile == ProfileKind.Constant ? "" : $" ({ProfileSettings.NameOf(traffic.Profile)})")
        + (page is null ? "" : $" to {page.GetLeftPart(UriPartial.Authority)}")
        + $": {(traffic.Paths.Count == 0 ? "the usual mix of what visitors do" : string.Join(", ", traffic.Paths))}";

    /// <summary>The table of a game day.</summary>
    /// <param name="timetable">The game day.</param>
    public static IEnumerable<string> GameDay(Timetable timetable)
    {
        var table = new TextTable(">AT", ">FOR", "CLOCK", "SCENARIO");
        foreach (var entry in timetable.Entries)
        {
            table.Add(
                Clock(entry.At), Clock(entry.For), $"{entry.BeginsAt.ToLocalTime():HH:mm:ss} to {entry.EndsAt.ToLocalTime():HH:mm:ss}",
                entry.Scenario);
        }

        return ToolOutput.Lines(table);
    }

    /// <summary>The table of what processes say of their faults.</summary>
    /// <param name="processes">The processes.</param>
    public static IEnumerable<string> Status(IReadOnlyList<ProcessFaults> processes)
    {
        var table = new TextTable("PROCESS", "SET", "RULE", "FAULT", "ACTIVE", ">MATCHED", ">INJECTED", ">ENDS IN");
        var any = false;
        foreach (var process in processes)
        {
            foreach (var set in process.Status?.Sets ?? [])
            {
                foreach (var rule in set.Rules)
                {
                    any = true;
                    table.Add(
                        process.Target.Name, set.Name, rule.Name, rule.Fault, rule.Active ? "yes" : "no", Count(rule.Matched),
                        Count(rule.Injected),
                        set.RemainingSeconds is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s") : set.Source);
                }
            }
        }

        return any ? ToolOutput.Lines(table) : ["No process has faults."];
    }

    /// <summary>The rule of a fault, with spaces between which it can be broken into lines.</summary>
    private static string Rule(ScenarioFault fault) =>
        string.Join(' ', fault.ToRule().ToJsonString(Indented).Split('\n', StringSplitOptions.TrimEntries));

    private static string Clock(TimeSpan span) =>
        string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalMinutes}:{span.Seconds:00}");

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Labels(IReadOnlyDictionary<string, string> labels) =>
        labels.Count == 0 ? "" : $" ({string.Join(", ", labels.Select(label => $"{label.Key}={label.Value}"))})";

    private static string Share(Bounds? share) => share is null ? "" : $", a share {share}";

    /// <summary>An item of a list: its first line has a dash, the others are indented as far.</summary>
    private static IEnumerable<string> Item(string text) => TextCut.Indented(text, Width, "  - ", "    ");
}
