using System.Text.Json;
using System.Xml.Linq;
using Bookinfo.Scenarios;

namespace Bookinfo.Verification.Tests;

/// <summary>The report: one verdict, and the same in each of its forms.</summary>
public sealed class VerificationReportTests
{
    private static readonly Finding Lost = new(FindingKind.Missing, "a<b", "12 are missing & gone.")
    {
        Missing = 12,
        Examples = ["details v1: expected 20, seen 8"],
        LookAt = ["trace 0123"],
    };

    private static readonly CheckResult Good = new("good") { Expected = CountRange.Exactly(5), Seen = 5 };

    private static readonly CheckResult Bad = new("bad") { Expected = new CountRange(20, 22), Seen = 8, Findings = [Lost] };

    private static readonly CheckResult Open = new("open") { NotChecked = ["No bucket was read."] };

    private static readonly CheckResult Late = new("late") { Findings = [new Finding(FindingKind.NoBaseline, "", "")] };

    [Fact]
    public void What_is_wrong_weighs_more_than_what_is_open_and_that_more_than_what_is_right()
    {
        Assert.Equal(VerificationVerdict.Exact, Report(Good, Good).Verdict);
        Assert.Equal(VerificationVerdict.Untold, Report(Good, Open).Verdict);
        Assert.Equal(VerificationVerdict.Differs, Report(Good, Open, Bad).Verdict);
        Assert.Equal(VerificationVerdict.Untold, Late.Verdict);
    }

    [Fact]
    public void The_text_has_the_verdict_first_and_what_is_wrong_with_where_to_look()
    {
        var lines = VerificationText.Lines(Report(Good, Bad, Open), width: 100).ToList();

        Assert.Equal("Differs from what happened: 1 finding.", lines[0]);
        Assert.StartsWith("40 requests to http://localhost/, from 2026-01-02 03:04:05 to 03:05:05 UTC.", lines[1]);
        Assert.StartsWith("Of 2 nobody knows how they ended", lines[2]);
        Assert.Contains("missing: 12 are missing & gone.", lines);
        Assert.Contains("    look at: trace 0123", lines);
        Assert.Contains("not checked (open): No bucket was read.", lines);
        Assert.Matches("^bad +wrong +20 to 22 +8 +12 +-$", Assert.Single(lines, line => line.StartsWith("bad ", StringComparison.Ordinal)));
        Assert.StartsWith("Exactly as it happened: metrics agree with every request.", VerificationText.Verdict(Report(Good)));
        Assert.StartsWith("Could not be checked", VerificationText.Verdict(Report(Open)));
    }

    [Fact]
    public void The_verdict_names_each_signal_once()
    {
        var metrics = Report(Good).Signals[0];
        var report = Report(Good) with
        {
            Signals = [metrics, metrics with { Signal = "traces" }, metrics with { Signal = "logs" }, metrics with { Signal = "logs" }],
        };
        Assert.StartsWith("Exactly as it happened: metrics, traces and logs agree with every request.", VerificationText.Verdict(report));
    }

    [Fact]
    public void Nothing_in_the_text_is_wider_than_the_terminal()
    {
        const string Sentence =
            "localhost:30080 was scraped for the last time at 04:43:23.120Z, before the end of the run; others were since.";
        var check = new CheckResult("latency by bucket 24 long")
        {
            Expected = new CountRange(5528, 6802),
            Seen = 5528,
            Findings = [Lost with { Text = Sentence, Examples = [Sentence], LookAt = [Sentence] }],
            NotChecked = [Sentence],
        };
        var report = Report(check) with { Unknown = 2 };
        report = report with { Signals = [report.Signals[0] with { Source = Sentence, Notes = [Sentence] }] };

        var lines = VerificationText.Lines(report, width: 80).ToList();
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 80));
        Assert.Contains(lines, line => line.StartsWith(check.Name, StringComparison.Ordinal) && line.Contains(" 5,528 to 6,802 "));
        var example = lines.FindIndex(line => line.StartsWith("    localhost", StringComparison.Ordinal));
        Assert.StartsWith("      ", lines[example + 1]);
        Assert.StartsWith("not checked (latency", lines[^5]);
    }

    [Fact]
    public void It_is_told_when_all_of_a_signal_was_there()
    {
        var signal = Report(Good).Signals[0];
        Assert.EndsWith("; all there 6.0 s after the end", VerificationText.Place(signal));
        Assert.EndsWith(
            "; all there 6.0 s after the end, when first asked", VerificationText.Place(signal with { VisibleWhenFirstAsked = true }));
        Assert.Equal(signal.Source, VerificationText.Place(signal with { VisibleAfter = null }));
        Assert.Equal(signal.Source, VerificationText.Place(Report(Bad).Signals[0]));
    }

    [Fact]
    public void What_is_missing_has_a_column_only_if_something_is()
    {
        var narrow = VerificationText.Table(Report(Good), Report(Good).Signals[0]);
        Assert.Equal(["Check", "Verdict", ">Expected", ">Seen"], narrow.Headings);
        Assert.Equal(["good", "right", "5", "5"], narrow.Rows[0]);
        Assert.Equal(6, VerificationText.Table(Report(Good, Bad), Report(Good).Signals[0]).Headings.Count);
    }

    [Fact]
    public void The_JSON_has_verdicts_by_name()
    {
        var json = JsonDocument.Parse(Report(Good, Bad).ToJson()).RootElement;
        Assert.Equal((1, "differs"), (json.GetProperty("version").GetInt32(), json.GetProperty("verdict").GetString()));
        var check = json.GetProperty("signals")[0].GetProperty("checks")[1];
        Assert.Equal((20, 8), (check.GetProperty("expected").GetProperty("low").GetInt64(), check.GetProperty("seen").GetInt64()));
        Assert.Equal("missing", check.GetProperty("findings")[0].GetProperty("kind").GetString());
        Assert.Equal(6, json.GetProperty("signals")[0].GetProperty("visibleAfterSeconds").GetDouble());
        Assert.False(json.GetProperty("signals")[0].TryGetProperty("visibleAfter", out _));
        Assert.Contains("\"kind\":\"no-baseline\"", Report(Late).ToJson());
    }

    [Fact]
    public void The_documentation_has_every_field_of_the_JSON()
    {
        var page = File.ReadAllText(Path.Combine(Bookinfo.Testing.WorkingCopy.Root, "docs", "verify.md"));
        Assert.All(
            new[] { Report(Good, Bad, Open), Noticed, Noticed with { Schedule = "gameday.json", Signals = [OfDay] } }
                .SelectMany(report => Fields(JsonDocument.Parse(report.ToJson()).RootElement)).Except(["severity"]).Distinct(),
            field => Assert.Contains($"`{field}`", page));

        static IEnumerable<string> Fields(JsonElement element) => element.ValueKind switch
        {
            JsonValueKind.Object => element.EnumerateObject().SelectMany(field => Fields(field.Value).Prepend(field.Name)),
            JsonValueKind.Array => element.EnumerateArray().SelectMany(Fields),
            _ => [],
        };
    }

    [Fact]
    public void A_report_of_a_scenario_is_about_what_it_declares()
    {
        Assert.Equal("As declared: the platform has noticed 'slow', and that it was over.", VerificationText.Verdict(Noticed));
        var page = VerificationPage.Create(Noticed);
        Assert.Contains("What must be seen is what the scenario 'slow' declares.", page);
        Assert.DoesNotContain("ledger", page, StringComparison.OrdinalIgnoreCase);
        var json = JsonDocument.Parse(Noticed.ToJson()).RootElement;
        Assert.Equal("slow", json.GetProperty("scenario").GetString());
        Assert.False(json.TryGetProperty("ledger", out _));
        var alerts = json.GetProperty("signals")[0].GetProperty("alerts");
        Assert.Equal(217.5, alerts.GetProperty("alerts")[0].GetProperty("firedAfterSeconds").GetDouble());
        Assert.Equal("earlier", alerts.GetProperty("others")[0].GetProperty("cause").GetString());
        Assert.StartsWith(
            "Differs from what 'slow' declares",
            VerificationText.Verdict(Noticed with { Signals = [Noticed.Signals[0] with { Checks = [Bad] }] }));
    }

    [Fact]
    public void What_the_application_does_is_told_apart_from_what_a_platform_shows()
    {
        var metrics = Report(Good).Signals[0];
        var app = new SignalResult(AppVerification.Signal, "http://localhost/, and 5 processes behind it", [Good]);
        var wrong = app with { Checks = [Bad with { Findings = [new Finding(FindingKind.ContractBroken, "a", "b")] }] };
        string Verdict(params SignalResult[] signals) => VerificationText.Verdict(Report() with { Signals = signals });

        Assert.StartsWith(
            "Exactly as it happened: metrics agree with every request, and the application obeys its contract.", Verdict(app, metrics));
        Assert.Equal("Breaks the contract: 1 finding.", Verdict(wrong, metrics));
        Assert.Equal("Differs from what happened, and breaks the contract: 2 findings.", Verdict(wrong, metrics with { Checks = [Bad] }));
        Assert.Equal("Differs from what happened: 1 finding.", Verdict(app, metrics with { Checks = [Bad] }));
    }

    [Fact]
    public void A_report_of_an_application_alone_has_no_ledger()
    {
        var at = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        var signal = new SignalResult(AppVerification.Signal, "there", [Good]) { Method = "It was asked." };
        var report = VerificationReport.Of("0.1", new Uri("http://localhost"), new AppOutcome(signal, at, at, 800));

        Assert.Equal("As agreed: the application obeys its contract.", VerificationText.Verdict(report));
        Assert.StartsWith("800 requests to http://localhost/, from 2026-01-02 03:04:05 ", VerificationText.Run(report).Single());
        Assert.False(JsonDocument.Parse(report.ToJson()).RootElement.TryGetProperty("ledger", out _));
        var page = VerificationPage.Create(report);
        Assert.DoesNotContain("ledger", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("It was asked.", page);
    }

    [Fact]
    public void The_XML_has_no_character_that_is_not_allowed_there()
    {
        var finding = Lost with { Text = "bad: \0\u001b\ud800\uffff; good: \t\u00e4\U0001F600" };
        var failure = XElement.Parse(VerificationJUnit.Create(Report(Bad with { Findings = [finding] }))).Descendants("failure").Single();
        Assert.Equal("bad: \ufffd\ufffd\ufffd\ufffd; good: \t\u00e4\U0001F600", (string)failure.Attribute("message")!);
    }

    [Fact]
    public void The_XML_has_none_in_the_name_of_a_scenario_either()
    {
        var report = Noticed with { Signals = [OfDay with { Scenario = "slow\u001b" }] };
        var test = XElement.Parse(VerificationJUnit.Create(report)).Descendants("testcase").Single();
        Assert.Contains("slow\ufffd", (string)test.Attribute("classname")!, StringComparison.Ordinal);
    }

    [Fact]
    public void How_it_was_checked_is_said_of_the_signals_that_were()
    {
        var report = Report(Good);
        Assert.Contains("Counted by hand.", VerificationPage.Create(report));
        Assert.DoesNotContain("Counters were read", VerificationPage.Create(report));
        // Notes stand once, also when nothing was checked.
        Assert.Single(VerificationText.Lines(report, width: 100), "A note.");
        Assert.Single(VerificationText.Lines(Report(), width: 100), "A note.");
        Assert.Single(VerificationText.Lines(Report(Good, Good), width: 100), "A note.");
        Assert.Contains("3 more were not sent: no connection could be opened.", VerificationText.Run(report with { NeverSent = 3 }));
    }

    [Fact]
    public void The_XML_has_a_test_for_each_check()
    {
        var suites = XElement.Parse(VerificationJUnit.Create(Report(Good, Bad, Open)));
        Assert.Equal(
            ["bookinfo verify", "3", "1", "1"],
            new[] { "name", "tests", "failures", "skipped" }.Select(name => (string)suites.Attribute(name)!));
        var tests = suites.Descendants("testcase").ToList();
        Assert.Equal(["good", "bad", "open"], tests.Select(test => (string)test.Attribute("name")!));
        Assert.Empty(tests[0].Elements());
        Assert.Equal("missing", (string)tests[1].Element("failure")!.Attribute("type")!);
        Assert.Contains("trace 0123", tests[1].Value);
        Assert.Equal("No bucket was read.", (string)tests[2].Element("skipped")!.Attribute("message")!);
    }

    [Fact]
    public void The_page_needs_nothing_but_itself()
    {
        var html = VerificationPage.Create(Report(Good, Bad, Open));
        var page = XElement.Parse(html[html.IndexOf('\n', StringComparison.Ordinal)..]);
        Assert.Equal("Differs from what happened", Assert.Single(page.Descendants("h1")).Value);
        Assert.Equal("1 finding.", page.Descendants("header").Elements("p").First().Value);
        Assert.Equal("wrong", Assert.Single(page.Descendants("td").Elements("strong")).Value);
        Assert.Equal(["Check", "Verdict"], page.Descendants("thead").Single().Descendants("th").Take(2).Select(heading => heading.Value));
        Assert.Contains("a<b", page.Value);
        Assert.Contains("prefers-color-scheme: dark", page.Value);
        Assert.DoesNotContain("src=", html);
        Assert.DoesNotContain("href=", html);
        Assert.DoesNotContain("<script", html);
    }

    /// <summary>A scenario that was noticed.</summary>
    private static VerificationReport Noticed
    {
        get
        {
            var at = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
            var labels = new Dictionary<string, string> { ["severity"] = "page" };
            return Report(Good) with
            {
                Ledger = null,
                Scenario = "slow",
                Signals =
                [
                    new SignalResult("alerts", "Prometheus API at http://localhost:9090/", [Good])
                    {
                        Alerts = new AlertFigures(
                            at, at, at, [new InjectedFault("ratings-v1", "delay", "delay", 2, 1)], [new SymptomFigures("slow", 10, 20)],
                            [new AlertTimes("Slow", labels, 217.5, 240, 218, 241)],
                            [new OtherAlert("Other", labels, at, 5, AlertCause.Earlier)]),
                    },
                ],
            };
        }
    }

    /// <summary>What came of a scenario of a game day.</summary>
    private static SignalResult OfDay => Noticed.Signals[0] with { Scenario = "slow" };

    private static VerificationReport Report(params IReadOnlyList<CheckResult> checks) => new(
        VerificationReport.CurrentVersion, "0.1", "run.ledger", "http://localhost/", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        new DateTimeOffset(2026, 1, 2, 3, 5, 5, TimeSpan.Zero), 40, 2, 0,
        [
            new SignalResult("metrics", "Prometheus API at http://localhost:9090/", checks)
            {
                Method = "Counted by hand.",
                VisibleAfter = TimeSpan.FromSeconds(6),
                Notes = ["A note."],
            },
        ]);
}
