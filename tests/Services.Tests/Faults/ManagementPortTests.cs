using System.Net;
using System.Text;
using Bookinfo.Testing;

namespace Services.Tests;

/// <summary>
/// Whoever can reach a service, and not its management port, cannot trigger, change or see a fault; nor can a page in a browser.
/// </summary>
public sealed class ManagementPortTests
{
    private const string Rules = """{"ttl":"30s","rules":[{"abort":{"httpStatus":503}}]}""";

    /// <summary>A request that sets a fault, where it is understood.</summary>
    private static readonly string Set =
        $"PUT /faults/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: {Rules.Length}\r\nConnection: close\r\n\r\n{Rules}";

    public static TheoryData<string> Requests =>
    [
        .. from path in new[]
           {
               "/faults", "/faults/a", "//faults/a", "/./faults/a", "/%66aults/a", "/ratings/../faults/a",
               "http://127.0.0.1:9090/faults/a", "/FAULTS/a",
           }
           from method in new[] { "GET", "PUT", "DELETE", "POST" }
           select Set.Replace("PUT /faults/a", $"{method} {path}", StringComparison.Ordinal),
        .. from header in new[]
           {
               "X-HTTP-Method-Override: PUT", "X-Original-URL: /faults/a", "X-Rewrite-URL: /faults/a", "X-Forwarded-For: 127.0.0.1",
               "Forwarded: for=127.0.0.1;host=localhost:9090", "X-Forwarded-Host: localhost:9090", "X-Forwarded-Port: 9090",
               "FAULTS: [{\"notReady\":{}}]", "x-envoy-fault-abort-request: 503", "x-envoy-fault-delay-request: 1000",
               "bookinfo-fault: abort", "baggage: bookinfo.fault=abort", "end-user: jason", "End-User: jason", "END-USER: jason",
               "end_user: jason", "end-user : jason", " end-user: jason", "end-user:\tjason", "end-user: jason\r\nend-user: other",
               "x-bookinfo-caller: reviews",
           }
           select $"GET /ratings/0 HTTP/1.1\r\nHost: a\r\n{header}\r\nConnection: close\r\n\r\n",
        // Two requests in one: by a length beside chunks, by two lengths, behind chunks, and by a length that is too short.
        $"POST /ratings/0 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{Set}",
        $"POST /ratings/0 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n{Set}",
        $"POST /ratings/0 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n{Set}",
        $"GET /ratings/0 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n{{}} {Set}",
    ];

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Nothing_that_is_sent_to_the_service_concerns_its_faults(string request)
    {
        await using var ratings = await FaultyService.StartAsync();
        // A fault that is on, for another user: it is neither shown nor brought about.
        await ratings.SetAsync("""{"abort":{"httpStatus":418},"match":{"endUser":"nobody"}}""");
        var before = await ShowAsync(ratings);
        var answer = await RawHttp.SendAsync(ratings.Address, request);
        Assert.NotEqual(418, answer?.Status);
        Assert.DoesNotContain("abort", answer?.Text ?? "", StringComparison.Ordinal);
        Assert.DoesNotContain("sets", answer?.Text ?? "", StringComparison.Ordinal);
        Assert.Equal(before, await ShowAsync(ratings));
        Assert.Equal(HttpStatusCode.OK, (await ratings.GetAsync()).Status);
    }

    [Theory]
    [InlineData("Origin: http://shop.example", 403)]
    [InlineData("Origin: null", 403)]
    [InlineData("Sec-Fetch-Site: cross-site", 403)]
    [InlineData("X-Nothing: 1", 200)]
    public async Task No_page_in_a_browser_can_use_the_port(string header, int status)
    {
        await using var ratings = await FaultyService.StartAsync();
        var answer = await RawHttp.SendAsync(
            ratings.Management.BaseAddress!,
            Set.Replace("Connection: close", $"{header}\r\nConnection: close", StringComparison.Ordinal));
        Assert.Equal(status, answer!.Status);
        Assert.Equal(status == 200 ? 1 : 0, (await ratings.StatusAsync()).Sets.Count);
    }

    [Theory]
    [InlineData("shop.example", 403)]
    [InlineData("10.0.0.7:9090", 403)]
    [InlineData("localhost.shop.example", 403)]
    [InlineData("LOCALHOST:9090", 200)]
    [InlineData("127.0.0.1", 200)]
    [InlineData("[::1]:9090", 200)]
    public async Task A_name_that_somebody_lets_point_to_the_port_is_refused(string host, int status)
    {
        await using var ratings = await FaultyService.StartAsync();
        var answer = await RawHttp.SendAsync(
            ratings.Management.BaseAddress!, $"GET /faults HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        Assert.Equal(status, answer!.Status);
    }

    [Theory]
    [InlineData("GET", "/", 404)]
    [InlineData("GET", "/ratings/0", 404)]
    [InlineData("GET", "/metrics", 404)]
    [InlineData("POST", "/faults", 405)]
    [InlineData("GET", "/faults/a", 405)]
    [InlineData("PUT", "/faults", 405)]
    [InlineData("DELETE", "/faults/a", 404)]
    [InlineData("DELETE", "/faults/a%20b", 400)]
    [InlineData("POST", "/weights", 405)]
    [InlineData("GET", "/weights/a", 404)]
    public async Task It_has_nothing_but_faults(string method, string path, int status)
    {
        await using var ratings = await FaultyService.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await ratings.Management.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(status, (int)answer.StatusCode);
        // Which methods there are belongs to such an answer (RFC 9110 section 15.5.6).
        Assert.Equal(status == 405, answer.Content.Headers.Allow.Count > 0);
        Assert.StartsWith(
            "{\"error\":", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/FAULTS")]
    [InlineData("/faults/")]
    [InlineData("/WEIGHTS")]
    [InlineData("/weights/")]
    public async Task Case_and_a_slash_at_the_end_of_its_paths_do_not_matter(string path)
    {
        await using var ratings = await FaultyService.StartAsync();
        using var answer = await ratings.Management.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_key_that_is_not_known_is_named_and_nothing_is_set()
    {
        await using var ratings = await FaultyService.StartAsync();
        using var body = new StringContent("""{"ttl":"30s","rules":[{"notReady":{}}],"precentage":5}""");
        using var answer = await ratings.Management.PutAsync("/faults/a", body, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("precentage is not known", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Empty((await ratings.StatusAsync()).Sets);
    }

    /// <summary>Each row: a path, and headers and body that are wrong in some way.</summary>
    public static TheoryData<string, string> WrongBodies =>
    [
        .. from path in new[] { "/faults/a", "/weights" }
           from body in new[]
           {
               "Transfer-Encoding: chunked\r\n\r\n80000000\r\n", "Transfer-Encoding: chunked\r\n\r\nx\r\n",
               "Transfer-Encoding: chunked\r\n\r\n2\r\n{}xx\r\n",
               "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
               "Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
               "Content-Length: 4\r\n\r\n{\"\xff\"", "Content-Length: 2\r\n\r\n\xfe\xff",
           }
           select ($"PUT {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n", body),
    ];

    [Theory]
    [MemberData(nameof(WrongBodies))]
    public async Task A_body_that_is_wrong_is_a_400_and_no_error_of_the_service(string head, string body)
    {
        await using var ratings = await FaultyService.StartAsync();
        var answer = await RawHttp.SendAsync(ratings.Management.BaseAddress!, head + body);
        Assert.Equal(400, answer?.Status);
        Assert.Empty(ratings.Log.Of("UnhandledException"));
    }

    [Fact]
    public async Task A_request_that_is_reset_at_any_byte_is_no_error()
    {
        RecordedLog log;
        await using (var ratings = await FaultyService.StartAsync())
        {
            log = ratings.Log;
            var request = Encoding.Latin1.GetBytes(
                "PUT /faults/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{\"ttl\":\"30s\",\"ru\r\n");
            for (var length = 1; length <= request.Length; length++)
            {
                await RawHttp.ResetAsync(ratings.Management.BaseAddress!, request.AsMemory(0, length));
            }

            Assert.Empty((await ratings.StatusAsync()).Sets);
        }

        // When it has ended, it has noticed all of them.
        Assert.Empty(log.Of("UnhandledException"));
    }

    [Fact]
    public async Task It_is_not_there_unless_it_is_asked_for()
    {
        await using var ratings = await RunningService.StartAsync(Bookinfo.Ratings.Program.Build);
        Assert.Null(ratings.Services.GetService(typeof(Bookinfo.ServiceDefaults.Hosting.ManagementServer)));
    }

    private static Task<string> ShowAsync(FaultyService service) =>
        service.Management.GetStringAsync(new Uri("/faults", UriKind.Relative), TestContext.Current.CancellationToken);
}
