using System.Text;
using Bookinfo.Contracts;
using Bookinfo.Testing;

namespace Services.Tests;

/// <summary>Without tracing every header of the list goes on byte for byte, on each arrow of the topology, and no other does.</summary>
public sealed class ForwardedHeadersTests
{
    /// <summary>The list as the wire contract has it, written down once more: the code's own list must not be its own judge.</summary>
    private static readonly string[] Contract =
    [
        "x-request-id", "x-ot-span-context", "x-datadog-trace-id", "x-datadog-parent-id", "x-datadog-sampling-priority",
        "traceparent", "tracestate",
        "x-cloud-trace-context", "grpc-trace-bin", "x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid", "x-b3-sampled", "x-b3-flags", "b3",
        "sw8", "baggage", "end-user", "user-agent", "cookie", "authorization", "jwt",
    ];

    /// <summary>
    /// Values that a client library would mend or refuse: bytes above 127, odd white space inside, separators, no value at all.
    /// </summary>
    private static readonly string[] Odd =
    [
        "00-not-a-trace", "a,b;c=\"d\"  e\tf", "\u00e9\u00ff\u0080", "", "  padded  ", "((((", "=?utf-8?q?x?=", "1",
    ];

    [Fact]
    public void The_list_is_the_contracts() => Assert.Equal(Contract.Order(), ForwardedHeaders.All.Order());

    [Fact]
    public async Task Reviews_passes_every_header_on_byte_for_byte()
    {
        await using var ratings = new RecordingBackend(200, """{"id":0,"ratings":{"Reviewer1":5,"Reviewer2":4}}""");
        await using var reviews = await RunningService.StartAsync(
            Bookinfo.Reviews.Program.Build, ["ENABLE_RATINGS=true", .. RunningService.At("ratings", ratings.Address)]);
        foreach (var odd in Odd)
        {
            Assert.Equal(
                200, (await RawHttp.GetAsync(reviews.Address, "/reviews/0", [.. Contract.Select(name => $"{name}: {odd}")]))!.Status);
            AssertPassedOn(Contract, odd, ratings.Requests[^1]);
        }
    }

    [Theory]
    [InlineData("/productpage", "details")]
    [InlineData("/productpage", "reviews")]
    [InlineData("/api/v1/products/0", "details")]
    [InlineData("/api/v1/products/0/reviews", "reviews")]
    [InlineData("/api/v1/products/0/ratings", "ratings")]
    public async Task Productpage_passes_every_header_on_byte_for_byte_but_the_visitors_end_user(string path, string backend)
    {
        await using var recording = new RecordingBackend(200, "{}");
        await using var page = await RunningService.StartAsync(
            Bookinfo.ProductPage.Program.Build, RunningService.At(backend, recording.Address));
        foreach (var odd in Odd)
        {
            Assert.Equal(200, (await RawHttp.GetAsync(page.Address, path, [.. Contract.Select(name => $"{name}: {odd}")]))!.Status);
            AssertPassedOn(Contract.Except(["end-user"]), odd, recording.Requests[^1]);
            Assert.Empty(recording.Requests[^1].Values("end-user"));
        }
    }

    [Fact]
    public async Task Nothing_is_made_up_for_what_is_absent_and_nothing_else_is_passed_on()
    {
        await using var ratings = new RecordingBackend(200, "{}");
        await using var reviews = await RunningService.StartAsync(
            Bookinfo.Reviews.Program.Build, ["ENABLE_RATINGS=true", .. RunningService.At("ratings", ratings.Address)]);
        await RawHttp.GetAsync(reviews.Address, "/reviews/0", "x-forwarded-for: 1.2.3.4", "accept-language: de", "x-secret: y");
        var names = ratings.Requests[^1].Headers.Select(header => header.Name.ToLowerInvariant());
        // A request id is made when there is none, so that the lines of all logs about one request can be found; and services of ours say
        // who calls.
        Assert.Equal(["x-request-id", "x-bookinfo-caller"], names.Except(["host", "connection"]));
    }

    [Fact]
    public async Task Each_of_several_lines_of_a_header_is_passed_on()
    {
        await using var ratings = new RecordingBackend(200, "{}");
        await using var reviews = await RunningService.StartAsync(
            Bookinfo.Reviews.Program.Build, ["ENABLE_RATINGS=true", .. RunningService.At("ratings", ratings.Address)]);
        await RawHttp.GetAsync(reviews.Address, "/reviews/0", "baggage: a=1", "baggage: b=2");
        // Two lines and one line with a comma mean the same, RFC 9110 section 5.2.
        Assert.Equal("a=1, b=2", string.Join(", ", ratings.Requests[^1].Values("baggage")));
    }

    /// <summary>By it lines of several services are found, so all have to say the same.</summary>
    [Fact]
    public async Task Several_lines_of_x_request_id_are_one_id_for_all_services()
    {
        await using var ratings = new RecordingBackend(200, "{}");
        await using var reviews = await RunningService.StartAsync(
            Bookinfo.Reviews.Program.Build, ["ENABLE_RATINGS=true", .. RunningService.At("ratings", ratings.Address)]);
        var response = await RawHttp.GetAsync(reviews.Address, "/reviews/0", "x-request-id: aa", "x-request-id: bb");
        Assert.Equal("aa,bb", response!.Header("x-request-id"));
        Assert.Equal("aa,bb", Assert.Single(ratings.Requests[^1].Values("x-request-id")));
    }

    [Fact]
    public async Task The_signed_in_user_is_the_end_user_for_details_reviews_and_ratings()
    {
        await using var backend = new RecordingBackend(200, "{}");
        await using var page = await RunningService.StartAsync(
            Bookinfo.ProductPage.Program.Build,
            [
                .. RunningService.At("details", backend.Address), .. RunningService.At("reviews", backend.Address),
                .. RunningService.At("ratings", backend.Address),
            ]);
        foreach (var name in new[] { "jason", "Zoë Müller", "名前" })
        {
            using var form = new FormUrlEncodedContent([new("username", name)]);
            using var login = await page.Client.PostAsync(new Uri("/login", UriKind.Relative), form, TestContext.Current.CancellationToken);
            var cookie = login.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
            foreach (var path in new[] { "/productpage", "/api/v1/products/0", "/api/v1/products/0/reviews", "/api/v1/products/0/ratings" })
            {
                var before = backend.Requests.Count;
                await RawHttp.GetAsync(page.Address, path, $"Cookie: {cookie}", "end-user: mallory");
                Assert.All(backend.Requests.Skip(before), request =>
                {
                    Assert.Equal(
                        [name], request.Values("end-user").Select(value => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(value))));
                    Assert.Equal([cookie], request.Values("cookie"));
                });
                Assert.NotEqual(before, backend.Requests.Count);
            }
        }
    }

    [Fact]
    public async Task The_external_book_service_gets_the_trace_and_nothing_about_the_visitor()
    {
        await using var google = new RecordingBackend(200, "{}");
        await using var details = await RunningService.StartAsync(
            Bookinfo.Details.Program.Build, "ENABLE_EXTERNAL_BOOK_SERVICE=true", $"EXTERNAL_BOOK_SERVICE_URL={google.Address}");
        await RawHttp.GetAsync(details.Address, "/details/0", [.. Contract.Select(name => $"{name}: value")]);
        AssertPassedOn(Contract.Except(["end-user", "cookie", "authorization", "jwt"]), "value", google.Requests[^1]);
        Assert.All(["end-user", "cookie", "authorization", "jwt"], name => Assert.Empty(google.Requests[^1].Values(name)));
    }

    private static void AssertPassedOn(IEnumerable<string> names, string value, RecordedRequest request) =>
        // White space around a value is not a part of it, RFC 9110 section 5.5.
        // An empty request id is none, and one is made.
        Assert.All(
            names.Where(name => value.Length > 0 || name != "x-request-id"),
            name => Assert.Equal((name, value.Trim(' ')), (name, string.Join('|', request.Values(name)))));
}
