using Bookinfo.Testing;

namespace Services.Tests;

/// <summary>
/// With tracing our own spans own the trace headers: a child points to the span that called it, in the formats that came in.
/// </summary>
public sealed class TraceHeadersTests
{
    private const string Tracing = "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317";
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string Short = "a3ce929d0e0e4736";
    private const string Span = "00f067aa0ba902b7";

    [Theory]
    [InlineData("traceparent: 00-" + Trace + "-" + Span + "-01", "01")]
    [InlineData("traceparent: 00-" + Trace + "-" + Span + "-00", "00")]
    public async Task W3C_is_continued_in_W3C(string header, string flags)
    {
        var request = await CallAsync(header, "tracestate: vendor=1", "baggage: k=v");
        var parent = Assert.Single(request.Values("traceparent")).Split('-');
        Assert.Equal(("00", Trace, flags), (parent[0], parent[1], parent[3]));
        AssertOtherSpan(parent[2]);
        Assert.Equal(["vendor=1"], request.Values("tracestate"));
        Assert.Equal(["k=v"], request.Values("baggage"));
        AssertAbsent(request, "b3", "x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid", "x-b3-sampled");
    }

    [Theory]
    [InlineData(Trace, "-1", "1")]
    [InlineData(Trace, "-0", "0")]
    [InlineData(Trace, "-d", "d")]
    [InlineData(Trace, "", "1")]
    [InlineData(Trace, "-1-0000000000000001", "1")]
    [InlineData(Short, "-1", "1")]
    public async Task B3_in_one_header_is_continued_in_one_header(string trace, string rest, string sampled)
    {
        var request = await CallAsync($"b3: {trace}-{Span}{rest}");
        var b3 = Assert.Single(request.Values("b3")).Split('-');
        Assert.Equal((trace, sampled), (b3[0], b3[2]));
        AssertOtherSpan(b3[1]);
        // Nobody takes a span of the call then, so the position is that of the request that leads to it.
        Assert.Equal(sampled == "0", b3[3] == Span);
        AssertAbsent(request, "traceparent", "tracestate", "x-b3-traceid");
    }

    [Theory]
    [InlineData(Trace, "x-b3-sampled: 1", "x-b3-sampled", "1")]
    [InlineData(Trace, "x-b3-sampled: 0", "x-b3-sampled", "0")]
    [InlineData(Trace, "x-b3-flags: 1", "x-b3-flags", "1")]
    [InlineData(Short, "x-b3-parentspanid: 0000000000000001", "x-b3-sampled", "1")]
    public async Task B3_in_several_headers_is_continued_in_several_headers(string trace, string header, string decision, string taken)
    {
        var request = await CallAsync($"x-b3-traceid: {trace}", $"x-b3-spanid: {Span}", header);
        Assert.Equal([trace], request.Values("x-b3-traceid"));
        Assert.Equal([taken], request.Values(decision));
        // The debug flag stands in place of the decision.
        AssertAbsent(request, decision == "x-b3-flags" ? "x-b3-sampled" : "x-b3-flags");
        AssertOtherSpan(Assert.Single(request.Values("x-b3-spanid")));
        Assert.Equal(taken == "0", Assert.Single(request.Values("x-b3-parentspanid")) == Span);
        AssertAbsent(request, "traceparent", "b3");
    }

    [Fact]
    public async Task All_formats_that_came_are_written_and_tell_of_the_same_span()
    {
        var request = await CallAsync(
            $"traceparent: 00-{Trace}-{Span}-01", $"b3: {Trace}-{Span}-1", $"x-b3-traceid: {Trace}", $"x-b3-spanid: {Span}");
        var span = Assert.Single(request.Values("traceparent")).Split('-')[2];
        AssertOtherSpan(span);
        Assert.Equal([span], request.Values("x-b3-spanid"));
        Assert.StartsWith($"{Trace}-{span}-1-", Assert.Single(request.Values("b3")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x-none: x")]
    [InlineData("traceparent: 00-00000000000000000000000000000000-0000000000000000-01")]
    [InlineData("traceparent: rubbish")]
    public async Task Without_a_valid_position_a_new_trace_begins_in_W3C(string header)
    {
        var request = await CallAsync(header);
        Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-01$", Assert.Single(request.Values("traceparent")));
        Assert.DoesNotContain("00000000000000000000000000000000", request.Values("traceparent")[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("b3: rubbish")]
    [InlineData("b3: xyz-abc-1")]
    public async Task An_invalid_b3_begins_a_new_trace_in_b3(string header)
    {
        var request = await CallAsync(header);
        Assert.Matches("^[0-9a-f]{32}-[0-9a-f]{16}-1-[0-9a-f]{16}$", Assert.Single(request.Values("b3")));
    }

    [Theory]
    [InlineData("b3: 0", "b3", "^[0-9a-f]{32}-[0-9a-f]{16}-0$")]
    [InlineData("x-b3-sampled: 0", "x-b3-sampled", "^0$")]
    [InlineData("x-b3-sampled: false", "x-b3-sampled", "^0$")]
    public async Task A_decision_against_a_trace_that_has_no_position_is_passed_on(string header, string name, string value) =>
        Assert.Matches(value, Assert.Single((await CallAsync(header)).Values(name)));

    [Fact]
    public async Task The_two_tries_of_reviews_are_two_spans_with_one_parent_in_one_trace()
    {
        await using var reviews = new RecordingBackend(503, "{}");
        await using var page = await RunningService.StartAsync(
            Bookinfo.ProductPage.Program.Build, [Tracing, .. RunningService.At("reviews", reviews.Address)]);
        await RawHttp.GetAsync(page.Address, "/api/v1/products/0/reviews", $"b3: {Trace}-{Span}-1");
        var tries = reviews.Requests.Select(request => Assert.Single(request.Values("b3")).Split('-')).ToList();
        Assert.Equal(2, tries.Count);
        Assert.All(tries, b3 => Assert.Equal(Trace, b3[0]));
        Assert.NotEqual(tries[0][1], tries[1][1]);
        Assert.Equal(tries[0][3], tries[1][3]);
    }

    [Fact]
    public async Task The_other_headers_go_on_as_without_tracing()
    {
        var request = await CallAsync(
            "x-request-id: r-1", "sw8: 1-x", "x-datadog-trace-id: 7", "cookie: a=b", $"traceparent: 00-{Trace}-{Span}-01");
        Assert.Equal(
            ["r-1", "1-x", "7", "a=b"], new[] { "x-request-id", "sw8", "x-datadog-trace-id", "cookie" }.SelectMany(request.Values));
    }

    private static async Task<RecordedRequest> CallAsync(params string[] headers)
    {
        await using var ratings = new RecordingBackend(200, "{}");
        await using var reviews = await RunningService.StartAsync(
            Bookinfo.Reviews.Program.Build, [Tracing, "ENABLE_RATINGS=true", .. RunningService.At("ratings", ratings.Address)]);
        Assert.Equal(200, (await RawHttp.GetAsync(reviews.Address, "/reviews/0", headers))!.Status);
        return Assert.Single(ratings.Requests);
    }

    private static void AssertOtherSpan(string span)
    {
        Assert.Matches("^[0-9a-f]{16}$", span);
        Assert.NotEqual(Span, span);
        Assert.NotEqual("0000000000000000", span);
    }

    private static void AssertAbsent(RecordedRequest request, params string[] names) =>
        Assert.All(names, name => Assert.Empty(request.Values(name)));
}
