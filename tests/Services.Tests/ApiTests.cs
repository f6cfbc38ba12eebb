using System.Net;
using System.Text.RegularExpressions;
using Bookinfo.Testing;

namespace Services.Tests;

[Collection(CountingTests.Name)]
public sealed class ApiTests
{
    /// <summary>An id as it is written in the request to productpage, and as it must be in the request to the backend.</summary>
    public static TheoryData<string, string> Ids => new()
    {
        { "0", "0" },
        { "a%2Fb", "a%2Fb" },
        { "a%252Fb", "a%252Fb" },
        { "..%2f..%2fhealth", "..%2f..%2fhealth" },
        { "%3Fq=1", "%3Fq=1" },
        { "a%23b", "a%23b" },
        { "a%20b", "a%20b" },
        { "%25", "%25" },
        { "%", "%25" },
        { "%zz", "%25zz" },
        { "%e4%bd%a0", "%e4%bd%a0" },
        { "%ff", "%ff" },
        { "a;b=c", "a;b=c" },
        { "a:b@c", "a:b@c" },
        { "\"<>|{}^`", "%22%3C%3E%7C%7B%7D%5E%60" },
        { "a\\b", "a%5Cb" },
        { "http:%2F%2Fevil.example%2F", "http:%2F%2Fevil.example%2F" },
        { "%0d%0aX-Evil:%201", "%0d%0aX-Evil:%201" },
    };

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task The_id_is_passed_on_as_one_escaped_segment(string asked, string passed)
    {
        await using var backend = new RecordingBackend(200, "{}");
        await using var page = await StartAsync(backend.Address);
        foreach (var (path, service) in new[] { ("", "details"), ("/reviews", "reviews"), ("/ratings", "ratings") })
        {
            var response = await RawHttp.GetAsync(page.Address, $"/api/v1/products/{asked}{path}?x=1");
            Assert.Equal((200, "{}", $"/{service}/{passed}"), (response!.Status, response.Text, backend.Requests[^1].Target));
            Assert.DoesNotContain(backend.Requests[^1].Headers, header => header.Name == "X-Evil");

            // Clients of a proxy write the whole address.
            response = await RawHttp.GetAsync(page.Address, $"{page.Address}api/v1/products/{asked}{path}?x=1");
            Assert.Equal((200, $"/{service}/{passed}"), (response!.Status, backend.Requests[^1].Target));
        }
    }

    [Fact]
    public async Task An_absolute_request_target_and_one_with_dots_name_the_same_product()
    {
        await using var backend = new RecordingBackend(200, "{}");
        await using var page = await StartAsync(backend.Address);
        string[] targets =
        [
            $"{page.Address}api/v1/products/a%20b", $"{page.Address}x/../api/v1/products/a%20b", "/x/../api/v1/products/a%20b",
            "/api/./v1/products/a%20b",
        ];
        foreach (var target in targets)
        {
            Assert.Equal((target, 200), (target, (await RawHttp.GetAsync(page.Address, target))!.Status));
            Assert.Equal((target, "/details/a%20b"), (target, backend.Requests[^1].Target));
        }

        // The host of the target counts, not that of the header.
        foreach (var host in new[] { "books.example", $"LOCALHOST:{page.Address.Port}" })
        {
            var response = await RawHttp.SendAsync(
                page.Address,
                $"GET http://{host.ToLowerInvariant()}/api/v1/products/a HTTP/1.1\r\nHost: {host}x\r\nConnection: close\r\n\r\n");
            Assert.Equal((host, 200), (host, response!.Status));
        }
    }

    [Theory]
    [InlineData("x%20200%200.01%20ms%22?y=http://z/", "/x%20200%200.01%20ms%22")]
    [InlineData("", "/")]
    [InlineData("x%20200%00", "/x%20200%00")]
    [InlineData("#/ratings/9", "/#/ratings/9")]
    public async Task Of_an_absolute_request_target_the_log_has_the_path_as_it_was_written(string target, string path)
    {
        var log = new RecordedLog();
        await using var page = await RunningService.StartAsync(Bookinfo.ProductPage.Program.Build, log.AddTo, "ACCESS_LOG=on");
        await RawHttp.GetAsync(page.Address, $"{page.Address}{target}");
        await Eventually.HoldsAsync("There is no line.", () => log.Of("RequestFinished").Count > 0);
        Assert.Contains($" {path} ", log.Of("RequestFinished")[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_escaped_null_belongs_to_no_id_in_whatever_form_the_target_is()
    {
        await using var ratings = await RunningService.StartAsync(Bookinfo.Ratings.Program.Build);
        foreach (var target in new[] { "/ratings/5%00", $"{ratings.Address}ratings/5%00" })
        {
            Assert.Equal((target, 400), (target, (await RawHttp.GetAsync(ratings.Address, target))!.Status));
        }
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(201)]
    [InlineData(302)]
    public async Task The_status_of_a_failing_backend_is_passed_on(int status)
    {
        await using var backend = new RecordingBackend(status, "what the backend says stays here");
        await using var page = await StartAsync(backend.Address);
        await AssertErrorsAsync(page, (HttpStatusCode)status);
    }

    [Theory]
    [InlineData(204, "")]
    [InlineData(304, "")]
    [InlineData(200, "")]
    [InlineData(200, "<html>")]
    [InlineData(200, "{\"id\":")]
    [InlineData(200, "{} {}")]
    public async Task An_answer_that_is_none_is_a_500(int status, string body)
    {
        await using var backend = new RecordingBackend(status, body);
        await using var page = await StartAsync(backend.Address);
        await AssertErrorsAsync(page, HttpStatusCode.InternalServerError);
    }

    [Fact]
    public async Task A_backend_that_is_down_is_a_500_and_counted_as_one()
    {
        var backend = new RecordingBackend(200, "{}");
        await using var page = await StartAsync(backend.Address);
        await backend.DisposeAsync();
        await AssertErrorsAsync(page, HttpStatusCode.InternalServerError);
        var metrics = await page.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.All(["details", "reviews", "ratings"], service =>
            Assert.Contains($$"""request_result_total{destination_app="{{service}}",response_code="500"} 1""" + "\n", metrics,
                StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_page_is_there_whatever_the_backends_answer()
    {
        string[] bodies =
        [
            "", "null", "[]", "{}", "5", "<html>", """{"reviews":null}""", """{"reviews":[null,{}]}""", """{"reviews":[{"rating":{}}]}""",
            """{"reviews":[{"reviewer":"R","text":"T","rating":{"stars":-5,"color":null}}],"podname":null}""",
            """{"reviews":[{"reviewer":"R","text":"T","rating":{"stars":2147483647,"color":"\"><script>"}}]}""",
            """{"reviews":[{"rating":{"stars":"5"}}]}""", """{"reviews":[{"rating":{"stars":5.5}}]}""",
            """{"reviews":[{"rating":{"stars":2147483648}}]}""", """{"reviews":[5]}""",
            """{"reviews":[{"rating":7}]}""", """{"reviews":[{"reviewer":5}]}""", """{"reviews":[],"podname":5}""",
            """{"publisher":{"a":1},"pages":1e999,"year":"\ud800"}""",
        ];
        foreach (var body in bodies)
        {
            await using var backend = new RecordingBackend(200, body);
            await using var page = await StartAsync(backend.Address);
            using var response = await page.Client.GetAsync(
                new Uri("/productpage", UriKind.Relative), TestContext.Current.CancellationToken);
            var html = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.Equal((body, HttpStatusCode.OK), (body, response.StatusCode));
            Assert.Contains("</html>", html, StringComparison.Ordinal);
            Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("5.0", 5)]
    [InlineData("30e-1", 3)]
    [InlineData("-0", 0)]
    [InlineData("7.0", 5)]
    [InlineData("4.5", null)]
    [InlineData("\"5\"", null)]
    [InlineData("99999999999", null)]
    public async Task Stars_are_a_whole_number_however_it_is_written_and_else_not_shown(string written, int? stars)
    {
        await using var backend = new RecordingBackend(
            200, $$$"""{"year":1595.0,"reviews":[{"reviewer":"R","text":"T","rating":{"stars":{{{written}}},"color":"red"}}]}""");
        await using var page = await StartAsync(backend.Address);
        var html = await page.Client.GetStringAsync(new Uri("/productpage", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.DoesNotContain("Error fetching", html, StringComparison.Ordinal);
        Assert.Contains("<bdi>R</bdi>", html, StringComparison.Ordinal);
        Assert.Contains("1595<", html, StringComparison.Ordinal);
        Assert.Equal(stars ?? 0, Regex.Count(html, "glyphicon glyphicon-star"));
        Assert.Equal(stars is not null, html.Contains("text-red-500", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_page_of_any_size_comes_whole()
    {
        const int Reviews = 300;
        var reviews = Enumerable.Range(0, Reviews).Select(number => $$"""{"reviewer":"R{{number}}","text":"{{new string('t', 500)}}"}""");
        var body = $$"""{"reviews":[{{string.Join(',', reviews)}}]}""";
        await using var backend = new RecordingBackend(200, body);
        await using var page = await StartAsync(backend.Address);
        // The second is made in memory that the first has used.
        foreach (var _ in new[] { 1, 2 })
        {
            var html = await page.Client.GetStringAsync(new Uri("/productpage", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(
                [.. Enumerable.Range(0, Reviews).Select(number => $"R{number}")],
                Regex.Matches(html, "<bdi>(R[0-9]+)</bdi>").Select(match => match.Groups[1].Value));
            Assert.Equal(Reviews, Regex.Count(html, "<p>t{500}</p>"));
            Assert.EndsWith("</html>", html.TrimEnd(), StringComparison.Ordinal);
        }
    }

    private static Task<RunningService> StartAsync(Uri backend) => RunningService.StartAsync(
        Bookinfo.ProductPage.Program.Build,
        [.. new[] { "details", "reviews", "ratings" }.SelectMany(name => RunningService.At(name, backend))]);

    private static async Task AssertErrorsAsync(RunningService page, HttpStatusCode status)
    {
        foreach (var (path, what) in new[] { ("", "details"), ("/reviews", "reviews"), ("/ratings", "ratings") })
        {
            using var response = await page.Client.GetAsync(
                new Uri($"/api/v1/products/0{path}", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(
                (status, $$"""{"error":"Sorry, product {{what}} are currently unavailable for this book."}"""),
                (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        }
    }
}
