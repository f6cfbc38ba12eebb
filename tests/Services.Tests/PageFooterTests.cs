using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Bookinfo.ProductPage;
using Bookinfo.ServiceDefaults.Telemetry;
using Bookinfo.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Services.Tests;

/// <summary>What the foot of the page says of the request: its trace, and what the page and the calls for it took.</summary>
public sealed partial class PageFooterTests
{
    private const string Id = "0af7651916cd43dd8448eb211c80319c";

    [Fact]
    public async Task Its_bars_are_the_parts_of_Server_Timing()
    {
        await using var system = await RunningSystem.StartAsync(["v3"]);
        using var client = new HttpClient();

        using var answer = await client.GetAsync(new Uri(system.Address, "/productpage"), TestContext.Current.CancellationToken);
        var bars = Bars(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        Assert.Equal(
            [("whole", "productpage"), ("call", "details"), ("call", "reviews"), ("further", "ratings")],
            bars.Select(bar => (bar.Kind, bar.Service)));
        var parts = Assert.Single(answer.Headers.GetValues("Server-Timing")).Split(", ").Select(part => part.Split(";dur=")).ToList();
        Assert.Equal(parts.SkipLast(1).Select(part => (part[0], part[1])), bars.Skip(1).Select(bar => (bar.Service, bar.Milliseconds)));
        // The rest of the page is still to be made.
        Assert.True(Number(bars[0].Milliseconds) <= Number(parts[^1][1]) + 0.01);
        AssertWithin(bars);
    }

    [Theory]
    [InlineData("ratings;dur=99999", "99999.00")]
    [InlineData("ratings;dur=0", "0.00")]
    [InlineData("ratings;dur=3599999.999", "3600000.00")]
    [InlineData("ratings;dur=-1", null)]
    [InlineData("total;dur=1", null)]
    public async Task Whatever_reviews_reports_its_bar_lies_within_that_of_reviews(string timing, string? shown)
    {
        await using var backend = new RecordingBackend(_ => (stream, token) => stream.WriteAsync(
            Encoding.Latin1.GetBytes(
                $"HTTP/1.1 200 OK\r\nServer-Timing: {timing}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}"),
            token).AsTask());
        await using var page = await StartAsync(backend.Address);

        var bars = Bars(await PageAsync(page));

        AssertWithin(bars);
        Assert.Equal(shown, bars.Find(bar => bar.Service == "ratings").Milliseconds);
    }

    [Fact]
    public async Task It_says_what_it_does_not_know_only_where_there_is_such_a_thing()
    {
        const string Unknown = "its bar is drawn at the end of its caller";
        await using var system = await RunningSystem.StartAsync(["v1", "v3"]);
        using var client = new HttpClient();

        string[] pages =
        [
            await client.GetStringAsync(new Uri(system.Address, "/productpage"), TestContext.Current.CancellationToken),
            await client.GetStringAsync(new Uri(system.Address, "/productpage"), TestContext.Current.CancellationToken),
        ];

        Assert.All(pages, page => Assert.Equal(Bars(page).Exists(bar => bar.Kind == "further"), page.Contains(Unknown)));
        Assert.Single(pages, page => page.Contains(Unknown));
    }

    [Theory]
    [InlineData(true, "01", true)]
    [InlineData(true, "00", false)]
    // A mesh's sidecar makes the spans.
    [InlineData(false, "01", true)]
    [InlineData(false, "00", false)]
    public async Task Its_trace_is_that_of_the_request_with_a_link_when_it_is_sampled(bool isTraced, string flags, bool isSampled)
    {
        await using var backend = new RecordingBackend(200, "{}");
        await using var page = await StartAsync(
            backend.Address,
            [.. isTraced ? [TracedService.Tracing] : Array.Empty<string>(), "TRACE_PAGE_URL=http://jaeger/trace/{id}?a=b&c"]);

        var html = await PageAsync(page, $"00-{Id}-b7ad6b7169203331-{flags}");

        Assert.Contains(
            isSampled
                ? $"""<p class="trace">Trace <a href="http://jaeger/trace/{Id}?a=b&amp;c"><code>{Id}</code></a></p>"""
                : $"""<p class="trace">Trace <code>{Id}</code> (not sampled)</p>""",
            html,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_address_there_is_no_link_and_without_a_trace_no_id()
    {
        await using var backend = new RecordingBackend(200, "{}");
        await using var traced = await StartAsync(backend.Address, TracedService.Tracing);
        await using var untraced = await StartAsync(backend.Address, "TRACE_PAGE_URL=http://jaeger/trace/{id}");

        // The trace that the backends see.
        var html = await PageAsync(traced);
        var sent = Assert.Single(backend.Requests[^1].Values("traceparent")).Split('-')[1];
        Assert.Contains($"""<p class="trace">Trace <code>{sent}</code></p>""", html, StringComparison.Ordinal);

        Assert.DoesNotContain("class=\"trace\"", await PageAsync(untraced), StringComparison.Ordinal);
    }

    [Fact]
    public void Bars_are_as_long_as_what_they_stand_for_took()
    {
        var time = new FakeTimeProvider();
        var timing = new ServerTiming(time.GetTimestamp());
        time.Advance(TimeSpan.FromMilliseconds(10));
        var call = timing.Begin("reviews", time.GetTimestamp());
        time.Advance(TimeSpan.FromMilliseconds(30));
        call.End(TimeSpan.FromMilliseconds(30));
        time.Advance(TimeSpan.FromMilliseconds(60));

        var waterfall = new Waterfall(timing, time);

        var bar = waterfall.Of(call);
        Assert.Equal(new Waterfall.Bar(100, 0, 1000), waterfall.Whole);
        Assert.Equal(new Waterfall.Bar(30, 100, 300), bar);
        Assert.Equal(new Waterfall.Bar(12, 280, 120), waterfall.Within(12, bar));
        Assert.Equal(new Waterfall.Bar(40, 100, 300), waterfall.Within(40, bar));
    }

    [Fact]
    public void In_no_time_there_is_still_something_to_see()
    {
        var time = new FakeTimeProvider();
        var timing = new ServerTiming(time.GetTimestamp());
        var call = timing.Begin("details", time.GetTimestamp());
        call.End(TimeSpan.Zero);

        var bar = new Waterfall(timing, time).Of(call);

        Assert.Equal((0.0, 0), (bar.Milliseconds, bar.Begin));
        Assert.InRange(bar.Length, 1, 10);
    }

    private static List<(string Kind, string Service, int Begin, int Length, string Milliseconds)> Bars(string html)
    {
        Assert.DoesNotContain(" style=", html, StringComparison.Ordinal);
        return
        [
            .. Bar().Matches(html).Select(match => (
                match.Groups["kind"].Value,
                match.Groups["service"].Value,
                int.Parse(match.Groups["begin"].Value, CultureInfo.InvariantCulture),
                int.Parse(match.Groups["length"].Value, CultureInfo.InvariantCulture),
                match.Groups["milliseconds"].Value)),
        ];
    }

    /// <summary>Each bar lies within the whole, and what a service reported within the bar of that service.</summary>
    private static void AssertWithin(List<(string Kind, string Service, int Begin, int Length, string Milliseconds)> bars)
    {
        Assert.NotEmpty(bars);
        var outer = (Begin: 0, End: Waterfall.Length);
        foreach (var (kind, _, begin, length, _) in bars)
        {
            if (kind != "further")
            {
                outer = (0, Waterfall.Length);
            }

            Assert.InRange(begin, outer.Begin, outer.End - 1);
            Assert.InRange(begin + length, begin + 1, outer.End);
            outer = (begin, begin + length);
        }
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static async Task<string> PageAsync(RunningService page, string? traceParent = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/productpage", UriKind.Relative));
        if (traceParent is not null)
        {
            request.Headers.Add("traceparent", traceParent);
        }

        using var answer = await page.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static Task<RunningService> StartAsync(Uri backend, params string[] settings) => RunningService.StartAsync(
        Bookinfo.ProductPage.Program.Build,
        [.. settings, .. new[] { "details", "reviews", "ratings" }.SelectMany(name => RunningService.At(name, backend))]);

    [GeneratedRegex(
        "<li class=\"(?<kind>\\w+)\"><span>(?<service>\\w+)</span><svg [^>]*><rect x=\"(?<begin>\\d+)\" width=\"(?<length>\\d+)\" "
        + "height=\"1\"/></svg><span>(?<milliseconds>[0-9.]+)</span></li>")]
    private static partial Regex Bar();
}
