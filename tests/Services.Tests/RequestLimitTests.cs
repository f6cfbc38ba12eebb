using System.Net;
using Bookinfo.Testing;

namespace Services.Tests;

/// <summary>More requests at once than a service may answer get a quick 503, and it goes on as before when there is room again.</summary>
[Collection(CountingTests.Name)]
public sealed class RequestLimitTests
{
    [Fact]
    public async Task Requests_beyond_the_limit_are_refused_at_once_and_probes_are_not()
    {
        const int Most = 3;
        await using var ratings = await FaultyService.StartAsync($"MAX_CONCURRENT_REQUESTS={Most}");
        await ratings.SetAsync("""{"delay":{"fixedDelay":"1h"}}""");
        var waiting = Enumerable.Range(0, Most).Select(_ => ratings.GetAsync()).ToList();
        await Eventually.HoldsAsync(async () =>
            (await ratings.StatusAsync()).Sets.Single().Rules.Single().Matched == Most ? "" : "Not all have come.");

        for (var number = 0; number < 5; number++)
        {
            using var refused = await ratings.Client.GetAsync(
                new Uri("/ratings/0", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
            Assert.Equal(
                """{"error":"too many requests at once"}""",
                await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        foreach (var path in new[] { "/health", "/health/live", "/health/ready", "/metrics" })
        {
            Assert.Equal((path, HttpStatusCode.OK), (path, (await ratings.GetAsync(path)).Status));
        }

        // They are told like any others.
        Assert.Equal(5, await ratings.MetricAsync("http_server_request_duration_seconds_count", "http_response_status_code", "503"));
        Assert.Equal(5, await ratings.MetricAsync("http_server_request_duration_seconds_count", "http_route", "/ratings/{id?}"));
        Assert.Single(ratings.Log.Of("RequestsRefused"));
        await ratings.RemoveAsync();
        Assert.All(await Task.WhenAll(waiting), answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Equal(HttpStatusCode.OK, (await ratings.GetAsync()).Status);
    }
}
