using Bookinfo.Testing;
using Bookinfo.Verification;

namespace Telemetry.Tests;

/// <summary>
/// Some hundreds of visits of all kinds at once, and then everything that the services have counted, written and sent is exactly what the
/// contract says must come of those visits: not one more, not one less.
/// </summary>
public sealed class ExactCountTests
{
    private const string Page = "productpage-v1";
    private const string Id = "/api/v1/products/{id}";

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task Everything_is_counted_exactly_once(string protocol)
    {
        await using var system = await TelemetrySystem.StartAsync(protocol, InjectedFaults.Rule);
        await DriveAsync(
            system,
            [.. Quick().SelectMany(visit => Enumerable.Repeat(visit, 4)), .. Slow().SelectMany(visit => Enumerable.Repeat(visit, 2))]);
    }

    [Fact]
    public async Task Refused_connections_are_counted_exactly_once()
    {
        using var nobody = new ClosedPort();
        await using var system = await TelemetrySystem.StartAsync(
            rule: InjectedFaults.Rule,
            configure: system =>
            {
                system.Processes.CallInstead("details-v1", nobody.Address);
                system.Processes.CallInstead("ratings-v1", nobody.Address);
            });
        await DriveAsync(system, [.. Quick().SelectMany(visit => Enumerable.Repeat(visit, 2))], "details", "ratings");
    }

    [Fact]
    public async Task What_is_no_HTTP_counts_as_rejected_and_as_nothing_else()
    {
        await using var system = await TelemetrySystem.StartAsync(only: ["ratings-v1"]);
        string[] requests =
        [
            "rubbish\r\n\r\n",
            "GET /ratings/7 HTTP/3.0\r\nHost: a\r\n\r\n",
            "GET /ratings/7 HTTP/1.1\r\n\r\n",
            $"GET /ratings/7 HTTP/1.1\r\nHost: a\r\nx: {new string('x', 50_000)}\r\n\r\n",
        ];
        foreach (var request in requests)
        {
            await RawHttp.SendAsync(system.Processes.AddressOf("ratings-v1"), request, endAfterwards: true);
        }

        var expected = new ExpectedVisits(system.VersionsTried());
        Visit one = new("ratings-v1", "GET", "/ratings/7", "/ratings/{id?}", 200);
        expected.Add(one, (await SendAsync(system, one, "one")).RequestId);
        await Eventually.HoldsAsync(() => ActualCounts.DifferenceAsync(system, expected.Counts));
        await Eventually.HoldsAsync(
            "The lines are missing.", () => system.Logs().Count(line => line.Event == "RequestRejected") == requests.Length);
        Assert.Equal(requests.Length, (await system.ScrapeAsync("ratings-v1"))
            .Where(sample => sample.Name == "bookinfo_http_server_rejected_requests_total").Sum(sample => sample.Value));
    }

    private static async Task DriveAsync(TelemetrySystem system, List<Visit> visits, params string[] refused)
    {
        var order = new Random(Seed: 20);
        var numbered = visits.OrderBy(_ => order.Next()).Select((visit, number) => (Visit: visit, RequestId: $"visit-{number}")).ToList();
        var statuses = new Dictionary<string, int>();
        // What hangs is started first and waits while the others are served.
        var slow = numbered.Where(entry => IsSlow(entry.Visit)).Select(entry => SendAsync(system, entry.Visit, entry.RequestId)).ToList();
        await Parallel.ForEachAsync(
            numbered.Where(entry => !IsSlow(entry.Visit)),
            new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = TestContext.Current.CancellationToken },
            async (entry, _) =>
            {
                var (requestId, status) = await SendAsync(system, entry.Visit, entry.RequestId);
                lock (statuses)
                {
                    statuses.Add(requestId, status);
                }
            });
        foreach (var (requestId, status) in await Task.WhenAll(slow))
        {
            statuses.Add(requestId, status);
        }

        var expected = new ExpectedVisits(system.VersionsTried(), refused);
        foreach (var (visit, requestId) in numbered)
        {
            var status = expected.Add(visit, requestId);
            Assert.True(status == statuses[requestId], $"{visit}: expected {status}, answered {statuses[requestId]}");
        }

        Assert.True(expected.Counts.Served.Total.Low > 2 * visits.Count / 3, "The model has served less than it was asked.");
        await Eventually.HoldsAsync(() => ActualCounts.DifferenceAsync(system, expected.Counts));
    }

    private static bool IsSlow(Visit visit) => visit.Leaves
        || InjectedFaults.Slow.Concat(InjectedFaults.SlowOfReviews).Any(id => visit.Target.Contains('/' + id, StringComparison.Ordinal));

    private static async Task<(string RequestId, int Status)> SendAsync(TelemetrySystem system, Visit visit, string requestId)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(new HttpMethod(visit.Method), system.AddressOf(visit.Process, visit.Target));
        request.Headers.Add("x-request-id", requestId);
        request.Content = visit.Form is null ? null : new StringContent(visit.Form, null, "application/x-www-form-urlencoded");
        var sending = system.Client.SendAsync(request, leaving.Token);
        if (!visit.Leaves)
        {
            using var response = await sending;
            return (requestId, (int)response.StatusCode);
        }

        await Eventually.HoldsAsync("The request never came to reviews.", () => system.VersionsTried().Contains(requestId));
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        // What a server counts that nobody waits for.
        return (requestId, 499);
    }

    private static IEnumerable<Visit> Quick()
    {
        var large = new string('x', 20_000);
        yield return new(Page, "GET", "/", "/", 200);
        yield return new(Page, "HEAD", "/", "/", 200);
        yield return new(Page, "GET", "/index.html", "/index.html", 200);
        yield return new(Page, "GET", "/productpage?u=normal", "/productpage");
        yield return new(Page, "GET", "/productpage", "/productpage");
        yield return new(Page, "HEAD", "/productpage", "/productpage");
        yield return new(Page, "POST", "/login", "/login", 302, Form: "username=someone");
        yield return new(Page, "POST", "/login", "/login", 400, Form: "username=");
        yield return new(Page, "POST", "/login", "/login", 415);
        yield return new(Page, "POST", "/login", "/login", 413, Form: large);
        yield return new(Page, "GET", "/logout", "/logout", 302);
        yield return new(Page, "GET", "/static/bookshop.css", "/static/{name}", 200);
        yield return new(Page, "GET", "/static/nothing", "/static/{name}", 404);
        yield return new(Page, "GET", "/api/v1/products", "/api/v1/products", 200);
        yield return new(Page, "GET", "/no/such/page", "", 404);
        yield return new(Page, "GET", "/login", "", 405);
        yield return new(Page, "DELETE", "/productpage", "", 405);
        yield return new(Page, "BREW", "/productpage", "", 405);
        foreach (var target in (string[])["/health", "/health/live", "/metrics"])
        {
            yield return new(Page, "GET", target, "", 200);
            yield return new("ratings-v1", "GET", target, "", 200);
        }

        yield return new(Page, "GET", "/api/v1/products/0", Id);
        yield return new(Page, "HEAD", "/api/v1/products/0", Id);
        foreach (var id in (string[])["7", "abc", .. InjectedFaults.Quick])
        {
            yield return new(Page, "GET", $"/api/v1/products/{id}", Id);
            yield return new(Page, "GET", $"/api/v1/products/{id}/ratings", Id + "/ratings");
        }

        foreach (var id in (string[])["7", "abc", .. InjectedFaults.Quick, .. InjectedFaults.QuickOfReviews])
        {
            yield return new(Page, "GET", $"/api/v1/products/{id}/reviews", Id + "/reviews");
        }

        yield return new("details-v1", "GET", "/details/7", "/details/{id?}", 200);
        yield return new("details-v1", "HEAD", "/details/7", "/details/{id?}", 200);
        yield return new("details-v1", "GET", "/details", "/details/{id?}", 400);
        yield return new("details-v1", "GET", "/details/abc", "/details/{id?}", 400);
        yield return new("details-v1", "GET", "/nothing/7", "", 404);
        yield return new("details-v1", "PUT", "/details/7", "", 405);
        yield return new("ratings-v1", "GET", "/ratings/7", "/ratings/{id?}", 200);
        yield return new("ratings-v1", "GET", "/ratings/abc", "/ratings/{id?}", 400);
        yield return new("ratings-v1", "POST", "/ratings/8", "/ratings/{id?}", 200, Form: """{"Reviewer1":5}""");
        yield return new("ratings-v1", "POST", "/ratings/8", "/ratings/{id?}", 400, Form: "rubbish");
        yield return new("ratings-v1", "POST", "/ratings/8", "/ratings/{id?}", 413, Form: large);
        yield return new("ratings-v1", "PATCH", "/ratings/8", "", 405);
        foreach (var reviews in (string[])["reviews-v1", "reviews-v2", "reviews-v3"])
        {
            yield return new(reviews, "GET", "/reviews/abc", "/reviews/{id}");
            yield return new(reviews, "GET", "/reviews/7", "/reviews/{id}");
            yield return new(reviews, "HEAD", "/reviews/7", "/reviews/{id}");
            yield return new(reviews, "GET", "/reviews", "", 404);
            yield return new(reviews, "BREW", "/reviews/7", "", 405);
            foreach (var id in InjectedFaults.Quick)
            {
                yield return new(reviews, "GET", $"/reviews/{id}", "/reviews/{id}");
            }
        }
    }

    private static IEnumerable<Visit> Slow()
    {
        yield return new(Page, "GET", "/api/v1/products/2999/reviews", Id + "/reviews", Leaves: true);
        foreach (var id in InjectedFaults.Slow)
        {
            yield return new(Page, "GET", $"/api/v1/products/{id}", Id);
            yield return new(Page, "GET", $"/api/v1/products/{id}/ratings", Id + "/ratings");
            yield return new(Page, "GET", $"/api/v1/products/{id}/reviews", Id + "/reviews");
            yield return new("reviews-v1", "GET", $"/reviews/{id}", "/reviews/{id}");
            yield return new("reviews-v2", "GET", $"/reviews/{id}", "/reviews/{id}");
            yield return new("reviews-v3", "GET", $"/reviews/{id}", "/reviews/{id}");
        }

        foreach (var id in InjectedFaults.SlowOfReviews)
        {
            yield return new(Page, "GET", $"/api/v1/products/{id}/reviews", Id + "/reviews");
        }
    }
}
