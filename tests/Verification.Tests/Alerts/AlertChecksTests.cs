using Bookinfo.Foundation;
using Bookinfo.Load;
using Bookinfo.Scenarios;

namespace Bookinfo.Verification.Tests;

/// <summary>What is made of what was seen of a scenario.</summary>
public sealed class AlertChecksTests
{
    private static readonly DateTimeOffset On = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly AlertSymptom Alert = new(
        "Slow", new Dictionary<string, string> { ["severity"] = "page" }, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(90));

    private static readonly ExpectedSymptom Metric = ExpectedSymptom.Of(
        new MetricSymptom("slow", "up", new Bounds(1), TimeSpan.FromSeconds(30), new Bounds(Below: 1), TimeSpan.FromSeconds(20)),
        ExpectedSymptom.UsualWindow);

    [Theory]
    [InlineData(30, 20, null)]
    [InlineData(31, 20, FindingKind.Late)]
    [InlineData(30, 25, FindingKind.Late)]
    [InlineData(null, null, FindingKind.SymptomNotSeen)]
    [InlineData(5, null, FindingKind.SymptomNotGone)]
    public void A_symptom_is_seen_and_goes_in_time(int? seen, int? gone, FindingKind? kind) =>
        Assert.Equal(kind, Kind(Checks().CheckSymptoms([Seen(Metric, seen, gone)])));

    [Theory]
    [InlineData(60, null)]
    [InlineData(70, FindingKind.Late)]
    [InlineData(null, FindingKind.AlertNotFired)]
    public void An_alert_fires_in_time(int? fired, FindingKind? kind) =>
        Assert.Equal(kind, Kind(Checks().CheckFired([Seen(ExpectedSymptom.Of(Alert), fired, null)])));

    [Theory]
    [InlineData(50, 90, null)]
    [InlineData(50, 95, FindingKind.Late)]
    [InlineData(50, null, FindingKind.AlertNotResolved)]
    [InlineData(null, null, null)]
    public void An_alert_that_fired_is_resolved(int? fired, int? resolved, FindingKind? kind) =>
        Assert.Equal(kind, Kind(Checks().CheckResolved([Seen(ExpectedSymptom.Of(Alert), fired, resolved)], [])));

    [Fact]
    public void An_alert_that_stays_in_Alertmanager_is_not_resolved_and_said_once()
    {
        SeenSymptom[] there = [Seen(ExpectedSymptom.ArrivalOf(Alert, Patience), 51, null)];

        var stuck = Assert.Single(Checks().CheckResolved([Seen(ExpectedSymptom.Of(Alert), 50, 80)], there).Findings);
        Assert.Equal("alert Slow in Alertmanager", stuck.Subject);
        var both = Assert.Single(Checks().CheckResolved([Seen(ExpectedSymptom.Of(Alert), 50, null)], there).Findings);
        Assert.Equal("alert Slow", both.Subject);
    }

    [Fact]
    public void What_did_not_fire_need_not_arrive()
    {
        var alertmanager = new Uri("http://localhost:9093/");
        SeenSymptom[] nothing = [Seen(ExpectedSymptom.ArrivalOf(Alert, Patience), null, null)];

        Assert.Empty(Checks().CheckSent([Seen(ExpectedSymptom.Of(Alert), null, null)], nothing, alertmanager).Findings);
        Assert.Equal(
            FindingKind.AlertNotSent, Kind(Checks().CheckSent([Seen(ExpectedSymptom.Of(Alert), 50, 80)], nothing, alertmanager)));
    }

    /// <summary>A fault that is on has not yet happened to anybody.</summary>
    [Fact]
    public void A_platform_is_not_blamed_for_what_did_not_happen()
    {
        var checks = Checks(firstInjectedAt: null);

        Assert.Equal(VerificationVerdict.Untold, checks.CheckFaults().Verdict);
        var fired = checks.CheckFired([Seen(ExpectedSymptom.Of(Alert), null, null)]);
        Assert.Equal(VerificationVerdict.Untold, fired.Verdict);
        Assert.Contains("alert Slow: it did not fire within 70 s", Assert.Single(fired.NotChecked).Replace("1m", "70 s"));
    }

    [Fact]
    public void Alerts_without_cause_are_counted_by_rule()
    {
        OtherAlert Other(string name, string edge, AlertCause cause) =>
            new(name, new Dictionary<string, string> { ["edge"] = edge }, On, 5, cause);

        var check = AlertChecks.CheckOthers(
            [
                Other("A", "x", AlertCause.None), Other("A", "y", AlertCause.None), Other("B", "x", AlertCause.Scenario),
                Other("C", "x", AlertCause.Earlier),
            ],
            "'slow'", new Uri("http://localhost:9090/"));

        var finding = Assert.Single(check.Findings);
        Assert.Equal((FindingKind.AlertWithoutCause, "A", 2), (finding.Kind, finding.Subject, finding.Surplus));
        Assert.Equal(["A (edge x) at 03:04:05, for 5.0 s", "A (edge y) at 03:04:05, for 5.0 s"], finding.Examples);
    }

    [Theory]
    [InlineData("Slow", "page", "", null)]
    [InlineData("Slow", "{{ $labels.severity }}", "", null)]
    [InlineData("Slow", null, "", null)]
    [InlineData("Slow", "ticket", "", "the rules of this name set other labels")]
    [InlineData("Fast", "page", "", "no rule has this name")]
    [InlineData("Slow", "page", "unknown function.", "its rule cannot be evaluated: unknown function.")]
    [InlineData(null, null, "", "there are no alert rules at all")]
    public void There_is_a_rule_for_each_alert(string? name, string? severity, string error, string? problem)
    {
        Dictionary<string, string> labels = severity is null ? [] : new() { ["severity"] = severity };
        PrometheusAlertRule[] rules = name is null ? [] : [new PrometheusAlertRule(name, labels, error)];

        var check = AlertRuleCheck.Run([Alert], rules, "there");

        Assert.Equal(problem is null ? 1 : 0, check.Seen);
        if (problem is null)
        {
            Assert.Empty(check.Findings);
            return;
        }

        var finding = Assert.Single(check.Findings);
        Assert.Equal((FindingKind.AlertMissing, "Slow"), (finding.Kind, finding.Subject));
        Assert.Contains(problem, finding.Text);
    }

    private static FindingKind? Kind(CheckResult check) => check.Findings.SingleOrDefault()?.Kind;

    private static SeenSymptom Seen(ExpectedSymptom symptom, int? seen, int? gone) => new(
        symptom, new SymptomOutcome(symptom.Name, Seconds(seen), Seconds(gone)));

    private static TimeSpan? Seconds(int? seconds) => seconds is { } number ? TimeSpan.FromSeconds(number) : null;

    private static AlertChecks Checks() => Checks(On);

    private static AlertChecks Checks(DateTimeOffset? firstInjectedAt) => new(
        new Scenario(
            "Slow", "Slow", "Slow", TimeSpan.FromMinutes(1), [new ScenarioFault(["ratings"])],
            new ScenarioTraffic(1, ProfileKind.Constant, []), new ScenarioSymptoms([], [], [Alert], [], [])),
        new AlertFigures(On, firstInjectedAt, On, [], [], [], []),
        new Uri("http://localhost:9090/"),
        Patience);
}
