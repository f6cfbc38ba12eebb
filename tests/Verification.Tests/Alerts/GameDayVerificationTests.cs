using Bookinfo.Foundation;
using Bookinfo.Scenarios;
using Bookinfo.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Bookinfo.Verification.Tests;

/// <summary>What is made of the history of a Prometheus when a game day is over.</summary>
public sealed class GameDayVerificationTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly Timetable Day = MadeDay.Of(MadeDay.Entry("a", 100, 200), MadeDay.Entry("b", 800, 900));

    private static readonly AlertSeries First = Series("Slow", 130, 240);

    private static readonly AlertSeries Second = Series("Slow", 840, 990);

    private readonly FakeTimeProvider _time = new(MadeDay.At(3600));

    [Fact]
    public async Task Each_scenario_is_told_with_how_soon_it_was_noticed()
    {
        await using var prometheus = await HistoryPrometheus.StartAsync(_time, alerts: [First, Second]);
        var results = await VerifyAsync(prometheus, Day);

        Assert.Equal(
            ["alerts", "alerts of a at 03:01:40", "alerts of b at 03:13:20"], results.Select(result => result.Title));
        Assert.All(results, result => Assert.Equal(VerificationVerdict.Exact, result.Verdict));
        Assert.Equal(
            [(30.0, 40.0), (40.0, 90.0)],
            results.Skip(1).Select(result => Assert.Single(result.Alerts!.Alerts))
                .Select(alert => (alert.FiredAfterSeconds!.Value, alert.ResolvedAfterSeconds!.Value)));
        Assert.Contains(
            "Slow (severity page): detected after 30.0 s; resolved 40.0 s after the faults were taken away.", results[1].Notes);
        Assert.Equal(["alert rules", "other alerts"], results[0].Checks.Select(check => check.Name));
        Assert.Equal(["faults injected", "alerts fired", "alerts resolved"], results[1].Checks.Select(check => check.Name));
        var report = VerificationReport.Of("test", "gameday.json", Day, results);
        Assert.Equal(
            [
                "As declared: the platform has noticed each scenario of the game day, and that it was over.",
                "The game day of 'gameday.json', from 2026-01-02 03:00:00 to 03:15:00 UTC.",
            ],
            VerificationText.Lines(report, width: 140).Take(2));
        Assert.Contains("alerts of b at 03:13:20", VerificationJUnit.Create(report));
        Assert.Contains("Alerts of b at 03:13:20", VerificationPage.Create(report));
        Assert.Contains("\"schedule\":\"gameday.json\"", report.ToJson());
    }

    [Fact]
    public async Task What_was_not_noticed_is_a_finding_of_its_scenario()
    {
        await using var prometheus = await HistoryPrometheus.StartAsync(_time, alerts: [First, Series("Strange", 840, 850)]);
        var results = await VerifyAsync(prometheus, Day);

        Assert.Equal(
            [("alerts", FindingKind.AlertWithoutCause), ("alerts of b at 03:13:20", FindingKind.AlertNotFired)],
            results.SelectMany(result => result.Checks.SelectMany(check => check.Findings)
                .Select(finding => (result.Title, finding.Kind))));
        Assert.Equal("Strange (severity page) at 03:14:00, for 10.0 s", results[0].Checks[1].Findings[0].Examples[0]);
        Assert.StartsWith(
            "Differs from what the scenarios of the game day declare: 2 findings.",
            VerificationText.Verdict(VerificationReport.Of("test", "gameday.json", Day, results)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rule_that_is_not_there_is_said_once()
    {
        await using var prometheus = await HistoryPrometheus.StartAsync(_time, rule: "Another");
        var results = await VerifyAsync(prometheus, Day);

        var finding = Assert.Single(results.SelectMany(result => result.Checks).SelectMany(check => check.Findings));
        Assert.Equal(FindingKind.AlertMissing, finding.Kind);
        Assert.Equal("alert Slow: it did not fire, and has no rule now.", results[1].Checks[1].NotChecked.Single());
    }

    [Fact]
    public async Task What_the_Prometheus_has_let_go_is_not_checked()
    {
        await using var prometheus = await HistoryPrometheus.StartAsync(_time, keptSince: MadeDay.At(150), alerts: [Second]);
        var results = await VerifyAsync(prometheus, Day);

        Assert.Equal(
            [VerificationVerdict.Exact, VerificationVerdict.Untold, VerificationVerdict.Exact], results.Select(result => result.Verdict));
        Assert.StartsWith(
            "The Prometheus has no samples of Bookinfo from when 'a' was on", Assert.Single(results[1].Checks).NotChecked.Single(),
            StringComparison.Ordinal);
    }

    /// <summary>Where there are no samples any more, no alert fires.</summary>
    [Fact]
    public async Task An_alert_that_ends_with_all_samples_is_not_called_resolved()
    {
        await using var prometheus = await HistoryPrometheus.StartAsync(_time, alerts: [First, Second]);
        prometheus.KeptUntil = MadeDay.At(1000);
        var results = await VerifyAsync(prometheus, Day);

        Assert.Equal([VerificationVerdict.Exact, VerificationVerdict.Exact], results.Take(2).Select(result => result.Verdict));
        Assert.Equal(
            [("alerts fired", VerificationVerdict.Exact), ("alerts resolved", VerificationVerdict.Untold)],
            results[2].Checks.Skip(1).Select(check => (check.Name, check.Verdict)));
        Assert.Equal(
            "alert Slow: the Prometheus has no samples of Bookinfo from when it had to be resolved.",
            results[2].Checks[2].NotChecked.Single());
    }

    [Fact]
    public async Task A_scenario_that_is_not_known_by_now_is_not_checked_and_may_explain_what_fired()
    {
        await using var prometheus = await HistoryPrometheus.StartAsync(_time, alerts: [First, Series("Strange", 840, 850)]);
        var results = await VerifyAsync(prometheus, Day, name => name == "b"
            ? throw new OperationFailedException(FailureKind.InvalidRequest, "there is no scenario 'b'.")
            : MadeDay.Scenario(name));

        Assert.All(results.SelectMany(result => result.Checks), check => Assert.Empty(check.Findings));
        Assert.Equal(
            "Strange (severity page) fired while a scenario was on whose file was not found, so that it may be the cause.",
            results[0].Checks[1].NotChecked.Single());
        Assert.Equal("What 'b' declares is not known: there is no scenario 'b'.", results[2].Checks.Single().NotChecked.Single());
    }

    [Fact]
    public async Task Faults_that_ended_by_themselves_prove_nothing()
    {
        await using var prometheus = await HistoryPrometheus.StartAsync(_time);
        var results = await VerifyAsync(prometheus, MadeDay.Of(MadeDay.Entry("a", 100, 200) with { End = ScenarioEnd.Expired }));

        Assert.Equal(
            "The faults of 'a' ended by themselves, and nobody knows when.", results[1].Checks.Single().NotChecked.Single());
    }

    [Fact]
    public async Task A_day_that_was_ended_is_checked_as_far_as_it_went()
    {
        await using var prometheus = await HistoryPrometheus.StartAsync(_time, alerts: [First]);
        var planned = MadeDay.Entry("b", 800, 900) with { BeganAt = null, EndedAt = null };
        var results = await VerifyAsync(prometheus, MadeDay.Of(Day.Entries[0], planned));

        Assert.Equal(2, results.Count);
        Assert.Equal("1 of 2 scenarios were planned and not run.", results[0].Notes.Single());
        Assert.All(results, result => Assert.Equal(VerificationVerdict.Exact, result.Verdict));
    }

    [Fact]
    public async Task A_day_that_was_only_planned_is_refused()
    {
        await using var prometheus = await HistoryPrometheus.StartAsync(_time);
        var planned = MadeDay.Entry("b", 800, 900) with { BeganAt = null, EndedAt = null };
        var failure = await Assert.ThrowsAsync<OperationFailedException>(() => VerifyAsync(prometheus, MadeDay.Of(planned)));

        Assert.Equal(FailureKind.InvalidRequest, failure.Kind);
        Assert.StartsWith("this game day was planned, and none of its scenarios was run: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_alert_that_may_yet_be_resolved_in_time_is_waited_for()
    {
        var told = new List<string>();
        await using var prometheus = await HistoryPrometheus.StartAsync(_time);
        prometheus.Alerts = () => [Series("Slow", 3430, (int)(_time.GetUtcNow() - MadeDay.Begin).TotalSeconds)];
        var verifying = VerifyAsync(prometheus, MadeDay.Of(MadeDay.Entry("a", 3400, 3500)), say: told.Add, patience: Eventually.Never);
        await Eventually.HoldsAsync("It does not look twice.", () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return prometheus.Looks > 2;
        });
        Assert.False(verifying.IsCompleted);
        prometheus.Alerts = static () => [Series("Slow", 3430, 3570)];

        await Eventually.HoldsAsync("It waits for ever.", () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return verifying.IsCompleted;
        });
        Assert.Equal(["Waiting until the alerts are resolved, or late."], told);
        Assert.Equal(70, Assert.Single((await verifying)[1].Alerts!.Alerts).ResolvedAfterSeconds);
    }

    private static AlertSeries Series(string name, int from, int to) =>
        new(name, MadeDay.Labels("page"), [], MadeDay.Every10(from, to));

    private Task<IReadOnlyList<SignalResult>> VerifyAsync(
        HistoryPrometheus prometheus, Timetable day, Func<string, Scenario>? find = null, Action<string>? say = null,
        TimeSpan? patience = null) =>
        new GameDayVerification(day, find ?? MadeDay.Scenario, prometheus.Client, "", patience ?? Patience, _time).RunAsync(
            say ?? (static _ => { }), TestContext.Current.CancellationToken);
}
