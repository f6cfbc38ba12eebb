using System.Net;
using System.Text;
using System.Text.Json;
using Bookinfo.Testing;
using Bookinfo.Verification;

namespace Wire.Tests;

/// <summary>
/// What every service makes of bytes that no client library sends. These checks are not in the contract's list (<c>AppContract</c>),
/// because they take a connection to the process itself: a proxy, a gateway or a port-forward on the way answers such requests in its own
/// way.
/// </summary>
public sealed class EveryServiceChecks(WireSystem system)
{
    public static TheoryData<string> Processes => [.. AppContract.Processes];

    [Theory]
    [Trait("Scope", "Ours")]
    [MemberData(nameof(Processes))]
    public async Task Both_ip_versions_are_listened_on(string process)
    {
        Assert.SkipUnless(system.IsOurs, "Which interfaces a distant service listens on cannot be told from here.");
        foreach (var host in new[] { "127.0.0.1", "[::1]" })
        {
            using var response = await system.Client.GetAsync(
                new Uri($"http://{host}:{system[process].Port}/health"), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    /// <summary>Each row: a name, the bytes, and the status that they must get.</summary>
    public static TheoryData<string, string, int> Hostile => new()
    {
        { "no HTTP", "\0\u0001\u0002 what is this\r\n\r\n", 400 },
        { "TLS", "\u0016\u0003\u0001\u0002\0\u0001\0\u0001ü\n\u0003\u0003", 400 },
        { "no version", "GET /health\r\n\r\n", 400 },
        { "unknown version", "GET /health HTTP/3.7\r\nHost: a\r\n\r\n", 400 },
        { "no host", "GET /health HTTP/1.1\r\n\r\n", 400 },
        { "two hosts", "GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400 },
        { "bad host", "GET /health HTTP/1.1\r\nHost: a b<>\r\n\r\n", 400 },
        { "null in the path", "GET /health%00 HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
        { "raw byte in the path", "GET /health\u00ff HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
        { "space in a header name", "GET /health HTTP/1.1\r\nHost: a\r\nBad name: x\r\n\r\n", 400 },
        { "folded header", "GET /health HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", 400 },
        { "header without colon", "GET /health HTTP/1.1\r\nHost: a\r\nnothing\r\n\r\n", 400 },
        { "null in a header", "GET /health HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n", 400 },
        { "HTTP/2.0 in the line of HTTP/1", "GET /health HTTP/2.0\r\nHost: a\r\n\r\n", 400 },
        { "length with a plus", "POST /nope HTTP/1.1\r\nHost: a\r\nContent-Length: +7\r\n\r\n{\"a\":1}", 400 },
        { "length that is minus zero", "POST /nope HTTP/1.1\r\nHost: a\r\nContent-Length: -0\r\n\r\n", 400 },
        { "empty length", "POST /nope HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400 },
        { "hexadecimal length", "POST /nope HTTP/1.1\r\nHost: a\r\nContent-Length: 0x7\r\n\r\n{\"a\":1}", 400 },
        { "length with a space in it", "POST /nope HTTP/1.1\r\nHost: a\r\nContent-Length: 1 1\r\n\r\n{\"a\":1}", 400 },
        { "list of lengths", "POST /nope HTTP/1.1\r\nHost: a\r\nContent-Length: 7, 7\r\n\r\n{\"a\":1}", 400 },
        { "length of more than 64 bits", "POST /nope HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 400 },
        { "length of more digits than a buffer has", $"POST /nope HTTP/1.1\r\nHost: a\r\nContent-Length: "
            + $"{new string('1', 500)}\r\n\r\n", 400 },
        { "length beside chunks", "POST /nope HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: "
            + "chunked\r\n\r\n0\r\n\r\n", 400 },
        { "two transfer codings", "POST /nope HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400 },
        { "chunks in HTTP/1.0", "POST /nope HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400 },
        { "negative length", "POST /nope HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400 },
        { "two lengths", "POST /nope HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400 },
        { "unknown transfer coding", "POST /nope HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: magic\r\n\r\n", 400 },
        { "long request line", $"GET /{new string('a', 20_000)} HTTP/1.1\r\nHost: a\r\n\r\n", 414 },
        { "large header", $"GET /health HTTP/1.1\r\nHost: a\r\nCookie: {new string('a', 50_000)}\r\n\r\n", 431 },
        { "many headers", $"GET /health HTTP/1.1\r\nHost: "
            + $"a\r\n{string.Concat(Enumerable.Range(0, 200).Select(i => $"X{i}: x\r\n"))}\r\n", 431 },
        { "second request is no HTTP", "GET /nope HTTP/1.1\r\nHost: a\r\n\r\nrubbish\r\n\r\n", 404 },
    };

    [Theory]
    [Trait("Scope", "Ours")]
    [MemberData(nameof(Hostile))]
    public async Task Hostile_requests_get_a_short_error_from_every_service(string name, string request, int status)
    {
        foreach (var process in Processes.Select(row => row.Data))
        {
            var response = await RawHttp.SendAsync(system[process], request);
            Assert.True(response is not null, $"{process} did not answer: {name}");
            Assert.Equal((process, status, "application/json"), (process, response.Status, response.Header("content-type")));
            var body = response.Body[..int.Parse(response.Header("content-length")!, System.Globalization.CultureInfo.InvariantCulture)];
            var error = Assert.Single(JsonElement.Parse(body).EnumerateObject());
            Assert.Equal("error", error.Name);
            Assert.InRange(error.Value.GetString()!.Length, 1, 100);
        }
    }

    [Theory]
    [Trait("Scope", "Ours")]
    [MemberData(nameof(Processes))]
    public async Task The_preface_of_http2_is_answered_in_http2(string process)
    {
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(system[process].Host, system[process].Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        var frame = new byte[17];
        await client.GetStream().ReadExactlyAsync(frame, TestContext.Current.CancellationToken);
        // GOAWAY (type 7) with error HTTP_1_1_REQUIRED (13), RFC 9113 sections 6.8 and 7.
        Assert.Equal((7, 13), (frame[3], frame[16]));
    }

    [Theory]
    [Trait("Scope", "Ours")]
    [InlineData("ratings-v1", "/ratings/1", "Content-Length: 16385")]
    [InlineData("ratings-v1", "/ratings/1", "Content-Length: 100000000000")]
    [InlineData("productpage-v1", "/login", "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 16385")]
    public async Task A_body_that_is_said_to_be_too_large_is_refused_before_it_is_read(string process, string path, string headers)
    {
        var response = await RawHttp.SendAsync(
            system[process], $"POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{headers}\r\n\r\n");
        Assert.Equal((413, """{"error":"request body too large"}"""), (response!.Status, response.Text));
    }

    [Theory]
    [Trait("Scope", "Ours")]
    [InlineData("ratings-v1", "/ratings/1", "X: x")]
    [InlineData("productpage-v1", "/login", "Content-Type: application/x-www-form-urlencoded")]
    public async Task A_body_in_chunks_is_refused_when_it_has_become_too_large(string process, string path, string header)
    {
        var chunk = $"1000\r\n{new string('a', 0x1000)}\r\n";
        var request = new StringBuilder(
            $"POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{header}\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (var i = 0; i < 5; i++)
        {
            request.Append(chunk);
        }

        var response = await RawHttp.SendAsync(system[process], request.Append("0\r\n\r\n").ToString());
        Assert.Equal((413, """{"error":"request body too large"}"""), (response!.Status, response.Text));
    }

    [Theory]
    [Trait("Scope", "Ours")]
    [InlineData("ratings-v1", "/ratings/1", "X: x")]
    [InlineData("productpage-v1", "/login", "Content-Type: application/x-www-form-urlencoded")]
    [InlineData("productpage-v1", "/login", "Content-Type: multipart/form-data; boundary=x")]
    public async Task A_body_in_malformed_chunks_is_refused(string process, string path, string header)
    {
        foreach (var chunks in new[]
        {
            "zz\r\n", "80000000\r\n", "ffffffffffffffffffff\r\n", "-1\r\n", "2\r\n{}xx", "2\r\n{}\r\n0\r\nX: \0\r\n\r\n",
            "0\r\nbad name: x\r\n\r\n",
        })
        {
            var response = await RawHttp.SendAsync(
                system[process], $"POST {path} HTTP/1.1\r\nHost: a\r\n{header}\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}");
            Assert.Equal((chunks, 400, """{"error":"bad request"}"""), (chunks, response!.Status, response.Text));
        }
    }

    [Theory]
    [Trait("Scope", "Ours")]
    [InlineData("ratings-v1", "/ratings/1", "X: x")]
    [InlineData("productpage-v1", "/login", "Content-Type: application/x-www-form-urlencoded")]
    public async Task A_body_that_ends_early_is_refused(string process, string path, string header)
    {
        var response = await RawHttp.SendAsync(
            system[process], $"POST {path} HTTP/1.1\r\nHost: a\r\n{header}\r\nContent-Length: 10\r\n\r\n{{", endAfterwards: true);
        Assert.True(response is null or { Status: 400 }, $"answered {response?.Status}");
    }
}
