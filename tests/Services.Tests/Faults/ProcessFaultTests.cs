using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Faults;
using Bookinfo.Testing;
using Fault = Bookinfo.ServiceDefaults.Faults.Fault;

namespace Services.Tests;

/// <summary>Each fault of the process does what it says, and stops: on a clock of the test's, or in a process of its own.</summary>
[Collection(CountingTests.Name)]
public sealed class ProcessFaultTests
{
    [Fact]
    public async Task Not_ready_fails_the_readiness_probe_and_nothing_else()
    {
        await using var ratings = await FaultyService.StartAsync();
        await ratings.SetAsync("""{"notReady":{}}""");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await ratings.GetAsync("/health/ready")).Status);
        foreach (var path in new[] { "/health/live", "/health", "/ratings/0" })
        {
            Assert.Equal((path, HttpStatusCode.OK), (path, (await ratings.GetAsync(path)).Status));
        }

        Assert.Equal(1, await ratings.MetricAsync("bookinfo_fault_injected_total", "fault", "notReady"));
        await ratings.RemoveAsync();
        Assert.Equal(HttpStatusCode.OK, (await ratings.GetAsync("/health/ready")).Status);
    }

    [Fact]
    public async Task Of_several_rules_of_a_fault_each_counts()
    {
        await using var ratings = await FaultyService.StartAsync("OTEL_SERVICE_NAME=shop-ratings");
        await ratings.SetAsync("""{"notReady":{}}""");
        await ratings.SetAsync("""{"notReady":{"health":true}}""", "other");
        Assert.Equal(
            (HttpStatusCode.InternalServerError, """{"status":"Ratings is not healthy"}"""), await ratings.GetAsync("/health/"));
        using var post = await ratings.Client.PostAsync(
            new Uri("/health", UriKind.Relative), content: null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
    }

    [Theory]
    [InlineData("details", "Details")]
    [InlineData("reviews", "Reviews")]
    [InlineData("productpage", "Productpage")]
    public async Task Not_ready_can_fail_the_health_of_the_contract_as_well(string service, string name)
    {
        await using var running = await FaultyService.StartAsync(ServicePrograms.BuildOf(service));
        await running.SetAsync("""{"notReady":{"health":true}}""");
        Assert.Equal(
            (HttpStatusCode.InternalServerError, $$"""{"status":"{{name}} is not healthy"}"""), await running.GetAsync("/health"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await running.GetAsync("/health/ready")).Status);
    }

    [Fact]
    public async Task Not_live_fails_the_liveness_probe_and_nothing_else()
    {
        await using var ratings = await FaultyService.StartAsync();
        await ratings.SetAsync("""{"notLive":{}}""");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await ratings.GetAsync("/health/live")).Status);
        Assert.Equal(HttpStatusCode.OK, (await ratings.GetAsync("/health/ready")).Status);
        await ratings.RemoveAsync();
        Assert.Equal(HttpStatusCode.OK, (await ratings.GetAsync("/health/live")).Status);
    }

    [Fact]
    public async Task Slow_start_is_not_ready_and_waits_less_and_less()
    {
        await using var ratings = await FaultyService.StartAsync();
        await ratings.SetAsync("""{"slowStart":{"duration":"10s","delay":"4s"}}""");
        ratings.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await ratings.GetAsync("/health/ready")).Status);
        var answer = ratings.GetAsync();
        await ratings.Clock.UntilWaitedForAsync(TimeSpan.FromSeconds(2));
        ratings.Clock.Advance(TimeSpan.FromSeconds(1.999));
        await ratings.StatusAsync();
        Assert.False(answer.IsCompleted);
        ratings.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(HttpStatusCode.OK, (await answer).Status);
        ratings.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(HttpStatusCode.OK, (await ratings.GetAsync("/health/ready")).Status);
        Assert.Equal(HttpStatusCode.OK, (await ratings.GetAsync()).Status);
    }

    [Fact]
    public async Task A_slow_start_that_is_over_touches_no_request()
    {
        const string Before = "4bf92f3577b34da6a3ce929d0e0e4701", After = "4bf92f3577b34da6a3ce929d0e0e4702";
        var faults = new ConcurrentDictionary<string, string?>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Bookinfo.Http",
            ActivityStopped = span => faults[span.TraceId.ToHexString()] = span.GetTagItem("bookinfo.fault") as string,
        };
        ActivitySource.AddActivityListener(listener);
        await using var ratings = await FaultyService.StartAsync(TracedService.Tracing);
        await ratings.SetAsync("""{"slowStart":{"duration":"10s","delay":"0s"}}""");
        await ratings.GetAsync(headers: ("traceparent", $"00-{Before}-00f067aa0ba902b7-01"));
        ratings.Clock.Advance(TimeSpan.FromSeconds(11));
        await ratings.GetAsync(headers: ("traceparent", $"00-{After}-00f067aa0ba902b7-01"));

        await Eventually.HoldsAsync("no spans", () => faults.ContainsKey(Before) && faults.ContainsKey(After));
        Assert.Equal(("slowStart", null), (faults[Before], faults[After]));
    }

    /// <summary>Requests notice some of these faults, and are still not what they are about.</summary>
    [Theory]
    [InlineData("""{"slowStart":{"duration":"10s","delay":"0s"}}""")]
    [InlineData("""{"threadPool":{"blockers":1}}""")]
    [InlineData("""{"notReady":{}}""")]
    public async Task A_fault_of_the_process_counts_how_often_it_began_and_no_requests(string fault)
    {
        await using var ratings = await FaultyService.StartAsync();
        await ratings.SetAsync(fault[..^1] + ""","cycle":{"off":"1s","on":"1s"}}""");
        for (var turn = 1; turn <= 2; turn++)
        {
            ratings.Clock.Advance(TimeSpan.FromSeconds(1));
            await ratings.GetAsync();
            await ratings.GetAsync();
            var rule = (await ratings.StatusAsync()).Sets[0].Rules[0];
            Assert.Equal((turn, turn), (rule.Matched, rule.Injected));
            ratings.Clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public void A_fault_that_cannot_begin_was_not_injected()
    {
        var count = new FaultCount();
        using var rule = new ActiveRule(FaultRuleReader.Read("""[{"cpu":{}}]""")[0], new NoRoom(), count, seed: 1, condition: null);
        Assert.Throws<InvalidOperationException>(rule.Begin);
        Assert.Equal((1, 0, false), (rule.Status.Matched, rule.Status.Injected, rule.Status.Active));
        Assert.Equal((0, 0), (count.Active, count.Injected));
    }

    [Fact]
    public async Task A_fault_ends_when_nobody_renews_its_time_to_live()
    {
        await using var ratings = await FaultyService.StartAsync();
        await ratings.SetAsync("""{"notReady":{}}""");
        ratings.Clock.Advance(TimeSpan.FromSeconds(29));
        await ratings.SetAsync("""{"notReady":{}}""");
        ratings.Clock.Advance(TimeSpan.FromSeconds(29.9));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await ratings.GetAsync("/health/ready")).Status);
        // Renewing is not setting anew.
        Assert.Equal(1, await ratings.MetricAsync("bookinfo_fault_injected_total", "fault", "notReady"));
        Assert.Single(ratings.Log.Of("FaultBegan"));
        ratings.Clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(HttpStatusCode.OK, (await ratings.GetAsync("/health/ready")).Status);
        Assert.Empty((await ratings.StatusAsync()).Sets);
        Assert.Single(ratings.Log.Of("FaultsExpired"));
        Assert.Single(ratings.Log.Of("FaultEnded"));
    }

    [Fact]
    public async Task Cpu_keeps_as_many_threads_busy_as_it_is_told()
    {
        await using var ratings = await FaultyProcess.StartAsync();
        await ratings.SetAsync("""{"cpu":{"cores":1.5}}""");
        await Eventually.HoldsAsync("no two threads", () => ratings.ThreadsOf("fault cpu") == 2);
        var before = ratings.CpuTicks;
        await Eventually.HoldsAsync("no processor time used", () => ratings.CpuTicks > before + 50);
        await ratings.RemoveAsync();
        await Eventually.HoldsAsync("threads are left", () => ratings.ThreadsOf("fault cpu") == 0);
    }

    [Fact]
    public async Task Memory_grows_up_to_its_limit_and_is_given_back()
    {
        const long Limit = 96 * 1024 * 1024;
        await using var ratings = await FaultyProcess.StartAsync();
        var before = ratings.ResidentBytes;
        await ratings.SetAsync("""{"memory":{"rate":"200Mi","limit":"96Mi"}}""");
        await Eventually.HoldsAsync("not as much as it should be", () => ratings.ResidentBytes > before + (Limit * 9 / 10));
        await ratings.RemoveAsync();
        await Eventually.HoldsAsync("not given back", () => ratings.ResidentBytes < before + (Limit / 2));
    }

    [Fact]
    public async Task Thread_pool_lets_requests_queue_and_management_still_works()
    {
        await using var ratings = await FaultyProcess.StartAsync();
        await ratings.SetAsync("""{"threadPool":{"blockers":200}}""");
        Assert.Equal(HttpStatusCode.OK, await ratings.GetAsync());
        await Eventually.HoldsAsync(
            async () => await ratings.MetricAsync("dotnet_thread_pool_queue_length") > 50 ? "" : "no queue");
        await ratings.RemoveAsync();
        await Eventually.HoldsAsync(
            async () => await ratings.MetricAsync("dotnet_thread_pool_queue_length") < 50 ? "" : "still a queue");
        Assert.Equal(HttpStatusCode.OK, await ratings.GetAsync());
    }

    [Fact]
    public async Task Crash_ends_the_process_with_its_log_written()
    {
        await using var ratings = await FaultyProcess.StartAsync();
        await ratings.SetAsync("""{"crash":{"after":"100ms"}}""");
        Assert.Equal(137, await ratings.WaitForEndAsync());
        Assert.Contains("\"FaultBegan\"", ratings.LastLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_crash_that_is_taken_back_in_time_does_not_happen()
    {
        await using var ratings = await FaultyService.StartAsync();
        await ratings.SetAsync("""{"crash":{"after":"10s"}}""");
        ratings.Clock.Advance(TimeSpan.FromSeconds(9));
        await ratings.RemoveAsync();
        // It would end this process.
        ratings.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(HttpStatusCode.OK, (await ratings.GetAsync()).Status);
    }

    private sealed class NoRoom : Fault
    {
        public override IDisposable Begin(ActiveRule rule) => throw new InvalidOperationException();
    }
}
