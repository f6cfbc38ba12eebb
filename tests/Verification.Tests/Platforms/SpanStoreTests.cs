using Bookinfo.Foundation;
using Bookinfo.Testing;

namespace Bookinfo.Verification.Tests;

/// <summary>
/// Platforms of spans, of which something stands in here: one that is healthy shows exactly what happened, and whatever is spoiled is found
/// as what it is, and nothing else is called wrong.
/// </summary>
public sealed class SpanStoreTests : IDisposable
{
    private const int Requests = 30;

    private const string InAFarFuture = """
        {"data":[{
          "processes":{"p":{"serviceName":"details"}},
          "spans":[{"processID":"p","startTime":9000000000000000,"duration":1,"traceID":"1","spanID":"1"}]
        }]}
        """;

    private readonly SampleLedger _ledger = new SampleLedger(SampleLedger.PagePath, "/api/v1/products/7/ratings")
        .Add(10, version: "v1").Add(10, version: "v2").Add(10, path: 1);

    public static TheoryData<string> Platforms => [.. SpanPlatform.All.Keys];

    public static TheoryData<string, string> Sabotages =>
        new(SpanPlatform.All.Keys.SelectMany(platform => Ways.Keys.Select(sabotage => (platform, sabotage))));

    /// <summary>What is made of the spans of the trace in the middle, and what it must be found to be.</summary>
    private static readonly
        Dictionary<string, (Func<List<MadeSpan>, IEnumerable<MadeSpan>> Spoil, FindingKind Kind, string Check, long Count)> Ways = new()
        {
            ["a span dropped"] = (spans => spans.Where(span => span != spans.Last(IsTry)), FindingKind.SpanLost, "client spans", 1),
            ["a span twice"] = (spans => spans.Append(spans[0]), FindingKind.SpanTwice, "span ids and parents", 1),
            ["a parent broken"] = (
                spans => spans.Select(span => span == spans[1] ? span with { Parent = ~span.Parent } : span), FindingKind.ParentBroken,
                "span ids and parents", 1),
            ["a version mislabeled"] = (
                spans => spans.Select(span => span == spans[^1] ? span with { Version = "v9" } : span), FindingKind.WrongLabel,
                "server spans", 1),
            ["a trace lost"] = (_ => [], FindingKind.TraceLost, "traces", 1),
            ["an id cut to 64 bits"] = (
                spans => spans.Select(span => span with { TraceId = span.TraceId[16..] }), FindingKind.IdCut, "traces", 1),
        };

    public void Dispose() => _ledger.Dispose();

    [Theory]
    [MemberData(nameof(Platforms))]
    public async Task A_healthy_one_shows_exactly_what_happened(string name)
    {
        var run = await _ledger.ExpectAsync();
        await using var platform = await SpanPlatform.All[name].StartAsync(MadeSpans.Of(run));
        var result = await CheckAsync(name, platform.Address, run);

        Assert.Empty(Findings(result));
        Assert.Equal(
            [Requests, run.Counts.Served.Total.Low, run.Counts.Tried.Total.Low],
            result.Checks.Where(check => check.Seen is not null).Take(3).Select(check => check.Seen!.Value));
        Assert.StartsWith($"{name.Split(' ')[^1]} at {platform.Address}", result.Source, StringComparison.Ordinal);
        Assert.Contains(result.Notes, note => note.Contains("not tried on a real", StringComparison.Ordinal));
        // An old Tempo cannot be searched for ids, and says so.
        var search = result.Checks.Single(check => check.Name == "traces by search");
        Assert.Equal(name == "an old Tempo" ? (0, 1) : (Requests, 0), (search.Seen!.Value, search.NotChecked.Count));
    }

    [Theory]
    [MemberData(nameof(Sabotages))]
    public async Task Each_way_in_which_spans_are_spoiled_is_found_as_what_it_is(string name, string sabotage)
    {
        var run = await _ledger.ExpectAsync();
        var (spoil, kind, check, count) = Ways[sabotage];
        var spoiled = run.Traces.Skip(Requests / 2).First().TraceId;
        var spans = MadeSpans.Of(run).GroupBy(span => span.TraceId)
            .SelectMany(trace => trace.Key == spoiled ? spoil([.. trace]) : trace).ToList();
        await using var platform = await SpanPlatform.All[name].StartAsync(spans);
        var result = await CheckAsync(name, platform.Address, run);

        var finding = Assert.Single(Findings(result));
        Assert.Equal((kind, count), (finding.Kind, finding.Count + finding.Missing + finding.Surplus));
        Assert.Equal(check, Assert.Single(result.Checks, one => one.Findings.Count > 0).Name);
    }

    [Theory]
    [InlineData("Jaeger", 0)]
    [InlineData("Jaeger", 1)]
    [InlineData("Tempo", 0)]
    [InlineData("Zipkin", 0)]
    [InlineData("Zipkin", 1)]
    public async Task A_trace_that_search_does_not_find_or_not_whole_is_told_apart_from_one_that_is_lost(string name, int searched)
    {
        var run = await _ledger.ExpectAsync();
        var spans = MadeSpans.Of(run);
        await using var platform = await SpanPlatform.All[name].StartAsync(
            spans, [.. spans.GroupBy(span => span.TraceId).SelectMany((trace, index) => index == 3 ? trace.Take(searched) : trace)]);
        var finding = Assert.Single(Findings(await CheckAsync(name, platform.Address, run)));

        Assert.Equal((FindingKind.NotBySearch, 1), (finding.Kind, finding.Count));
        Assert.Contains(run.Traces.Skip(3).First().TraceId, Assert.Single(finding.Examples), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Jaeger", 100)]
    [InlineData("Zipkin", 500)]
    public async Task An_answer_of_a_search_that_is_as_long_as_it_may_be_leaves_open_what_is_there(string name, int limit)
    {
        var run = await _ledger.ExpectAsync();
        var spans = MadeSpans.Of(run);
        // As many others begin at the same time, and come first.
        var others = Enumerable.Range(1, limit).SelectMany(number =>
            spans.Take(1).Select(span => span with { TraceId = number.ToString("x32", null) }));
        await using var platform = await SpanPlatform.All[name].StartAsync(spans, [.. others, .. spans]);
        var result = await CheckAsync(name, platform.Address, run);

        Assert.Empty(Findings(result));
        Assert.Equal(VerificationVerdict.Untold, result.Verdict);
        Assert.StartsWith(
            $"1 of {Requests} traces may be found by search or not", result.Checks.SelectMany(check => check.NotChecked).Single(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_two_sides_of_a_call_of_sidecars_may_share_a_span_in_Zipkin()
    {
        var run = await _ledger.ExpectAsync();
        // Between a try and the request that it leads to there is a pair of sidecars whose spans have one id.
        var spans = MadeSpans.Of(run).SelectMany(span => span.Kind != SpanKind.Server || span.Service == "productpage" ? [span] : new[]
        {
            span with { Id = span.Id ^ 1, Kind = SpanKind.Client, Service = $"{span.Service}.sidecar" },
            span with
            {
                Id = span.Id ^ 1, Service = $"{span.Service}.sidecar",
                Attributes = new Dictionary<string, string> { ["shared"] = "true" },
            },
            span with { Parent = span.Id ^ 1 },
        }).ToList();
        await using var platform = await SpanPlatform.All["Zipkin"].StartAsync(spans);
        var result = await CheckAsync("Zipkin", platform.Address, run);

        Assert.Equal(VerificationVerdict.Exact, result.Verdict);
        var ofSidecars = spans.Count(span => span.Service.EndsWith("sidecar", StringComparison.Ordinal));
        Assert.Contains($"Spans of others in these traces, such as sidecars: {ofSidecars}.", result.Notes);
    }

    [Fact]
    public async Task A_part_of_a_trace_is_not_taken_for_the_whole()
    {
        var run = await _ledger.ExpectAsync();
        await using var platform = await StandIn.StartAsync(
            _ => StandIn.Text(200, """{"trace":{},"status":"PARTIAL","message":"too big"}"""));

        var failure = await Assert.ThrowsAsync<OperationFailedException>(() => CheckAsync("Tempo", platform.Address, run, connect: false));
        Assert.Contains("shows a part only of a trace", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Platforms))]
    public async Task An_address_where_it_does_not_answer_is_named_without_what_is_secret(string name)
    {
        var kind = name.Split(' ')[^1];
        using var nobody = new ClosedPort();
        await AssertFailsAsync(nobody.Address, $"no {kind} answers at {nobody.Address}: ");
        await using var html = await StandIn.StartAsync(_ => StandIn.Text(200, "<html>"));
        await AssertFailsAsync(html.Address, $"no {kind} answers at {html.Address}: its answer to '/api/");
        await using var other = await StandIn.StartAsync(_ => StandIn.Text(200, "3"));
        await AssertFailsAsync(other.Address, $"no {kind} answers at {other.Address}: ");
        await using var unknown = await StandIn.StartAsync(_ => StandIn.Text(404, "404 page not found"));
        await AssertFailsAsync(unknown.Address, $"no {kind} answers at {unknown.Address}: what is there does not know '/api/");
        await using var broken = await StandIn.StartAsync(_ => StandIn.Text(500, "out of\nmemory."));
        await AssertFailsAsync(broken.Address, "' is 500 (out of memory).");

        await using var shut = await StandIn.StartAsync(_ => StandIn.Text(401, ""));
        await AssertFailsAsync(
            new UriBuilder(shut.Address) { UserName = "me", Password = "a%3Ab" }.Uri,
            $"no {kind} answers at {shut.Address}: it wants to know who asks");
        Assert.Equal("Basic bWU6YTpi", shut.Authorization);
        await AssertFailsAsync(new UriBuilder(shut.Address) { UserName = "a-token" }.Uri, $"{shut.Address}: it wants to know who asks");
        Assert.Equal("Bearer a-token", shut.Authorization);

        async Task AssertFailsAsync(Uri address, string message)
        {
            using var source = Open(name, address);
            var failure = await Assert.ThrowsAsync<OperationFailedException>(
                () => source.PrepareAsync(static _ => { }, TestContext.Current.CancellationToken));
            Assert.Contains(message, failure.Message, StringComparison.Ordinal);
            Assert.DoesNotMatch("me@|me:|a-token|bWU6", failure.Message);
        }
    }

    [Theory]
    [InlineData("Jaeger", """{"data":[{"processes":{},"spans":[{"processID":null}]}]}""")]
    [InlineData("Jaeger", """{"data":[{"processes":{"p":{}},"spans":[{"processID":"p","startTime":1,"traceID":null}]}]}""")]
    [InlineData("Jaeger", InAFarFuture)]
    [InlineData("Tempo", "[]")]
    [InlineData("Tempo", "null")]
    [InlineData("Zipkin", """[{"traceId":"1"}]""")]
    [InlineData("Zipkin", """[{"id":null,"traceId":"1"}]""")]
    public async Task An_answer_with_something_that_cannot_be_is_named(string name, string body)
    {
        var run = await _ledger.ExpectAsync();
        await using var platform = await StandIn.StartAsync(_ => StandIn.Text(200, body));

        var failure = await Assert.ThrowsAsync<OperationFailedException>(() => CheckAsync(name, platform.Address, run, connect: false));
        Assert.Equal(FailureKind.TargetUnreachable, failure.Kind);
        Assert.StartsWith($"no {name} answers at {platform.Address}: its answer to '/api/", failure.Message, StringComparison.Ordinal);
        Assert.Contains(" cannot be read: ", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("utf-7")]
    public async Task A_reason_is_shown_whatever_it_says_of_its_encoding(string charset)
    {
        await using var platform = await StandIn.StartAsync(_ => StandIn.Text(418, "no t\u00e9a", $"text/plain; charset={charset}"));
        using var source = Open("Jaeger", platform.Address);

        var failure = await Assert.ThrowsAsync<OperationFailedException>(
            () => source.PrepareAsync(static _ => { }, TestContext.Current.CancellationToken));
        Assert.EndsWith(" is 418 (no t\u00e9a).", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Tempo")]
    [InlineData("Loki")]
    public async Task One_that_keeps_several_tenants_is_asked_for_one(string name)
    {
        await using var platform = await StandIn.StartAsync(_ => StandIn.Text(401, "no org id"));
        using ISource source = name == "Tempo"
            ? new TraceSource(new TempoSpans(platform.Address, "me"), 1, TimeSpan.Zero, TimeProvider.System)
            : new LogSource(new LokiLogs(platform.Address, LokiLogs.UsualQuery, "me"), TimeSpan.Zero, TimeProvider.System);
        var failure = await Assert.ThrowsAsync<OperationFailedException>(
            () => source.PrepareAsync(static _ => { }, TestContext.Current.CancellationToken));
        Assert.EndsWith(", or name the tenant with --tenant.", failure.Message, StringComparison.Ordinal);
        Assert.Equal("me", platform.Tenant);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task One_that_has_too_much_to_do_is_asked_again(int status)
    {
        var run = await _ledger.ExpectAsync();
        var spans = MadeSpans.Of(run);
        var refused = 0;
        var busy = run.Traces.First().TraceId;
        await using var platform = await StandIn.StartAsync(request =>
            request.Path.Value!.EndsWith(busy, StringComparison.Ordinal) && Interlocked.Increment(ref refused) <= 2
                ? StandIn.Text(status, "too many requests")
                : SpanPlatform.All["Zipkin"].Answer(request, spans));
        var result = await CheckAsync("Zipkin", platform.Address, run);

        Assert.Equal(VerificationVerdict.Exact, result.Verdict);
        Assert.Equal(3, refused);
    }

    [Fact]
    public async Task One_that_fails_in_the_middle_is_not_taken_for_one_that_has_no_more()
    {
        var run = await _ledger.ExpectAsync();
        var broken = run.Traces.Skip(20).First().TraceId;
        await using var platform = await StandIn.StartAsync(request =>
            request.Path.Value!.EndsWith(broken, StringComparison.Ordinal)
                ? StandIn.Text(500, "no disk")
                : SpanPlatform.All["Zipkin"].Answer(request, MadeSpans.Of(run)));
        var failure = await Assert.ThrowsAsync<OperationFailedException>(() => CheckAsync("Zipkin", platform.Address, run));

        Assert.Equal(
            $"no Zipkin answers at {platform.Address}: its answer to '/api/v2/trace/{broken}' is 500 (no disk).", failure.Message);
    }

    private static bool IsTry(MadeSpan span) => span.Kind == SpanKind.Client;

    private static List<Finding> Findings(SignalResult result) => [.. result.Checks.SelectMany(check => check.Findings)];

    private static TraceSource Open(string name, Uri address) =>
        new(SpanPlatform.All[name].Open(address), sampling: 1, patience: TimeSpan.Zero, TimeProvider.System);

    private static async Task<SignalResult> CheckAsync(string name, Uri address, RunExpectation run, bool connect = true)
    {
        var token = TestContext.Current.CancellationToken;
        using var source = Open(name, address);
        if (connect)
        {
            await source.PrepareAsync(static _ => { }, token);
        }

        return await source.CheckAsync(run, static _ => { }, token);
    }
}
