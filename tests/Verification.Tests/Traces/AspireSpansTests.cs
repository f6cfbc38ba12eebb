using Bookinfo.Foundation;
using Bookinfo.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Bookinfo.Verification.Tests;

/// <summary>
/// Traces of the real services in a real Aspire dashboard: a healthy one shows exactly what happened, and whatever is spoiled on the way is
/// found as what it is, with the right count, and nothing else is called wrong.
/// </summary>
/// <param name="system">The services and the dashboard.</param>
public sealed class AspireSpansTests(TracedSystem system) : IClassFixture<TracedSystem>
{
    public static TheoryData<string> Sabotages => [.. SpanSabotage.All.Select(sabotage => sabotage.Name)];

    [Fact]
    public async Task A_healthy_platform_shows_exactly_what_happened()
    {
        using var source = system.Traces(Eventually.Never);
        await source.PrepareAsync(static _ => { }, TestContext.Current.CancellationToken);
        var result = await source.CheckAsync(system.Healthy, static _ => { }, TestContext.Current.CancellationToken);

        Assert.True(
            result.Verdict == VerificationVerdict.Exact,
            string.Join('\n', result.Checks.SelectMany(check => check.Findings.Select(finding => $"{check.Name}: {finding}"))));
        var counts = system.Healthy.Counts;
        Assert.Equal(
            [system.Healthy.Requests, counts.Served.Total.Low, counts.Tried.Total.Low],
            result.Checks.Where(check => check.Seen is not null).Take(3).Select(check => check.Seen!.Value));
        Assert.InRange(result.Checks.Single(check => check.Name == "traces by id").Seen!.Value, 50, 100);
        Assert.True(result.VisibleAfter > TimeSpan.Zero);
        var perRequest = (double)counts.Spans.Low / system.Healthy.Requests;
        Assert.Equal(FormattableString.Invariant($"Cost: {counts.Spans.Low:N0} spans, {perRequest:0.00} per request."), result.Notes[^1]);
    }

    [Fact]
    public async Task A_span_that_comes_twice_is_found_where_a_platform_shows_it_and_the_dashboard_shows_it_once()
    {
        var run = system.RunOf(SpanSabotage.Twins.Name);
        using var source = system.Traces(Eventually.Never);
        var shown = await source.CheckAsync(run, static _ => { }, TestContext.Current.CancellationToken);
        Assert.Equal(VerificationVerdict.Exact, shown.Verdict);

        var came = await new TraceSource(new OtlpSpans(system.Platform), 1, TimeSpan.Zero, TimeProvider.System)
            .CheckAsync(run, static _ => { }, TestContext.Current.CancellationToken);
        var finding = Assert.Single(came.Checks.SelectMany(check => check.Findings));
        Assert.Equal((FindingKind.SpanTwice, SpanSabotage.Twins.CountIn(run)), (finding.Kind, finding.Surplus));
        Assert.True(finding.Surplus > 0);
        SabotageTable.Hold(SpanSabotage.Twins.Name, came);
    }

    [Fact]
    public async Task What_is_spoiled_behind_a_listener_it_has_seen_whole()
    {
        foreach (var run in SpanSabotage.All.Select(sabotage => system.RunOf(sabotage.Name)).Append(system.Healthy))
        {
            var token = TestContext.Current.CancellationToken;
            var traces = await new TraceSource(new OtlpSpans(system.Listener), 1, TimeSpan.Zero, TimeProvider.System)
                .CheckAsync(run, static _ => { }, token);
            var logs = await new LogSource(new OtlpLogs(system.Listener), TimeSpan.Zero, TimeProvider.System)
                .CheckAsync(run, static _ => { }, token);

            Assert.Equal((VerificationVerdict.Exact, VerificationVerdict.Exact), (traces.Verdict, logs.Verdict));
        }
    }

    [Fact]
    public async Task Log_records_in_the_dashboard_are_those_of_the_requests()
    {
        var result = await system.Logs(Eventually.Never).CheckAsync(
            system.Healthy, static _ => { }, TestContext.Current.CancellationToken);

        Assert.Equal(VerificationVerdict.Exact, result.Verdict);
        Assert.Equal(system.Healthy.Counts.Logged.Total.Low, result.Checks.Single().Seen);
    }

    [Theory]
    [InlineData(TracedSystem.LostLine, FindingKind.LineLost)]
    [InlineData(TracedSystem.LineTwice, FindingKind.LineTwice)]
    public async Task Log_records_that_are_spoiled_on_the_way_are_found_as_what_they_are(string name, FindingKind kind)
    {
        var result = await system.Logs(TimeSpan.Zero).CheckAsync(
            system.RunOf(name), static _ => { }, TestContext.Current.CancellationToken);

        var finding = Assert.Single(result.Checks.Single().Findings);
        Assert.Equal((kind, 1L), (finding.Kind, finding.Missing + finding.Surplus));
        SabotageTable.Hold(name, result);
    }

    [Theory]
    [MemberData(nameof(Sabotages))]
    public async Task Each_way_in_which_spans_are_spoiled_is_found_as_what_it_is(string name)
    {
        var sabotage = SpanSabotage.All.Single(one => one.Name == name);
        // All that will ever come is there.
        using var source = system.Traces(patience: TimeSpan.Zero);
        var result = await source.CheckAsync(system.RunOf(sabotage.Name), static _ => { }, TestContext.Current.CancellationToken);

        var found = string.Join('\n', result.Checks.SelectMany(check => check.Findings.Select(finding => $"{check.Name}: {finding}")));
        var expected = sabotage.CountIn(system.RunOf(sabotage.Name));
        Assert.True(expected > 0, "Nothing was spoiled.");
        var checks = result.Checks.Where(check => check.Findings.Count > 0).Select(check => check.Name);
        Assert.True(sabotage.Checks.SequenceEqual(checks), found);
        var findings = result.Checks.SelectMany(check => check.Findings).ToList();
        Assert.True(findings.TrueForAll(finding => finding.Kind == sabotage.Kind), found);
        var count = findings.Sum(finding => finding.Count + finding.Missing + finding.Surplus);
        Assert.True(expected == count, $"expected {expected}: {found}");
        SabotageTable.Hold(name, result);
    }

    [Fact]
    public async Task A_share_of_the_traces_is_all_there_when_no_more_come()
    {
        var run = system.RunOf(SpanSabotage.All.Single(sabotage => sabotage.Kind == FindingKind.SamplingRate).Name);
        var time = new FakeTimeProvider(run.End);
        using var source = system.Traces(Eventually.Never, sampling: 0.5, time);
        var checking = source.CheckAsync(run, static _ => { }, TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync("It waits for ever.", () =>
        {
            time.Advance(TimeSpan.FromSeconds(0.5));
            return checking.IsCompleted;
        });

        var result = await checking;
        Assert.Equal(VerificationVerdict.Exact, result.Verdict);
        // They were there before it first asked, and not only when it had waited.
        Assert.Equal((TimeSpan.Zero, true), (result.VisibleAfter, result.VisibleWhenFirstAsked));
    }

    [Fact]
    public async Task An_address_without_a_dashboard_is_named()
    {
        using var source = new TraceSource(
            new AspireSpans(new AspireClient(new Uri($"http://127.0.0.1:{FreePort.Find()}"))), 1, TimeSpan.Zero, TimeProvider.System);

        var exception = await Assert.ThrowsAsync<OperationFailedException>(
            () => source.PrepareAsync(static _ => { }, TestContext.Current.CancellationToken));
        Assert.StartsWith("no Aspire dashboard answers at http://127.0.0.1:", exception.Message, StringComparison.Ordinal);
    }
}
