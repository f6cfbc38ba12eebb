using Bookinfo.Foundation;
using Bookinfo.Scenarios;
using Bookinfo.Testing;

namespace Bookinfo.Verification.Tests;

/// <summary>
/// Alerts of a real Prometheus and a real Alertmanager about real services: a healthy platform notices that ratings are slow, and whatever
/// is spoiled is found as what it is, and nothing else is called wrong.
/// </summary>
/// <param name="system">The services.</param>
public sealed class AlertVerificationTests(AlertingSystem system) : IClassFixture<AlertingSystem>
{
    /// <summary>Too short for what never comes; nothing that does come is limited by it.</summary>
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    private static readonly string Stubborn = AlertingSystem.SlowRule + "\n        keep_firing_for: 1h";

    private static readonly string Late = AlertingSystem.SlowRule + "\n        for: 1h";

    private static readonly AlertSabotage[] All =
    [
        new("an alert rule removed", FindingKind.AlertMissing, AlertChecks.Rules)
        {
            Rules = [AlertingSystem.SlowRule.Replace("RatingsSlow", "SomethingElse", StringComparison.Ordinal)],
        },
        new("an alert that does not fire", FindingKind.AlertNotFired, AlertChecks.Fired)
        {
            Rules = [Late], Fires = Short, Patience = Short, Delivery = AlertDelivery.Unverified,
        },
        new("an alert that never resolves", FindingKind.AlertNotResolved, AlertChecks.Resolved)
        {
            Rules = [Stubborn], Resolves = Short, Patience = Short, Delivery = AlertDelivery.Unverified,
        },
        new("an alert that does not arrive at Alertmanager", FindingKind.AlertNotSent, AlertChecks.Sent)
        {
            Patience = Short, Delivery = AlertDelivery.CutOff,
        },
        new("an alert that fires without cause", FindingKind.AlertWithoutCause, AlertChecks.Others)
        {
            Rules = [AlertingSystem.SlowRule, "alert: Unexpected\n        expr: max(bookinfo_fault_active) > 0"],
        },
    ];

    public static TheoryData<string> Sabotages => [.. All.Select(sabotage => sabotage.Name)];

    [Fact]
    public async Task A_healthy_platform_notices_and_how_soon_is_in_the_report()
    {
        var outcome = await system.VerifyAsync(
            [AlertingSystem.SlowRule], AlertDelivery.Works, Eventually.Never, Eventually.Never, Eventually.Never, ItIsHistoryAsync);

        Assert.All(outcome.Signal.Checks, check => Assert.Empty(check.Findings));
        Assert.Equal(VerificationVerdict.Exact, outcome.Signal.Verdict);
        var figures = outcome.Signal.Alerts!;
        var alert = Assert.Single(figures.Alerts);
        Assert.True(alert is { FiredAfterSeconds: > 0, ResolvedAfterSeconds: > 0, LeftAfterSeconds: > 0 }, $"{alert}");
        Assert.True(alert.ArrivedAfterSeconds >= alert.FiredAfterSeconds, $"{alert}");
        Assert.InRange(figures.FirstInjectedAt!.Value, figures.FaultsOnAt.AddSeconds(-1), figures.FaultsOffAt);
        var fault = Assert.Single(figures.Injected);
        Assert.Equal(("ratings-v1", "delay"), (fault.Process, fault.Fault));
        Assert.True(fault.Injected > 0);
        Assert.True(outcome.Load!.Total.Sent >= fault.Injected);
        Assert.Contains(
            outcome.Signal.Notes, note => note.StartsWith("RatingsSlow (severity page): detected after ", StringComparison.Ordinal));
    }

    /// <summary>What was seen while it happened is in the history of the Prometheus afterwards.</summary>
    private static async Task ItIsHistoryAsync(PrometheusClient prometheus, AlertOutcome outcome)
    {
        var seen = outcome.Signal.Alerts!;
        var played = new TimetableEntry("slow", TimeSpan.Zero, seen.FaultsOffAt - seen.FaultsOnAt, seen.FaultsOnAt, seen.FaultsOffAt)
            .With(new ScenarioOutcome(ScenarioEnd.TimeOver, seen.FaultsOnAt, seen.FaultsOffAt, [], Load: null)
            {
                FirstInjectedAt = seen.FirstInjectedAt,
                Injected = seen.Injected,
            });
        var day = new Timetable(Timetable.CurrentVersion, "test", 1, seen.FaultsOnAt, TimeSpan.FromMinutes(1), [played]);
        var results = await new GameDayVerification(
            day, _ => AlertingSystem.SlowRatings(Eventually.Never, Eventually.Never), prometheus, "", Eventually.Never, TimeProvider.System)
            .RunAsync(static _ => { }, TestContext.Current.CancellationToken);

        Assert.All(results, result => Assert.Equal(VerificationVerdict.Exact, result.Verdict));
        var alert = Assert.Single(results[1].Alerts!.Alerts);
        Assert.InRange(alert.FiredAfterSeconds!.Value, 0, (seen.FaultsOffAt - seen.FaultsOnAt).TotalSeconds);
        Assert.NotNull(alert.ResolvedAfterSeconds);
        Assert.Equal(seen.Injected, results[1].Alerts!.Injected);
    }

    [Theory]
    [MemberData(nameof(Sabotages))]
    public async Task Each_way_in_which_alerts_are_spoiled_is_found_as_what_it_is(string name)
    {
        var sabotage = All.Single(one => one.Name == name);
        var begun = system.Begun;

        var outcome = await system.VerifyAsync(
            sabotage.Rules, sabotage.Delivery, sabotage.Fires, sabotage.Resolves, sabotage.Patience);

        var finding = Assert.Single(outcome.Signal.Checks, check => check.Findings.Count > 0);
        Assert.Equal(sabotage.Check, finding.Name);
        Assert.Equal(sabotage.Kind, Assert.Single(finding.Findings).Kind);
        Assert.Equal(VerificationVerdict.Differs, outcome.Signal.Verdict);
        Assert.Equal(sabotage.Kind == FindingKind.AlertMissing ? 0 : 1, system.Begun - begun);
        SabotageTable.Hold(name, outcome.Signal);
    }

    [Fact]
    public async Task Faults_that_somebody_else_takes_away_prove_nothing()
    {
        system.WhenBegun = system.TakeAwayAsync;
        try
        {
            var failure = await Assert.ThrowsAsync<OperationFailedException>(() => system.VerifyAsync(
                [AlertingSystem.SlowRule], AlertDelivery.Unverified, Eventually.Never, Eventually.Never, Eventually.Never));
            Assert.Equal("'slow' was not seen to its end: its faults were taken away by someone else.", failure.Message);
        }
        finally
        {
            system.WhenBegun = null;
        }
    }

    /// <summary>A way in which alerts are spoiled.</summary>
    /// <param name="Name">What it is, as docs/verify.md has it.</param>
    /// <param name="Kind">What it is found as.</param>
    /// <param name="Check">In which check.</param>
    private sealed record AlertSabotage(string Name, FindingKind Kind, string Check)
    {
        public IReadOnlyList<string> Rules { get; init; } = [AlertingSystem.SlowRule];

        public AlertDelivery Delivery { get; init; } = AlertDelivery.Works;

        public TimeSpan Fires { get; init; } = Eventually.Never;

        public TimeSpan Resolves { get; init; } = Eventually.Never;

        public TimeSpan Patience { get; init; } = Eventually.Never;
    }
}
