using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Hosting;
using Bookinfo.Testing;

namespace Services.Tests;

/// <summary>What the page accepts can be passed on to the last of its backends, with all that is added on the way.</summary>
public sealed class HeaderSizeTests
{
    [Fact]
    public void Each_service_takes_more_than_any_that_calls_it() => Assert.All(
        ServiceCatalog.All,
        caller => Assert.All(
            ServiceCatalog.All.Where(caller.IsCallerOf),
            callee => Assert.True(ServiceProgram.LargestRequestHeaders(callee) >= ServiceProgram.LargestRequestHeaders(caller) + 4096)));

    [Fact]
    public async Task The_largest_cookie_that_the_page_takes_reaches_ratings()
    {
        await using var system = await RunningSystem.StartAsync(["v3"]);
        using var form = new FormUrlEncodedContent([new("username", new string('\u20ac', 64))]);
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });
        using var login = await client.PostAsync(new Uri(system.Address, "/login"), form, TestContext.Current.CancellationToken);
        var session = login.Headers.GetValues("Set-Cookie").Single().Split(';')[0];

        var refused = 0;
        for (var length = 32 * 1024; ; length--)
        {
            var cookie = session + "; a=";
            var answer = await RawHttp.GetAsync(
                system.Address, "/productpage", $"Cookie: {cookie}{new string('a', length - cookie.Length)}");
            if (answer!.Status == 431)
            {
                refused++;
                continue;
            }

            Assert.Equal(200, answer.Status);
            Assert.True(refused > 0, "The page has no limit.");
            Assert.DoesNotContain("Error fetching", answer.Text, StringComparison.Ordinal);
            Assert.Contains("glyphicon glyphicon-star", answer.Text, StringComparison.Ordinal);
            return;
        }
    }

    [Theory]
    [InlineData("/productpage", 431, 3)]
    [InlineData("/productpage", 400, 3)]
    [InlineData("/productpage", 404, 3)]
    [InlineData("/api/v1/products/0", 431, 1)]
    [InlineData("/api/v1/products/0/ratings", 403, 1)]
    [InlineData("/api/v1/products/0/reviews", 429, 2)]
    [InlineData("/api/v1/products/0", 404, 0)]
    [InlineData("/api/v1/products/x/ratings", 400, 0)]
    [InlineData("/api/v1/products/%22/reviews", 414, 0)]
    public async Task A_refusal_that_is_no_answer_to_the_visitor_is_told(string path, int status, int told)
    {
        await using var backend = new RecordingBackend(status, "{}");
        var log = new RecordedLog();
        await using var page = await RunningService.StartAsync(
            Bookinfo.ProductPage.Program.Build, log.AddTo,
            [.. new[] { "details", "reviews", "ratings" }.SelectMany(name => RunningService.At(name, backend.Address))]);
        Assert.NotNull(await RawHttp.GetAsync(page.Address, path));
        Assert.Equal(Enumerable.Repeat((int?)status, told), log.Of("BackendCallFailed").Select(logged => logged.Status));
    }

    [Fact]
    public async Task A_refusal_of_ratings_is_told_by_reviews()
    {
        await using var ratings = new RecordingBackend(404, "{}");
        var log = new RecordedLog();
        await using var reviews = await RunningService.StartAsync(
            Bookinfo.Reviews.Program.Build, log.AddTo, ["ENABLE_RATINGS=true", .. RunningService.At("ratings", ratings.Address)]);
        Assert.Equal(200, (await RawHttp.GetAsync(reviews.Address, "/reviews/7"))!.Status);
        var failed = Assert.Single(
            log.Of("BackendCallFailed"), logged => logged.Text.Contains(" to ratings ", StringComparison.Ordinal));
        Assert.Equal(404, failed.Status);
    }
}
