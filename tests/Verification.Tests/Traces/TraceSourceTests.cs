using Bookinfo.Load;
using Bookinfo.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Bookinfo.Verification.Tests;

/// <summary>What is said of spans where the real services and a real platform do not lead to it.</summary>
public sealed class TraceSourceTests
{
    private const long Millisecond = 1_000_000;

    [Theory]
    [InlineData(0)] // Nothing came there.
    [InlineData(7)] // All of it did, and nobody waited for the answer.
    [InlineData(3)] // The service that was asked was killed, and its spans with it: others are below spans that are not there.
    public async Task Spans_of_requests_of_which_nobody_knows_may_be_there_or_not(int spans)
    {
        using var ledger = new SampleLedger().Add(3, version: "v2").Add(2, error: ErrorKind.Timeout);
        var run = await ledger.ExpectAsync();
        var known = run.Traces.First();
        var made = MadeSpans.Of(run).Concat(run.Traces.Skip(3).SelectMany(trace =>
            MadeSpans.Of(trace with { Fate = known.Fate }).TakeLast(spans)));
        var result = await CheckAsync(run, made);

        Assert.Empty(Told(result));
        Assert.Equal(new CountRange(3, 5), result.Checks[0].Expected);
        Assert.Equal(spans == 0 ? 3 : 5, result.Checks[0].Seen);
    }

    [Fact]
    public async Task Spans_below_a_service_that_was_lost_with_its_own_are_not_misplaced()
    {
        using var ledger = new SampleLedger().Add(1, version: "v2").Add(1, flaw: "page without reviews");
        var run = await ledger.ExpectAsync();
        var (whole, flawed) = (run.Traces.First(), run.Traces.Last());
        // Reviews answered nothing and left no span, and what it had called did.
        var made = MadeSpans.Of(whole with { TraceId = flawed.TraceId, ParentId = flawed.ParentId })
            .Where(span => span.Service != "reviews")
            .Select(span => span.Attributes.GetValueOrDefault("service.peer.name") == "reviews" ? Failed(span) : span);
        Assert.Empty(Told(await CheckAsync(run, MadeSpans.Of(whole).Concat(made))));
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(2, FindingKind.Surplus)]
    public async Task A_first_try_that_no_page_shows_may_be_there_once(int tries, FindingKind? kind)
    {
        using var ledger = new SampleLedger().Add(4, version: "v2");
        var run = await ledger.ExpectAsync();
        var spans = MadeSpans.Of(run);
        var good = spans.First(span => span.Attributes.GetValueOrDefault("service.peer.name") == "reviews");
        var failed = Enumerable.Range(1, tries).Select(number => Failed(good with { Id = good.Id + (ulong)number }));

        var findings = Told(await CheckAsync(run, spans.Concat(failed)));
        Assert.Equal(kind is null ? [] : [kind.Value], findings.Select(finding => finding.Kind));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Spans_of_sidecars_may_lie_in_between_and_their_loss_breaks_the_tree(bool areAllThere)
    {
        using var ledger = new SampleLedger().Add(4, version: "v3");
        var run = await ledger.ExpectAsync();
        var spans = MadeSpans.Of(run).SelectMany(span => new[]
        {
            span with { Parent = span.Id ^ 1 },
            span with { Id = span.Id ^ 1, Parent = span.Id ^ 2, Service = "envoy", Kind = SpanKind.Other },
            span with { Id = span.Id ^ 2, Service = "envoy", Kind = SpanKind.Other },
        }).ToList();
        var result = await CheckAsync(run, areAllThere ? spans : spans.Where((_, index) => index != 4));

        Assert.Equal(areAllThere ? [] : [(FindingKind.ParentBroken, 1)], Told(result).Select(finding => (finding.Kind, finding.Count)));
        Assert.Contains($"Spans of others in these traces, such as sidecars: {(areAllThere ? 56 : 55)}.", result.Notes);
    }

    [Theory]
    [InlineData(0, 3, true)]
    [InlineData(1, 3, false)]
    public async Task The_oldest_that_a_platform_let_go_are_untold_and_others_lost(int from, int count, bool isUntold)
    {
        using var ledger = new SampleLedger().Add(9, version: "v1");
        var run = await ledger.ExpectAsync();
        var absent = run.Traces.Skip(from).Take(count).Select(trace => trace.TraceId).ToList();
        var result = await CheckAsync(run, MadeSpans.Of(run).Where(span => !absent.Contains(span.TraceId)));

        Assert.Equal(isUntold ? [] : [(FindingKind.TraceLost, 3)], Told(result).Select(finding => (finding.Kind, finding.Missing)));
        Assert.Equal(isUntold ? VerificationVerdict.Untold : VerificationVerdict.Differs, result.Verdict);
    }

    [Theory]
    [InlineData(0.5, 0.5, null)]
    [InlineData(0.1, 0.1, null)]
    [InlineData(0.5, 0.1, FindingKind.SamplingRate)]
    [InlineData(0.5, 1.0, FindingKind.SamplingRate)]
    public async Task A_share_of_the_traces_is_held_against_what_was_asked_for(double taken, double asked, FindingKind? kind)
    {
        using var ledger = new SampleLedger().Add(400, version: "v1");
        var run = await ledger.ExpectAsync();
        var limit = (ulong)(taken * (1UL << 56));
        var result = await CheckAsync(
            run, MadeSpans.Of(run).Where(span => (SpanIds.Span(span.TraceId[16..]) & ((1UL << 56) - 1)) < limit), sampling: asked);

        var findings = Told(result);
        Assert.Equal(kind is null ? [] : [kind.Value], findings.Select(finding => finding.Kind));
        Assert.All(findings, finding => Assert.Contains("by its last 56 bits of the id", finding.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_more_traces_than_can_be_asked_for_some_are_that_are_spread_over_the_run()
    {
        using var ledger = new SampleLedger().Add(25, version: "v1");
        var run = await ledger.ExpectAsync();
        using var store = new MadeStore(MadeSpans.Of(run)) { MostTraces = 10 };
        using var source = new TraceSource(store, 1, TimeSpan.Zero, TimeProvider.System);
        var result = await source.CheckAsync(run, static _ => { }, TestContext.Current.CancellationToken);

        Assert.Empty(Told(result));
        int[] spread = [1, 4, 6, 9, 11, 14, 16, 19, 21, 24];
        Assert.Equal(spread.Select(index => run.Traces.ElementAt(index).TraceId), store.Asked);
        Assert.Equal((CountRange.Exactly(10), 10L), (result.Checks[0].Expected, result.Checks[0].Seen));
        Assert.Equal(VerificationVerdict.Untold, result.Verdict);
        Assert.Equal(
            "The traces of 15 of 25 requests: 10 were asked for, spread over the run.",
            Assert.Single(result.Checks.SelectMany(check => check.NotChecked)));
    }

    [Theory]
    [InlineData(50, "details", true)]
    [InlineData(-50, "details", true)]
    [InlineData(50, "productpage", true)] // Then all that it calls are behind it.
    [InlineData(1, "details", false)]
    public async Task A_clock_that_is_off_is_found_with_by_how_much(long milliseconds, string service, bool isFound)
    {
        using var ledger = new SampleLedger().Add(9, version: "v1");
        var run = await ledger.ExpectAsync();
        var shift = milliseconds * Millisecond;
        var result = await CheckAsync(run, MadeSpans.Of(run).Select(span =>
            span.Service == service ? span with { Start = span.Start + shift, End = span.End + shift } : span));

        var findings = Told(result);
        Assert.All(findings, finding => Assert.Equal(FindingKind.ClockSkew, finding.Kind));
        Assert.Equal(
            !isFound ? [] : service == "details"
                ? [$"the clock of details v1 is 50.0 ms (±0.1 ms) {(milliseconds > 0 ? "ahead of" : "behind")} that of productpage v1."]
                : [
                    "the clock of details v1 is 50.0 ms (±0.1 ms) behind that of productpage v1.",
                    "the clock of reviews v1 is 50.0 ms (±0.1 ms) behind that of productpage v1.",
                ],
            findings.Select(finding => finding.Text), StringComparer.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("id", FindingKind.NotById)]
    [InlineData(null, null)]
    public async Task A_trace_that_another_way_shows_otherwise_is_found_where_there_is_one(string? way, FindingKind? kind)
    {
        using var ledger = new SampleLedger().Add(3, version: "v1");
        var run = await ledger.ExpectAsync();
        using var store = new MadeStore(MadeSpans.Of(run)) { OtherWay = way };
        store.Found = [.. store.Spans.Skip(1)];
        using var source = new TraceSource(store, 1, TimeSpan.Zero, TimeProvider.System);
        var result = await source.CheckAsync(run, static _ => { }, TestContext.Current.CancellationToken);

        Assert.Equal(kind is null ? [] : [kind.Value], Told(result).Select(finding => finding.Kind));
        Assert.Equal(way is null ? 6 : 7, result.Checks.Count);
    }

    [Fact]
    public async Task A_span_that_is_there_three_times_is_surplus_twice()
    {
        using var ledger = new SampleLedger().Add(3, version: "v1");
        var run = await ledger.ExpectAsync();
        var spans = MadeSpans.Of(run);
        var finding = Assert.Single(Told(await CheckAsync(run, [.. spans, spans[4], spans[4]])));
        Assert.Equal((FindingKind.SpanTwice, 2), (finding.Kind, finding.Surplus));
    }

    [Fact]
    public async Task Spans_that_come_late_are_waited_for_and_the_delay_is_told()
    {
        using var ledger = new SampleLedger().Add(3, version: "v1");
        var run = await ledger.ExpectAsync();
        var spans = MadeSpans.Of(run);
        using var store = new MadeStore(spans.SkipLast(1));
        var time = new FakeTimeProvider(run.End);
        using var source = new TraceSource(store, 1, Eventually.Never, time);
        var checking = source.CheckAsync(run, static _ => { }, TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync("It does not ask again.", () =>
        {
            time.Advance(TimeSpan.FromSeconds(0.1));
            return store.Readings >= 3;
        });
        var came = time.GetUtcNow() - run.End;
        store.Spans = [.. spans.Select(span => span.Seen)];
        await Eventually.HoldsAsync("It waits for ever.", () =>
        {
            time.Advance(TimeSpan.FromSeconds(0.1));
            return checking.IsCompleted;
        });

        var result = await checking;
        Assert.Equal(VerificationVerdict.Exact, result.Verdict);
        Assert.True(result.VisibleAfter >= came - TimeSpan.FromSeconds(1), $"{result.VisibleAfter} after {came}");
    }

    [Theory]
    [InlineData(true, VerificationVerdict.Untold)]
    [InlineData(false, VerificationVerdict.Differs)]
    public async Task What_still_comes_when_the_wait_is_over_is_late_and_not_lost(bool isComing, VerificationVerdict verdict)
    {
        using var ledger = new SampleLedger().Add(40, version: "v1");
        var run = await ledger.ExpectAsync();
        var spans = MadeSpans.Of(run).Select(span => span.Seen).ToList();
        using var store = new MadeStore(MadeSpans.Of(run).Take(10));
        var time = new FakeTimeProvider(run.End);
        using var source = new TraceSource(store, 1, TimeSpan.FromSeconds(60), time);
        var checking = source.CheckAsync(run, static _ => { }, TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync("It waits for ever.", () =>
        {
            // A platform that is slow, and shows a few more every 15 seconds.
            if (isComing && (time.GetUtcNow() - run.End).Seconds is 15 or 30 or 45)
            {
                store.Spans = [.. spans.Take(10 + (3 * (int)(time.GetUtcNow() - run.End).TotalSeconds))];
            }

            time.Advance(TimeSpan.FromSeconds(0.5));
            return checking.IsCompleted;
        });

        var result = await checking;
        Assert.Equal(verdict, result.Verdict);
        Assert.Equal(!isComing, result.Checks.Any(check => check.Findings.Count > 0));
        Assert.Equal(
            isComing, result.Checks.Any(check => check.NotChecked.Any(open => open.Contains("still coming", StringComparison.Ordinal))));
    }

    /// <summary>By some traces it is seen how much has come; those may stand still while others come.</summary>
    [Fact]
    public async Task What_comes_of_other_traces_than_those_that_are_looked_at_is_waited_for_as_well()
    {
        using var ledger = new SampleLedger().Add(40, version: "v1");
        var run = await ledger.ExpectAsync();
        var spans = MadeSpans.Of(run).Select(span => span.Seen).ToList();
        var looked = run.Spread(10).Traces.Select(trace => SpanIds.Trace(trace.TraceId)).ToHashSet();
        var others = spans.Where(span => !looked.Contains(span.TraceId)).Take(50).ToList();
        var isRead = false;
        using var store = new MadeStore([]);
        var time = new FakeTimeProvider(run.End);
        using var source = new TraceSource(store, 1, TimeSpan.FromMinutes(5), time);
        var checking = source.CheckAsync(run, static _ => { }, TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync("It waits for ever.", () =>
        {
            // The rest comes only after all that there was has been read once.
            store.Spans = (time.GetUtcNow() - run.End).TotalSeconds < 10 ? []
                : (isRead |= store.Asked.Count == 40) ? spans
                : others;
            time.Advance(TimeSpan.FromSeconds(0.5));
            return checking.IsCompleted;
        });

        Assert.Equal(VerificationVerdict.Exact, (await checking).Verdict);
    }

    private static MadeSpan Failed(MadeSpan tried) => tried with
    {
        Attributes = new Dictionary<string, string>(tried.Attributes)
        {
            ["http.response.status_code"] = "503",
            ["error.type"] = "503",
        },
    };

    private static List<Finding> Told(SignalResult result) => [.. result.Checks.SelectMany(check => check.Findings)];

    private static async Task<SignalResult> CheckAsync(RunExpectation run, IEnumerable<MadeSpan> spans, double sampling = 1)
    {
        using var source = new TraceSource(new MadeStore(spans), sampling, TimeSpan.Zero, TimeProvider.System);
        return await source.CheckAsync(run, static _ => { }, TestContext.Current.CancellationToken);
    }
}
