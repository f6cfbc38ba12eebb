using System.Net;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Faults;
using Bookinfo.Testing;
using Microsoft.Extensions.Logging;

namespace Services.Tests;

/// <summary>Each fault of requests does what it says, to the count, and stops.</summary>
[Collection(CountingTests.Name)]
public sealed class RequestFaultTests
{
    private const string Whole = """{"id":0,"ratings":{"Reviewer1":5,"Reviewer2":4}}""";

    [Fact]
    public async Task Delay_waits_a_fixed_time()
    {
        await using var ratings = await FaultyService.StartAsync();
        await ratings.SetAsync("""{"delay":{"fixedDelay":"3s"}}""");
        var answer = ratings.GetAsync();
        await ratings.Clock.UntilWaitedForAsync(TimeSpan.FromSeconds(3));
        ratings.Clock.Advance(TimeSpan.FromSeconds(2.999));
        await ratings.StatusAsync();
        Assert.False(answer.IsCompleted);
        ratings.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal((HttpStatusCode.OK, Whole), await answer);
        await AssertInjectedAsync(ratings, "delay", 1);
    }

    [Fact]
    public async Task A_delay_ends_with_its_rule()
    {
        await using var ratings = await FaultyService.StartAsync();
        await ratings.SetAsync("""{"delay":{"fixedDelay":"1h"}}""");
        var answer = ratings.GetAsync();
        await ratings.Clock.UntilWaitedForAsync(TimeSpan.FromHours(1));
        Assert.Equal(HttpStatusCode.OK, await ratings.RemoveAsync());
        Assert.Equal((HttpStatusCode.OK, Whole), await answer);
    }

    /// <summary>Means and percentiles of the distributions, in seconds; 10,000 draws from one seed.</summary>
    [Theory]
    [InlineData("""{"least":"10ms","most":"20ms"}""", 0.0150, 0.0199)]
    [InlineData("""{"mean":"100ms","deviation":"20ms"}""", 0.100, 0.1465)]
    [InlineData("""{"median":"10ms","p99":"100ms"}""", 0.0163, 0.100)]
    public void A_delay_can_be_drawn(string delay, double mean, double p99)
    {
        var rule = FaultRuleReader.Read($$"""[{"delay":{{delay}}}]""")[0];
        using var active = new ActiveRule(rule, new AbortFault(), new FaultCount(), seed: 1, condition: null);
        var draws = Enumerable.Range(0, 10_000).Select(_ => DelayFault.DelayOf(active).TotalSeconds).Order().ToList();
        Assert.InRange(draws.Average(), mean * 0.95, mean * 1.05);
        Assert.InRange(draws[9_900], p99 * 0.9, p99 * 1.1);
        Assert.True(draws[0] >= 0);
    }

    [Fact]
    public async Task Abort_answers_with_the_status_and_the_text()
    {
        await using var ratings = await FaultyService.StartAsync();
        await ratings.SetAsync("""{"abort":{"httpStatus":429,"message":"slow down"}}""");
        Assert.Equal(((HttpStatusCode)429, """{"error":"slow down"}"""), await ratings.GetAsync());
        await AssertInjectedAsync(ratings, "abort", 1);
        await ratings.RemoveAsync();
        Assert.Equal((HttpStatusCode.OK, Whole), await ratings.GetAsync());
    }

    [Fact]
    public async Task Disconnect_drops_the_connection_before_the_answer()
    {
        await using var ratings = await FaultyService.StartAsync();
        await ratings.SetAsync("""{"disconnect":{}}""");
        Assert.Null(await RawHttp.GetAsync(ratings.Address, "/ratings/0"));
        Assert.Equal(1, await ratings.MetricAsync("http_server_request_duration_seconds_count", "http_response_status_code", "500"));
        await AssertInjectedAsync(ratings, "disconnect", 1);
    }

    [Fact]
    public async Task Disconnect_drops_the_connection_in_the_middle_of_the_body()
    {
        await using var ratings = await FaultyService.StartAsync();
        await ratings.SetAsync("""{"disconnect":{"when":"during"}}""");
        using var answer = await ratings.Client.GetAsync(
            new Uri("/ratings/0", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, Whole.Length), (answer.StatusCode, (int)answer.Content.Headers.ContentLength!));
        await Assert.ThrowsAsync<HttpRequestException>(() => answer.Content.LoadIntoBufferAsync(TestContext.Current.CancellationToken));
        Assert.DoesNotContain(ratings.Log.Events, logged => logged.Level == LogLevel.Error);
        await AssertInjectedAsync(ratings, "disconnect", 1);
    }

    [Fact]
    public async Task Truncate_sends_the_first_part_as_if_it_were_all()
    {
        await using var ratings = await FaultyService.StartAsync();
        await ratings.SetAsync("""{"truncate":{"keep":25}}""");
        Assert.Equal((HttpStatusCode.OK, Whole[..(Whole.Length / 4)]), await ratings.GetAsync());
        // What has no body, and errors, stay as they are.
        using var head = new HttpRequestMessage(HttpMethod.Head, "/ratings/0");
        using var answer = await ratings.Client.SendAsync(head, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal((HttpStatusCode.NotFound, """{"error":"not found"}"""), await ratings.GetAsync("/nowhere"));
    }

    [Fact]
    public async Task Wrong_body_sends_another()
    {
        await using var ratings = await FaultyService.StartAsync();
        await ratings.SetAsync("""{"wrongBody":{"body":"[]"}}""");
        Assert.Equal((HttpStatusCode.OK, "[]"), await ratings.GetAsync());
        await AssertInjectedAsync(ratings, "wrongBody", 1);
    }

    [Fact]
    public async Task Slow_body_sends_ten_parts_evenly()
    {
        await using var ratings = await FaultyService.StartAsync();
        await ratings.SetAsync("""{"slowBody":{"duration":"9s"}}""");
        using var answer = await ratings.Client.GetAsync(
            new Uri("/ratings/0", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        var body = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var received = new byte[Whole.Length];
        var length = 0;
        for (var part = 1; part <= 10; part++)
        {
            var due = Whole.Length * part / 10;
            await body.ReadExactlyAsync(received.AsMemory(length, due - length), TestContext.Current.CancellationToken);
            length = due;
            if (part < 10)
            {
                await ratings.Clock.UntilWaitedForAsync(TimeSpan.FromSeconds(1), part);
                ratings.Clock.Advance(TimeSpan.FromSeconds(1));
            }
        }

        Assert.Equal(Whole, System.Text.Encoding.UTF8.GetString(received));
    }

    [Fact]
    public async Task Hang_does_not_answer_and_drops_the_connection_at_the_limit()
    {
        await using var ratings = await FaultyService.StartAsync();
        await ratings.SetAsync("""{"hang":{"limit":"20s"}}""");
        var answer = RawHttp.GetAsync(ratings.Address, "/ratings/0");
        await ratings.Clock.UntilWaitedForAsync(TimeSpan.FromSeconds(20));
        ratings.Clock.Advance(TimeSpan.FromSeconds(19.999));
        await ratings.StatusAsync();
        Assert.False(answer.IsCompleted);
        ratings.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(await answer);
        await AssertInjectedAsync(ratings, "hang", 1);
    }

    [Fact]
    public async Task Several_rules_do_their_part_in_their_order()
    {
        await using var ratings = await FaultyService.StartAsync();
        await ratings.SetAsync("""{"delay":{"fixedDelay":"2s"}}, {"abort":{"httpStatus":500}}""");
        var answer = ratings.GetAsync();
        await ratings.Clock.UntilWaitedForAsync(TimeSpan.FromSeconds(2));
        ratings.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.InternalServerError, (await answer).Status);
    }

    [Fact]
    public async Task What_a_rule_held_up_does_not_meet_the_others_of_its_set_when_they_end()
    {
        await using var ratings = await FaultyService.StartAsync();
        await ratings.SetAsync("""{"delay":{"fixedDelay":"1h"}}, {"abort":{"httpStatus":500}}""");
        var answer = ratings.GetAsync();
        await ratings.Clock.UntilWaitedForAsync(TimeSpan.FromHours(1));
        await ratings.RemoveAsync();
        Assert.Equal((HttpStatusCode.OK, Whole), await answer);
        Assert.Equal(0, await ratings.MetricAsync("bookinfo_fault_injected_total", "fault", "abort"));
    }

    [Fact]
    public async Task A_body_that_is_kept_and_then_broken_off_is_a_dropped_connection_and_no_bug()
    {
        await using var ratings = await FaultyService.StartAsync();
        await ratings.SetAsync("""{"truncate":{}}, {"disconnect":{"when":"during"}}""");
        Assert.Null(await RawHttp.GetAsync(ratings.Address, "/ratings/0"));
        Assert.Empty(ratings.Log.Of("UnhandledException"));
    }

    [Fact]
    public async Task A_service_that_stops_lets_go_what_a_fault_holds_up()
    {
        var ratings = await FaultyService.StartAsync();
        await ratings.SetAsync("""{"hang":{"limit":"1h"}}""");
        var answer = RawHttp.GetAsync(ratings.Address, "/ratings/0");
        await ratings.Clock.UntilWaitedForAsync(TimeSpan.FromHours(1));
        await ratings.DisposeAsync();
        Assert.Null(await answer);
    }

    [Fact]
    public async Task Probes_and_scrapes_are_left_alone()
    {
        await using var ratings = await FaultyService.StartAsync();
        await ratings.SetAsync("""{"abort":{"httpStatus":500}}, {"hang":{}}""");
        foreach (var path in new[] { "/health", "/health/live", "/health/ready", "/metrics" })
        {
            Assert.Equal((path, HttpStatusCode.OK), (path, (await ratings.GetAsync(path)).Status));
        }

        await AssertInjectedAsync(ratings, "abort", 0);
    }

    [Fact]
    public async Task Every_nth_request_in_bursts()
    {
        await using var ratings = await FaultyService.StartAsync();
        await ratings.SetAsync("""{"abort":{"httpStatus":500,"every":5,"burst":2}}""");
        var failed = new List<bool>();
        for (var number = 0; number < 15; number++)
        {
            failed.Add((await ratings.GetAsync()).Status == HttpStatusCode.InternalServerError);
        }

        Assert.Equal(Enumerable.Range(0, 15).Select(number => number % 5 >= 3), failed);
    }

    [Fact]
    public async Task The_same_seed_and_the_same_requests_give_the_same_failures()
    {
        var runs = new List<string>();
        foreach (var seed in new[] { 1, 1, 2 })
        {
            await using var ratings = await FaultyService.StartAsync();
            await ratings.SetAsync($$"""{"abort":{"httpStatus":500,"percentage":30},"seed":{{seed}}}""");
            var run = "";
            for (var number = 0; number < 100; number++)
            {
                run += (await ratings.GetAsync()).Status == HttpStatusCode.OK ? '.' : 'x';
            }

            runs.Add(run);
            var rule = Assert.Single(Assert.Single((await ratings.StatusAsync()).Sets).Rules);
            Assert.Equal((100, run.Count(one => one == 'x')), (rule.Matched, rule.Injected));
        }

        Assert.Equal(runs[0], runs[1]);
        Assert.NotEqual(runs[0], runs[2]);
        Assert.InRange(runs[0].Count(one => one == 'x'), 15, 45);
    }

    [Theory]
    [InlineData("""{"route":"/ratings/{id?}"}""", "/ratings/0", "", "", true)]
    [InlineData("""{"route":"/ratings/{id?}","method":"POST"}""", "/ratings/0", "", "", false)]
    [InlineData("""{"method":"POST"}""", "/ratings/0", "", "", false)]
    [InlineData("""{"endUser":"jason"}""", "/ratings/0", "end-user", "jason", true)]
    [InlineData("""{"endUser":"jason"}""", "/ratings/0", "end-user", "Jason", false)]
    [InlineData("""{"endUser":"jason"}""", "/ratings/0", "", "", false)]
    [InlineData("""{"caller":"reviews"}""", "/ratings/0", "x-bookinfo-caller", "reviews", true)]
    [InlineData("""{"caller":"reviews"}""", "/ratings/0", "x-bookinfo-caller", "productpage", false)]
    public async Task Only_requests_that_match(string match, string path, string header, string value, bool matches)
    {
        await using var ratings = await FaultyService.StartAsync();
        await ratings.SetAsync($$"""{"abort":{"httpStatus":500},"match":{{match}}}""");
        var answer = await ratings.GetAsync(path, header.Length > 0 ? [(header, value)] : []);
        Assert.Equal(matches ? HttpStatusCode.InternalServerError : HttpStatusCode.OK, answer.Status);
    }

    [Fact]
    public async Task On_the_page_the_user_is_the_one_who_is_signed_in_and_never_a_header()
    {
        await using var page = await FaultyService.StartAsync(Bookinfo.ProductPage.Program.Build);
        await page.SetAsync("""{"abort":{"httpStatus":418},"match":{"route":"/","endUser":"jason"}}""");
        foreach (var name in new[] { "end-user", "End-User", "END-USER", "end_user", "x-end-user" })
        {
            Assert.Equal((name, HttpStatusCode.OK), (name, (await page.GetAsync("/", (name, "jason"))).Status));
        }

        using var login = await page.Client.PostAsync(
            new Uri("/login", UriKind.Relative),
            new FormUrlEncodedContent([new("username", "jason")]),
            TestContext.Current.CancellationToken);
        var cookie = login.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        Assert.Equal((HttpStatusCode)418, (await page.GetAsync("/", ("cookie", cookie))).Status);
    }

    private static async Task AssertInjectedAsync(FaultyService service, string fault, int times)
    {
        Assert.Equal(times, await service.MetricAsync("bookinfo_fault_injected_total", "fault", fault));
        Assert.Equal(1, await service.MetricAsync("bookinfo_fault_active", "fault", fault));
        await service.RemoveAsync();
        Assert.Equal(0, await service.MetricAsync("bookinfo_fault_active", "fault", fault));
        Assert.Equal(times, await service.MetricAsync("bookinfo_fault_injected_total", "fault", fault));
    }
}
