using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using AngleSharp.Html.Parser;
using Bookinfo.Contracts;

namespace Wire.Tests;

public sealed partial class ProductPageChecks(WireSystem system)
{
    [Fact]
    public async Task Health()
    {
        using var response = await GetAsync("/health");
        Assert.Equal((HttpStatusCode.OK, "Product page is healthy"), (response.StatusCode, await TextAsync(response)));
        Assert.StartsWith("text/", response.Content.Headers.ContentType?.MediaType, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/index.html")]
    public async Task The_index_shows_the_service_tree_and_two_links(string path)
    {
        using var response = await GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var page = await new HtmlParser().ParseDocumentAsync(
            await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        Assert.Equal(
            ["/productpage?u=normal", "/productpage?u=test"],
            page.QuerySelectorAll("a[href*='?u=']").Select(link => link.GetAttribute("href")));
        Assert.All(
            ServiceCatalog.All, service => Assert.Contains(service.Name, page.Body!.TextContent, StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("/productpage")]
    [InlineData("/productpage?u=normal")]
    [InlineData("/productpage?u=test")]
    public async Task The_page_has_its_title_the_book_its_details_and_who_served_the_reviews(string path)
    {
        var page = await PageAsync(path);
        Assert.Contains("<title>Simple Bookstore App</title>", page, StringComparison.Ordinal);
        Assert.Contains("The Comedy of Errors", page, StringComparison.Ordinal);
        Assert.Contains("PublisherA", page, StringComparison.Ordinal);
        Assert.Contains("1234567890", page, StringComparison.Ordinal);
        Assert.Contains("Reviews served by:", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reloads_show_no_stars_black_stars_and_red_stars()
    {
        var seen = new Dictionary<string, int>();
        // Six times the number of versions: with connections spread at random, one is missed once in 500 runs; ours take turns.
        for (var i = 0; i < (system.IsOurs ? 6 : 60); i++)
        {
            var page = await PageAsync("/productpage");
            var color = StarGroup().Matches(page) is [var first, ..] ? first.Groups[1].Value : "none";
            // Nine of ten stars are filled: five and four. Tutorials count them with grep, so each has a line of its own.
            Assert.Equal(
                color == "none" ? 0 : 9,
                page.Split('\n').Count(line => line.Contains("glyphicon glyphicon-star", StringComparison.Ordinal)));
            Assert.Equal(color == "none" ? 0 : 9, FilledStar().Count(page));
            seen[color] = seen.GetValueOrDefault(color) + 1;
        }

        Assert.Equal(["black", "none", "red"], seen.Keys.Order());
        if (system.IsOurs)
        {
            Assert.All(seen.Values, count => Assert.Equal(2, count));
        }
    }

    [Fact]
    public async Task Products_are_listed()
    {
        using var response = await GetAsync("/api/v1/products");
        Assert.Equal((HttpStatusCode.OK, "application/json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        var product = Assert.Single(JsonElement.Parse(await TextAsync(response)).EnumerateArray());
        Assert.Equal(["id", "title", "descriptionHtml"], product.EnumerateObject().Select(property => property.Name));
        Assert.Equal((0, "The Comedy of Errors"), (product.GetProperty("id").GetInt32(), product.GetProperty("title").GetString()));
        Assert.NotEmpty(product.GetProperty("descriptionHtml").GetString()!);
    }

    [Theory]
    [InlineData(
        "/api/v1/products/3",
        """
        {
          "id":3,"author":"William Shakespeare","year":1595,"type":"paperback","pages":200,"publisher":"PublisherA",
          "language":"English","ISBN-10":"1234567890","ISBN-13":"123-1234567890"
        }
        """)]
    [InlineData("/api/v1/products/3/ratings", """{"id":3,"ratings":{"Reviewer1":5,"Reviewer2":4}}""")]
    public async Task The_api_passes_the_backends_answers_on(string path, string json) =>
        await WireAssert.IsJsonAsync(HttpStatusCode.OK, json, await GetAsync(path));

    [Fact]
    public async Task The_api_passes_the_reviews_on()
    {
        using var response = await GetAsync("/api/v1/products/3/reviews");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var reviews = JsonElement.Parse(await TextAsync(response));
        Assert.Equal(["id", "podname", "clustername", "reviews"], reviews.EnumerateObject().Select(property => property.Name));
        Assert.Equal("3", reviews.GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("/api/v1/products/abc", HttpStatusCode.BadRequest, "Sorry, product details are currently unavailable for this book.")]
    [InlineData("/api/v1/products/abc/reviews", HttpStatusCode.NotFound, "Sorry, product reviews are currently unavailable for this book.")]
    [InlineData(
        "/api/v1/products/abc/ratings", HttpStatusCode.BadRequest, "Sorry, product ratings are currently unavailable for this book.")]
    public async Task The_api_passes_the_status_of_a_failure_on(string path, HttpStatusCode status, string message) =>
        await WireAssert.IsJsonAsync(status, $$"""{"error":"{{message}}"}""", await GetAsync(path));

    [Fact]
    public async Task Signing_in_shows_the_name_and_signing_out_hides_it()
    {
        const string Name = "Dromio of Ephesus";
        Assert.DoesNotContain(Name, await PageAsync("/productpage"), StringComparison.Ordinal);

        using var login = await LoginAsync(Name, new Uri(Address, "/productpage?u=normal"));
        Assert.Equal(HttpStatusCode.Redirect, login.StatusCode);
        Assert.Equal(new Uri(Address, "/productpage?u=normal"), new Uri(Address, login.Headers.Location!));
        var cookie = SessionCookie(login);
        Assert.Contains(Name, await PageAsync("/productpage", cookie), StringComparison.Ordinal);
        Assert.DoesNotContain(Name, await PageAsync("/productpage"), StringComparison.Ordinal);

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Address, "/logout"));
        request.Headers.Add("Cookie", cookie);
        request.Headers.Referrer = new Uri(Address, "/productpage?u=test");
        using var logout = await system.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Redirect, logout.StatusCode);
        Assert.Equal(new Uri(Address, "/productpage?u=test"), new Uri(Address, logout.Headers.Location!));
        Assert.DoesNotContain(Name, await PageAsync("/productpage", SessionCookie(logout)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_session_cookie_is_out_of_reach_of_scripts_and_other_sites()
    {
        using var login = await LoginAsync("Adriana", new Uri(Address, "/productpage"));
        var attributes = SetCookie(login).Split(';', StringSplitOptions.TrimEntries).Skip(1).ToList();
        Assert.Contains("httponly", attributes, StringComparer.OrdinalIgnoreCase);
        if (system.IsOurs)
        {
            Assert.Contains("samesite=lax", attributes, StringComparer.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task A_forged_session_is_a_signed_out_visitor()
    {
        using var login = await LoginAsync("Adriana", new Uri(Address, "/productpage"));
        var cookie = SessionCookie(login);
        var middle = cookie.Length / 2;
        string[] forged =
        [
            cookie[..middle] + (cookie[middle] == 'A' ? 'B' : 'A') + cookie[(middle + 1)..],
            cookie[..^4],
            "session=QWRyaWFuYQ",
            "session=QWRyaWFuYQ.",
            "session=.",
            "session=Adriana",
            "session=%00",
        ];
        foreach (var attempt in forged)
        {
            Assert.DoesNotContain("Adriana", await PageAsync("/productpage", attempt), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Finished_calls_are_counted_by_destination_and_status()
    {
        await PageAsync("/productpage");
        using (await GetAsync("/api/v1/products/abc/ratings"))
        {
        }

        using var response = await GetAsync("/metrics");
        Assert.StartsWith("text/plain", response.Content.Headers.ContentType?.ToString(), StringComparison.Ordinal);
        var metrics = await TextAsync(response);
        foreach (var labels in new[] { """
            destination_app="details",response_code="200" 
            """, """destination_app="reviews",response_code="200" """, """destination_app="ratings",response_code="400" """ })
        {
            Assert.Matches($@"(?m)^request_result_total\{{{Regex.Escape(labels.Trim())}\}} [1-9]", metrics);
        }
    }

    private Uri Address => system["productpage-v1"];

    [GeneratedRegex("class=\"[^\"]*\\btext-([a-z]+)-500\\b")]
    private static partial Regex StarGroup();

    [GeneratedRegex("(?:class|id)=\"[^\"]*glyphicon glyphicon-star[^\"]*\"")]
    private static partial Regex FilledStar();

    private static string SetCookie(HttpResponseMessage response) =>
        Assert.Single(response.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith("session=", StringComparison.Ordinal));

    private static string SessionCookie(HttpResponseMessage response) => SetCookie(response).Split(';')[0];

    private static Task<string> TextAsync(HttpResponseMessage response) =>
        response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    private Task<HttpResponseMessage> GetAsync(string path) =>
        system.Client.GetAsync(new Uri(Address, path), TestContext.Current.CancellationToken);

    private async Task<string> PageAsync(string path, string? cookie = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Address, path));
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        using var response = await system.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        return await TextAsync(response);
    }

    private async Task<HttpResponseMessage> LoginAsync(string name, Uri referrer)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, "/login"));
        request.Content = new FormUrlEncodedContent([new("username", name), new("passwd", "ignored")]);
        request.Headers.Referrer = referrer;
        return await system.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
