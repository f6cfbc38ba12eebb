using System.Net;
using System.Text.Json;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Hosting;
using Bookinfo.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Services.Tests;

/// <summary>
/// Timeouts and tries, on a clock that the test turns: a call has ended a moment after its timeout, and not a moment before.
/// </summary>
[Collection(CountingTests.Name)]
public sealed class CallPolicyTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void The_table_is_the_contracts()
    {
        Assert.Equal((3.0, 1), Of(ServiceCatalog.ProductPage.CallTo(ServiceCatalog.Details).Policy));
        Assert.Equal((3.0, 2), Of(ServiceCatalog.ProductPage.CallTo(ServiceCatalog.Reviews).Policy));
        Assert.Equal((3.0, 1), Of(ServiceCatalog.ProductPage.CallTo(ServiceCatalog.Ratings).Policy));
        Assert.Equal((10.0, 1), Of(CallPolicy.BlackReviewsToRatings));
        Assert.Equal((2.5, 1), Of(ServiceCatalog.Reviews.CallTo(ServiceCatalog.Ratings).Policy));
        Assert.Equal((5.0, 1), Of(CallPolicy.DetailsToBooks));

        static (double Seconds, int Tries) Of(CallPolicy policy) => (policy.Timeout.TotalSeconds, policy.Tries);
    }

    public static TheoryData<string, double, int> Arrows => new()
    {
        { "/api/v1/products/0", 3, 1 },
        { "/api/v1/products/0/reviews", 3, 2 },
        { "/api/v1/products/0/ratings", 3, 1 },
    };

    [Theory]
    [MemberData(nameof(Arrows))]
    public async Task Productpage_gives_a_hanging_backend_up_after_so_many_tries_of_so_many_seconds(string path, double seconds, int tries)
    {
        foreach (var hang in new[] { RecordingBackend.Hang, RecordingBackend.HangInBody })
        {
            await using var backend = new RecordingBackend(_ => hang);
            var clock = new FakeTimeProvider();
            await using var page = await StartAsync(Bookinfo.ProductPage.Program.Build, clock, At(backend));
            await AssertGivenUpAsync(page, path, clock, backend, seconds, tries, HttpStatusCode.InternalServerError);
        }
    }

    [Theory]
    [InlineData("black", 10)]
    [InlineData("red", 2.5)]
    [InlineData("green", 2.5)]
    public async Task Reviews_gives_hanging_ratings_up_by_its_color(string color, double seconds)
    {
        await using var ratings = new RecordingBackend(_ => RecordingBackend.Hang);
        var clock = new FakeTimeProvider();
        await using var reviews = await StartAsync(
            Bookinfo.Reviews.Program.Build, clock,
            ["ENABLE_RATINGS=true", $"STAR_COLOR={color}", .. RunningService.At("ratings", ratings.Address)]);
        await AssertGivenUpAsync(reviews, "/reviews/0", clock, ratings, seconds, tries: 1, HttpStatusCode.OK);
    }

    [Fact]
    public async Task Details_gives_a_hanging_book_service_up_after_five_seconds()
    {
        await using var google = new RecordingBackend(_ => RecordingBackend.Hang);
        var clock = new FakeTimeProvider();
        await using var details = await StartAsync(
            Bookinfo.Details.Program.Build, clock, ["ENABLE_EXTERNAL_BOOK_SERVICE=true", $"EXTERNAL_BOOK_SERVICE_URL={google.Address}"]);
        await AssertGivenUpAsync(details, "/details/0", clock, google, seconds: 5, tries: 1, HttpStatusCode.BadGateway);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(404)]
    [InlineData(301)]
    [InlineData(204)]
    public async Task A_failing_backend_is_tried_as_often_as_the_contract_says(int status)
    {
        await using var backend = new RecordingBackend(status, "");
        await using var page = await RunningService.StartAsync(Bookinfo.ProductPage.Program.Build, At(backend));
        foreach (var row in Arrows)
        {
            var (path, _, tries) = row.Data;
            var before = backend.Requests.Count;
            using var response = await page.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal((path, tries), (path, backend.Requests.Count - before));
        }
    }

    [Theory]
    [MemberData(nameof(Arrows))]
    public async Task A_broken_answer_counts_as_none(string path, double seconds, int tries)
    {
        _ = seconds;
        string[] broken =
        [
            "",
            "rubbish\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            $"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n{new string(' ', 2_000_000)}",
        ];
        foreach (var bytes in broken)
        {
            await using var backend = new RecordingBackend(_ => RecordingBackend.RawThenClose(bytes));
            await using var page = await RunningService.StartAsync(Bookinfo.ProductPage.Program.Build, At(backend));
            using var response = await page.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal((HttpStatusCode.InternalServerError, tries), (response.StatusCode, backend.Requests.Count));
        }
    }

    [Fact]
    public async Task The_second_try_of_reviews_may_succeed()
    {
        var calls = 0;
        await using var reviews = new RecordingBackend(_ => Interlocked.Increment(ref calls) == 1
            ? RecordingBackend.Answer(503, "{}")
            : RecordingBackend.Answer(200, """{"id":"0"}"""));
        await using var page = await RunningService.StartAsync(
            Bookinfo.ProductPage.Program.Build, RunningService.At("reviews", reviews.Address));
        Assert.Equal("""{"id":"0"}""", await page.Client.GetStringAsync(
            new Uri("/api/v1/products/0/reviews", UriKind.Relative), TestContext.Current.CancellationToken));
        // One call, two tries: the original counts it once.
        var metrics = await page.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(
            """request_result_total{destination_app="reviews",response_code="200"} 1""",
            Assert.Single(metrics.Split('\n'), line => line.StartsWith("request_result_total{", StringComparison.Ordinal)));
    }

    /// <summary>Whatever other calls do between the two.</summary>
    [Fact]
    public async Task The_second_try_goes_to_the_next_address()
    {
        using var closed = new ClosedPort();
        await using var reviews = new RecordingBackend(200, "{}");
        await using var page = await RunningService.StartAsync(
            Bookinfo.ProductPage.Program.Build, $"REVIEWS_ENDPOINTS={closed.Address},{reviews.Address}");
        var calls = Enumerable.Range(0, 8).Select(async _ =>
        {
            for (var call = 0; call < 50; call++)
            {
                Assert.Equal(
                    "{}",
                    await page.Client.GetStringAsync(
                        new Uri("/api/v1/products/0/reviews", UriKind.Relative), TestContext.Current.CancellationToken));
            }
        });
        await Task.WhenAll(calls);
    }

    [Fact]
    public async Task Details_and_reviews_are_called_at_the_same_time()
    {
        // Each answers only when both have been asked: one after the other would never end.
        using var both = new CountdownEvent(2);
        await using var backend = new RecordingBackend(request => async (stream, token) =>
        {
            both.Signal();
            await Task.Run(() => both.Wait(token), token);
            await RecordingBackend.Answer(
                200, request.Target == "/details/0" ? """{"publisher":"At once"}""" : """{"reviews":[]}""")(stream, token);
        });
        await using var page = await RunningService.StartAsync(
            Bookinfo.ProductPage.Program.Build,
            [.. RunningService.At("details", backend.Address), .. RunningService.At("reviews", backend.Address)]);
        Assert.Contains(
            "At once",
            await page.Client.GetStringAsync(new Uri("/productpage", UriKind.Relative), TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task Each_page_view_makes_as_many_extra_calls_to_reviews_as_FLOOD_FACTOR_says(int factor)
    {
        await using var backend = new RecordingBackend(200, "{}");
        await using var page = await RunningService.StartAsync(
            Bookinfo.ProductPage.Program.Build,
            [$"FLOOD_FACTOR={factor}", .. RunningService.At("details", backend.Address), .. RunningService.At("reviews", backend.Address)]);
        for (var views = 1; views <= 3; views++)
        {
            await page.Client.GetStringAsync(new Uri("/productpage", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(views * (1 + factor), backend.Requests.Count(request => request.Target == "/reviews/0"));
            Assert.Equal(views, backend.Requests.Count(request => request.Target == "/details/0"));
        }

        // The API is not a page view.
        await page.Client.GetStringAsync(new Uri("/api/v1/products/0/reviews", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal((3 * (1 + factor)) + 1, backend.Requests.Count(request => request.Target == "/reviews/0"));
    }

    [Fact]
    public async Task Calls_beyond_the_connections_that_there_may_be_wait_for_one()
    {
        const int Most = 3;
        var (open, atOnce) = (0, 0);
        await using var backend = new RecordingBackend(_ => async (stream, token) =>
        {
            var now = Interlocked.Increment(ref open);
            InterlockedMax(ref atOnce, now);
            await Task.Yield();
            await RecordingBackend.Answer(200, "{}")(stream, token);
            Interlocked.Decrement(ref open);
        });
        await using var page = await RunningService.StartAsync(
            Bookinfo.ProductPage.Program.Build,
            services => services.AddSingleton(new ConnectionLimits(Visitors: 100, Calls: Most)),
            ["FLOOD_FACTOR=50", .. RunningService.At("details", backend.Address), .. RunningService.At("reviews", backend.Address)]);
        await page.Client.GetStringAsync(new Uri("/productpage", UriKind.Relative), TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync(
            "Not every extra call is made.", () => backend.Requests.Count(request => request.Target == "/reviews/0") == 51);
        // Details and reviews are at the same address, for which each client has its own connections.
        Assert.InRange(atOnce, 1, 2 * Most);
    }

    /// <summary>
    /// An idle connection is reset when its server or what is between has given it up: the request was never seen, and is sent again
    /// (RFC 9112 section 9.3.1).
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_on_an_idle_connection_that_is_given_up_is_sent_again(bool isReset)
    {
        var body = """{"items":[{"volumeInfo":{"publisher":"P"}}]}""";
        await using var google = new LoopbackServer(async (client, _, token) =>
        {
            var stream = client.GetStream();
            var buffer = new byte[4096];
            await stream.ReadAtLeastAsync(buffer, 1, cancellationToken: token);
            await RecordingBackend.Answer(200, body)(stream, token);
            await stream.ReadAtLeastAsync(buffer, 1, cancellationToken: token);
            if (isReset)
            {
                RawHttp.Reset(client);
            }
        });
        await using var details = await RunningService.StartAsync(
            Bookinfo.Details.Program.Build, "ENABLE_EXTERNAL_BOOK_SERVICE=true", $"EXTERNAL_BOOK_SERVICE_URL={google.Address}");
        const int Requests = 5;
        var address = new Uri("/details/0", UriKind.Relative);
        for (var request = 0; request < Requests; request++)
        {
            using var response = await details.Client.GetAsync(address, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.Equal(Requests, google.Connections);
    }

    /// <summary>Here the server did see the request, whatever it did with it, so that is a try.</summary>
    [Fact]
    public async Task A_request_on_a_new_connection_that_is_reset_is_not_sent_again()
    {
        await using var google = new LoopbackServer(async (client, _, token) =>
        {
            await client.GetStream().ReadAtLeastAsync(new byte[4096], 1, cancellationToken: token);
            RawHttp.Reset(client);
        });
        await using var details = await RunningService.StartAsync(
            Bookinfo.Details.Program.Build, "ENABLE_EXTERNAL_BOOK_SERVICE=true", $"EXTERNAL_BOOK_SERVICE_URL={google.Address}");
        using var response = await details.Client.GetAsync(new Uri("/details/0", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.BadGateway, 1), (response.StatusCode, google.Connections));
    }

    [Fact]
    public async Task Extra_calls_that_fail_change_nothing_on_the_page()
    {
        var calls = 0;
        await using var reviews = new RecordingBackend(_ => Interlocked.Increment(ref calls) % 2 == 0
            ? RecordingBackend.RawThenClose("")
            : RecordingBackend.Answer(200, JsonSerializer.Serialize(new { reviews = Array.Empty<object>(), podname = "the-pod" })));
        await using var page = await RunningService.StartAsync(
            Bookinfo.ProductPage.Program.Build, ["FLOOD_FACTOR=4", .. RunningService.At("reviews", reviews.Address)]);
        using var response = await page.Client.GetAsync(new Uri("/productpage", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    /// <summary>
    /// A gateway's page, nothing at all, JSON of another shape: the status says that all is well, so a line has to say that it is not.
    /// </summary>
    [Theory]
    [InlineData("<html>Welcome</html>")]
    [InlineData("")]
    [InlineData("[1]")]
    [InlineData("\uFEFF{}")]
    public async Task A_200_that_is_of_no_use_is_told(string body)
    {
        await using var backend = new RecordingBackend(200, body);
        var log = new RecordedLog();
        await using var page = await RunningService.StartAsync(Bookinfo.ProductPage.Program.Build, log.AddTo, At(backend));
        await page.Client.GetStringAsync(new Uri("/productpage", UriKind.Relative), TestContext.Current.CancellationToken);
        await using var reviews = await RunningService.StartAsync(
            Bookinfo.Reviews.Program.Build, log.AddTo, ["ENABLE_RATINGS=true", .. RunningService.At("ratings", backend.Address)]);
        await reviews.Client.GetStringAsync(new Uri("/reviews/0", UriKind.Relative), TestContext.Current.CancellationToken);
        await using var details = await RunningService.StartAsync(
            Bookinfo.Details.Program.Build, log.AddTo, "ENABLE_EXTERNAL_BOOK_SERVICE=true", $"EXTERNAL_BOOK_SERVICE_URL={backend.Address}");
        using var book = await details.Client.GetAsync(new Uri("/details/0", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadGateway, book.StatusCode);
        string[] told = ["books", "details", "ratings", "reviews"];
        Assert.Equal(told, log.Of("BackendAnswerUnusable").Select(line => line.Text.Split(' ')[3]).Order(StringComparer.Ordinal));

        // To the API, any JSON is an answer.
        var ratings = new Uri("/api/v1/products/0/ratings", UriKind.Relative);
        using var api = await page.Client.GetAsync(ratings, TestContext.Current.CancellationToken);
        Assert.Equal(body == "[1]" ? 0 : 1, log.Of("BackendAnswerUnusable").Count - told.Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/reviews")]
    [InlineData("/ratings")]
    public async Task The_API_passes_on_no_JSON_that_is_not_UTF8(string path)
    {
        const string Body = "{\"id\":\"\u00ff\"}";
        await using var backend = new RecordingBackend(_ => RecordingBackend.RawThenClose(
            $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n{Body}"));
        var log = new RecordedLog();
        await using var page = await RunningService.StartAsync(Bookinfo.ProductPage.Program.Build, log.AddTo, At(backend));
        using var answer = await page.Client.GetAsync(
            new Uri($"/api/v1/products/0{path}", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(path == "" ? "details" : path[1..], Assert.Single(log.Of("BackendAnswerUnusable")).Text.Split(' ')[3]);
        Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task An_answer_that_is_of_use_is_not_told()
    {
        await using var backend = new RecordingBackend(200, """{"ratings":{},"reviews":[],"items":[]}""");
        var log = new RecordedLog();
        await using var page = await RunningService.StartAsync(Bookinfo.ProductPage.Program.Build, log.AddTo, At(backend));
        await page.Client.GetStringAsync(new Uri("/productpage", UriKind.Relative), TestContext.Current.CancellationToken);
        await using var reviews = await RunningService.StartAsync(
            Bookinfo.Reviews.Program.Build, log.AddTo, ["ENABLE_RATINGS=true", .. RunningService.At("ratings", backend.Address)]);
        await reviews.Client.GetStringAsync(new Uri("/reviews/0", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Empty(log.Of("BackendAnswerUnusable"));
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, value, seen);
        }
    }

    private static string[] At(RecordingBackend backend) =>
        [.. new[] { "details", "reviews", "ratings" }.SelectMany(name => RunningService.At(name, backend.Address))];

    private static Task<RunningService> StartAsync(
        Func<string[], Action<IServiceCollection>?, WebApplication> build, FakeTimeProvider clock, string[] settings) =>
        RunningService.StartAsync(build, services => services.AddSingleton<TimeProvider>(clock), settings);

    private static async Task AssertGivenUpAsync(
        RunningService service, string path, FakeTimeProvider clock, RecordingBackend backend, double seconds, int tries,
        HttpStatusCode status)
    {
        var answer = service.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        for (var number = 1; number <= tries; number++)
        {
            await Eventually.HoldsAsync($"try {number}", () => backend.Requests.Count == number);
            clock.Advance(TimeSpan.FromSeconds(seconds) - Moment);
            // Nothing can be waited for that must not happen; what would have happened at the turn of the clock has started by now.
            await Task.Delay(50, TestContext.Current.CancellationToken);
            Assert.False(answer.IsCompleted, $"gave up before {seconds} s");
            Assert.Equal(number, backend.Requests.Count);
            clock.Advance(Moment);
        }

        using var response = await answer.WaitAsync(Eventually.Never, TestContext.Current.CancellationToken);
        Assert.Equal((status, tries), (response.StatusCode, backend.Requests.Count));
    }
}
