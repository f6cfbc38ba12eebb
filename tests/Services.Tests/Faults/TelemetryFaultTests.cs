using System.Net;
using Bookinfo.Testing;

namespace Services.Tests;

/// <summary>Each fault of telemetry does what it says, to the count, and stops.</summary>
[Collection(CountingTests.Name)]
public sealed class TelemetryFaultTests
{
    [Fact]
    public async Task Spans_are_lost_as_many_as_are_counted()
    {
        const int Requests = 40;
        await using var receiver = await OtlpReceiver.StartAsync();
        await using (var ratings = await FaultyService.StartAsync(
            $"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT={receiver.GrpcAddress}", "OTEL_BSP_SCHEDULE_DELAY=50"))
        {
            await ratings.SetAsync("""{"loseSpans":{"percentage":25}}""");
            await GetAsync(ratings, Requests);
            var rule = (await ratings.StatusAsync()).Sets.Single().Rules.Single();
            Assert.Equal(Requests, rule.Matched);
            Assert.InRange(rule.Injected, 1, Requests - 1);
            await ratings.RemoveAsync();
            await GetAsync(ratings, 1);
            await Eventually.HoldsAsync(() =>
                receiver.Spans.Count == Requests + 1 - rule.Injected ? "" : $"{receiver.Spans.Count} spans, {rule.Injected} lost");
        }
    }

    [Theory]
    [InlineData("FAULT_SPAN_ATTRIBUTE=true", "abort")]
    [InlineData("FAULT_SPAN_ATTRIBUTE=false", null)]
    public async Task Spans_say_which_faults_touched_them_unless_they_are_told_not_to(string setting, string? expected)
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var ratings = await FaultyService.StartAsync(
            $"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT={receiver.GrpcAddress}", "OTEL_BSP_SCHEDULE_DELAY=50", setting);
        await ratings.SetAsync("""{"abort":{"httpStatus":500,"every":2}}""");
        await GetAsync(ratings, 2);
        await Eventually.HoldsAsync("not all spans", () => receiver.Spans.Count == 2);
        Assert.Equal(
            [(200, null), (500, expected)],
            receiver.Spans.OrderBy(span => (long)span["http.response.status_code"]!)
                .Select(span => ((int)(long)span["http.response.status_code"]!, (string?)span["bookinfo.fault"])));
    }

    [Theory]
    [InlineData("loseLogs", 0)]
    [InlineData("repeatLogs", 2)]
    public async Task Lines_are_lost_or_repeated_as_many_as_are_counted(string fault, int copies)
    {
        await using var ratings = await FaultyProcess.StartAsync();
        await ratings.SetAsync($$"""{"{{fault}}":{"every":3} }""");
        for (var number = 0; number < 12; number++)
        {
            Assert.Equal(HttpStatusCode.OK, await ratings.GetAsync());
        }

        await ratings.RemoveAsync();
        Assert.Equal(HttpStatusCode.OK, await ratings.GetAsync());
        // Of twelve lines, every third is chosen.
        var expected = 8 + (4 * copies) + 1;
        await Eventually.HoldsAsync(() => ratings.AccessLines == expected ? "" : $"{ratings.AccessLines} lines instead of {expected}");
    }

    [Fact]
    public async Task Metrics_come_late()
    {
        await using var ratings = await FaultyService.StartAsync();
        await ratings.SetAsync("""{"slowMetrics":{"fixedDelay":"15s","every":2}}""");
        Assert.Equal(HttpStatusCode.OK, (await ratings.GetAsync("/metrics")).Status);
        var scrape = ratings.GetAsync("/metrics");
        await ratings.Clock.UntilWaitedForAsync(TimeSpan.FromSeconds(15));
        ratings.Clock.Advance(TimeSpan.FromSeconds(14.999));
        await ratings.StatusAsync();
        Assert.False(scrape.IsCompleted);
        ratings.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(HttpStatusCode.OK, (await scrape).Status);
    }

    [Fact]
    public async Task Metrics_fail()
    {
        await using var ratings = await FaultyService.StartAsync();
        await ratings.SetAsync("""{"failMetrics":{"httpStatus":503}}""");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await ratings.GetAsync("/metrics")).Status);
        Assert.Equal(HttpStatusCode.OK, (await ratings.GetAsync()).Status);
        await ratings.RemoveAsync();
        Assert.Equal(1, await ratings.MetricAsync("bookinfo_fault_injected_total", "fault", "failMetrics"));
    }

    [Fact]
    public async Task Counters_begin_anew_and_gauges_do_not()
    {
        const string Count = "http_server_request_duration_seconds_count";
        await using var ratings = await FaultyService.StartAsync();
        await GetAsync(ratings, 5);
        Assert.Equal(5, await ratings.MetricAsync(Count));
        await ratings.SetAsync("""{"resetCounters":{}}""");
        Assert.Equal(0, await ratings.MetricAsync(Count));
        Assert.Equal(1, await ratings.MetricAsync("bookinfo_fault_active", "fault", "resetCounters"));
        await GetAsync(ratings, 2);
        // Reading it checks that the buckets of histograms still add up.
        Assert.Equal(2, await ratings.MetricAsync(Count));
        // A series that there was not before begins as it is.
        await ratings.GetAsync("/ratings/x");
        Assert.Equal(1, await ratings.MetricAsync(Count, "http_response_status_code", "400"));
        await ratings.RemoveAsync();
        Assert.Equal(7, await ratings.MetricAsync(Count, "http_response_status_code", "200"));
    }

    /// <summary>What gets no metrics does not count as a scrape, whoever asks.</summary>
    [Fact]
    public async Task Counters_are_reset_at_the_first_scrape_that_gets_them()
    {
        const string Count = "http_server_request_duration_seconds_count";
        await using var ratings = await FaultyService.StartAsync();
        await GetAsync(ratings, 5);
        await ratings.SetAsync("""{"resetCounters":{}}""");
        await ratings.SetAsync("""{"failMetrics":{"httpStatus":503}}""", "failing");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await ratings.GetAsync("/metrics")).Status);
        await ratings.RemoveAsync("failing");
        using (var post = await ratings.Client.PostAsync(
            new Uri("/metrics", UriKind.Relative), content: null, TestContext.Current.CancellationToken))
        {
            Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
        }

        Assert.Equal(0, await ratings.MetricAsync(Count));
    }

    [Fact]
    public async Task Counters_begin_anew_in_each_turn()
    {
        const string Count = "http_server_request_duration_seconds_count";
        await using var ratings = await FaultyService.StartAsync();
        await ratings.SetAsync("""{"resetCounters":{},"cycle":{"off":"5s","on":"5s"}}""");
        for (var turn = 1; turn <= 2; turn++)
        {
            await GetAsync(ratings, 3);
            Assert.Equal(3 * turn, await ratings.MetricAsync(Count));
            ratings.Clock.Advance(TimeSpan.FromSeconds(5));
            Assert.Equal(0, await ratings.MetricAsync(Count));
            ratings.Clock.Advance(TimeSpan.FromSeconds(5));
        }
    }

    [Fact]
    public async Task Another_version_is_given_on_metrics_and_in_the_log()
    {
        await using var ratings = await FaultyProcess.StartAsync();
        await ratings.SetAsync("""{"wrongVersion":{"version":"v\"9"}}""");
        Assert.Equal("v\"9", await ratings.LabelAsync("target_info", "service_version"));
        Assert.Equal(HttpStatusCode.OK, await ratings.GetAsync());
        await Eventually.HoldsAsync("no line", () => ratings.AccessLines == 1);
        Assert.Contains(""" "version":"v\"9" """.Trim(), ratings.LastLine, StringComparison.Ordinal);
        await ratings.RemoveAsync();
        Assert.Equal("v1", await ratings.LabelAsync("target_info", "service_version"));
    }

    [Fact]
    public async Task A_version_with_a_quote_is_replaced_as_a_whole()
    {
        await using var ratings = await FaultyService.StartAsync("SERVICE_VERSION=a\"b\\");
        await ratings.SetAsync("""{"wrongVersion":{"version":"v9"}}""");
        var text = await ratings.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        var info = PrometheusText.Parse(text).Single(sample => sample.Name == "target_info");
        Assert.Equal(("v9", "ratings"), (info.Labels["service_version"], info.Labels["service_name"]));
    }

    private static async Task GetAsync(FaultyService service, int times)
    {
        for (var number = 0; number < times; number++)
        {
            await service.GetAsync();
        }
    }
}
