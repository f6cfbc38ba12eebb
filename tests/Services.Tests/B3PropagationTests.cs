using Bookinfo.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Http;

namespace Services.Tests;

/// <summary>
/// Zipkin's headers (github.com/openzipkin/b3-propagation): what of them counts, what a bad one does beside a good one, and that no id is
/// told that nobody made. Headers of a request are divided by '|'.
/// </summary>
public sealed class B3PropagationTests(TracedService service) : IClassFixture<TracedService>
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string Other = "0af7651916cd43dd8448eb211c80319c";
    private const string Short = "a3ce929d0e0e4736";
    private const string Span = "00f067aa0ba902b7";
    private const string Parent = "0020000000000001";

    /// <summary>Headers, and the trace that is continued; <see langword="null"/> when a new one begins.</summary>
    public static TheoryData<string, string?> Requests => new()
    {
        { $"b3: {Trace}-{Span}-1-{Parent}", Trace },
        { $"b3: {Trace}-{Span}", Trace },
        { $"b3: {Short}-{Span}-1", Short },
        { $"b3: {Trace.ToUpperInvariant()}-{Span.ToUpperInvariant()}-1", Trace },
        { $"b3:  {Trace}-{Span}-1\t", Trace },
        { $"b3: {new string('0', 16)}{Short}-{Span}-1", new string('0', 16) + Short },
        { $"b3: {new string('0', 32)}-{Span}-1", null },
        { $"b3: {new string('0', 16)}-{Span}-1", null },
        { $"b3: {Trace}-0000000000000000-1", null },
        { $"b3: {Trace}0-{Span}-1", null },
        { $"b3: {Trace[1..]}-{Span}-1", null },
        { $"b3: {Short[1..]}-{Span}-1", null },
        { $"b3: {Trace}-{Span}0-1", null },
        { $"b3: {Trace}-{Span[1..]}-1", null },
        { $"b3: {Trace[1..]}g-{Span}-1", null },
        { $"b3: {Trace}-{Span}-2", null },
        { $"b3: {Trace}-{Span}-true", null },
        { $"b3: {Trace}-{Span}-", null },
        { $"b3: {Trace}-{Span}-1-", null },
        { $"b3: {Trace}-{Span}-1-{Parent}-", null },
        { $"b3: {Trace}-{Span}-1-{Parent[1..]}", null },
        { $"b3: {Trace}", null },
        { "b3: 1", null },
        { "b3: d", null },
        { "b3: true", null },
        { "b3:", null },
        { $"b3: {Trace}-{Span}-1|b3: {Other}-{Span}-1", null },
        { $"x-b3-traceid: {Trace}|x-b3-spanid: {Span}", Trace },
        { $"x-b3-traceid: {Short}|x-b3-spanid: {Span}|x-b3-sampled: 1", Short },
        { $"x-b3-traceid: {Trace}|x-b3-spanid: {Span}|x-b3-sampled: true", Trace },
        { $"x-b3-traceid: {Trace}|x-b3-spanid: {Span}|x-b3-sampled: rubbish", Trace },
        { $"x-b3-traceid: {Trace}|x-b3-spanid: {Span}|x-b3-parentspanid: rubbish", Trace },
        { $"x-b3-traceid: {Trace}|x-b3-spanid: {Span}|x-b3-flags: 7", Trace },
        { $"x-b3-traceid: {Trace}", null },
        { $"x-b3-traceid: {Trace}|x-b3-spanid: rubbish", null },
        { $"x-b3-traceid: {new string('0', 32)}|x-b3-spanid: {Span}", null },
        { $"x-b3-traceid: {Trace}|x-b3-spanid: 0000000000000000", null },
        { $"x-b3-traceid: {Trace}|x-b3-traceid: {Trace}|x-b3-spanid: {Span}", null },
        { $"x-b3-spanid: {Span}|x-b3-sampled: 1", null },
        // A good one beside a bad one, and which of two good ones goes first.
        { $"b3: rubbish|x-b3-traceid: {Trace}|x-b3-spanid: {Span}", Trace },
        { $"b3: {Trace}-{Span}-1|x-b3-traceid: rubbish|x-b3-spanid: {Span}", Trace },
        { $"b3: {Trace}-{Span}-1|x-b3-traceid: {Other}|x-b3-spanid: {Span}", Trace },
        { $"traceparent: rubbish|tracestate: foo=1|b3: {Trace}-{Span}-1", Trace },
        { $"traceparent: ff-{Other}-{Span}-01|x-b3-traceid: {Trace}|x-b3-spanid: {Span}", Trace },
        { $"traceparent: 00-{Trace}-{Span}-01|b3: rubbish", Trace },
        { $"traceparent: 00-{Trace}-{Span}-01|b3: 0", Trace },
        { $"traceparent: 00-{Trace}-{Span}-01|x-b3-sampled: 0", Trace },
        { $"traceparent: 00-{Trace}-{Span}-01|b3: {Other}-{Span}-1", Trace },
        { $"traceparent: 00-{Trace}-{Span}-01|x-b3-traceid: {Other}|x-b3-spanid: {Span}", Trace },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task What_is_valid_is_continued_in_all_formats_that_came(string headers, string? continued)
    {
        var sent = await service.CallAsync(headers.Split('|'));
        var traces = sent.Values("traceparent").Select(value => value.Split('-')[1])
            .Concat(sent.Values("b3").Select(value => value.Split('-')[0]))
            .Concat(sent.Values("x-b3-traceid")).ToList();
        var formats = (headers.Contains("traceparent", StringComparison.Ordinal) ? 1 : 0) + (
            headers.Contains("|b3:", StringComparison.Ordinal) || headers.StartsWith("b3:", StringComparison.Ordinal) ? 1 : 0)
            + (headers.Contains("x-b3-traceid", StringComparison.Ordinal)
                || headers.Contains("x-b3-sampled", StringComparison.Ordinal) ? 1 : 0);
        Assert.Equal(formats, traces.Count);
        var trace = Assert.Single(traces.Select(trace => trace.PadLeft(32, '0')).Distinct());
        if (continued is null)
        {
            Assert.DoesNotContain(trace, new[] { Trace, Other, Short.PadLeft(32, '0'), new string('0', 32) });
        }
        else
        {
            Assert.Equal(continued.PadLeft(32, '0'), trace);
            Assert.Contains(continued, traces);
        }

        Assert.Empty(sent.Values("tracestate"));
    }

    [Theory]
    [InlineData("b3: 0", "b3", "^[0-9a-f]{32}-[0-9a-f]{16}-0$")]
    [InlineData("b3: d", "b3", "^[0-9a-f]{32}-[0-9a-f]{16}-d-[0-9a-f]{16}$")]
    [InlineData("b3: 1", "b3", "^[0-9a-f]{32}-[0-9a-f]{16}-1-[0-9a-f]{16}$")]
    [InlineData("b3: rubbish|x-b3-sampled: 0", "x-b3-sampled", "^0$")]
    [InlineData("x-b3-sampled: false", "x-b3-sampled", "^0$")]
    [InlineData("x-b3-sampled: False", "x-b3-sampled", "^0$")]
    [InlineData("x-b3-sampled: True", "x-b3-sampled", "^1$")]
    [InlineData("x-b3-sampled: true", "x-b3-sampled", "^1$")]
    [InlineData("x-b3-sampled: 0|x-b3-flags: 1", "x-b3-flags", "^1$")]
    [InlineData("x-b3-traceid: rubbish|x-b3-spanid: rubbish|x-b3-sampled: 0", "x-b3-sampled", "^0$")]
    [InlineData($"traceparent: 00-{Trace}-{Span}-00|b3: d", "b3", "^[0-9a-f]{32}-[0-9a-f]{16}-0-[0-9a-f]{16}$")]
    [InlineData($"traceparent: 00-{Trace}-{Span}-00|x-b3-flags: 1", "x-b3-sampled", "^0$")]
    [InlineData($"traceparent: 00-{Trace}-{Span}-01|b3: 0", "b3", "^[0-9a-f]{32}-[0-9a-f]{16}-1-[0-9a-f]{16}$")]
    public async Task A_decision_is_passed_on_and_that_of_the_trace_that_is_continued_holds(string headers, string name, string value) =>
        Assert.Matches(value, Assert.Single((await service.CallAsync(headers.Split('|'))).Values(name)));

    [Theory]
    [InlineData("x-b3-sampled: 0")]
    [InlineData("x-b3-sampled: false")]
    public async Task A_decision_against_a_trace_names_no_parent_that_nobody_made(string header) =>
        Assert.Empty((await service.CallAsync(header)).Values("x-b3-parentspanid"));

    /// <summary>The log shows it as it is: <see langword="null"/> for the default value.</summary>
    [Theory]
    [InlineData("b3", "0")]
    [InlineData("b3", "1")]
    [InlineData("b3", "d")]
    [InlineData("b3", "rubbish")]
    [InlineData("b3", "00000000000000000000000000000000-00f067aa0ba902b7-1")]
    [InlineData("x-b3-sampled", "0")]
    [InlineData("x-b3-sampled", "false")]
    [InlineData("x-b3-flags", "1")]
    [InlineData("x-b3-traceid", "4bf92f3577b34da6a3ce929d0e0e4736")]
    [InlineData("traceparent", "00-00000000000000000000000000000000-00f067aa0ba902b7-01")]
    public void A_request_that_names_no_position_has_none(string name, string value) =>
        Assert.Equal(default, TraceHeaders.Extract(new HeaderDictionary { [name] = value }));

    [Theory]
    [InlineData("k=v")]
    [InlineData("k=v;property=1 , k2 = v2")]
    [InlineData("k=v|k2=v2")]
    [InlineData("no list at all")]
    [InlineData("=,;=%zz,k")]
    [InlineData("k=\u00e9")]
    public async Task Baggage_goes_on_as_it_came(string lines) =>
        Assert.Equal(
            lines.Replace("|", ", ", StringComparison.Ordinal),
            Assert.Single((await service.CallAsync([.. lines.Split('|').Select(line => $"baggage: {line}")])).Values("baggage")));

    [Fact]
    public async Task Baggage_goes_on_beyond_what_the_standard_asks_for()
    {
        // It asks for 64 members and 8,192 bytes.
        var baggage = string.Join(',', Enumerable.Range(0, 100).Select(number => $"key{number}={new string('v', 100)}"));
        Assert.Equal([baggage], (await service.CallAsync($"baggage: {baggage}")).Values("baggage"));
    }
}
