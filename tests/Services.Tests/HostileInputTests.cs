using System.Text;
using System.Text.Json;
using Bookinfo.Contracts;
using Bookinfo.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Services.Tests;

/// <summary>
/// Throws random requests at every service, from bytes that are not HTTP to requests that are wrong in one place only. Whatever comes, a
/// service answers 2xx, 3xx or 4xx (4xx with a short JSON error) or closes the connection, and goes on serving.
/// </summary>
/// <remarks>FsCheck prints the seed of a failing run; <c>Replay</c> repeats it.</remarks>
public sealed class HostileInputTests : IAsyncLifetime
{
    private const int Requests = 400;

    private static readonly string[] Paths =
    [
        "/", "/index.html", "/productpage", "/health", "/health/live", "/health/ready", "/metrics", "/login", "/logout",
        "/static/bookshop.css",
        "/details", "/details/0", "/ratings", "/ratings/0", "/reviews", "/reviews/0",
        "/api/v1/products", "/api/v1/products/0", "/api/v1/products/0/reviews", "/api/v1/products/0/ratings", "*", "http://a/health",
    ];

    private static readonly string[] Methods =
    [
        "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "get", "BREW", "G@T",
    ];

    private static readonly string[] HeaderNames =
    [
        .. ForwardedHeaders.All, "host", "content-type", "content-length", "transfer-encoding", "connection", "expect", "upgrade",
        "referer", "accept",
        "accept-encoding", "range", "if-none-match", "x-forwarded-for", "bad name", "",
    ];

    private static readonly string[] HeaderValues =
    [
        "", "0", "-1", "1", "99999999999999999999", "chunked", "gzip, chunked", "close", "keep-alive", "100-continue", "websocket, h2c",
        "Upgrade, HTTP2-Settings",
        "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json; charset=\u00ff", "session=.",
        "session=a.b; session=c.d", "a=b; \u0001",
        "http://a//b", "\"x", "bytes=0-1,5-", "*/*;q=2", "00-00000000000000000000000000000000-0000000000000000-01", "\t\t", "\u0080\u00ff",
    ];

    private static readonly string[] Forms =
    [
        "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-16",
        "application/x-www-form-urlencoded; charset=\"utf-7\"",
        "application/x-www-form-urlencoded; charset=utf-32", "application/x-www-form-urlencoded; charset=none",
        "multipart/form-data; boundary=x",
        "multipart/form-data; boundary=\"x\"; charset=utf-16", "multipart/form-data", "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\"",
        $"multipart/form-data; "
        + $"boundary={new string('x', 200)}", "multipart/form-data; boundary=x; boundary=y", "multipart/mixed; boundary=x",
        "multipart/form-data; boundary=--",
    ];

    /// <summary>What parts of forms are made of.</summary>
    private static readonly string[] FormPieces =
    [
        "--x", "--x--", "--y", "--", "\r\n", "\r\n\r\n", "\n", "\r", "Content-Disposition: form-data; name=\"username\"",
        "Content-Disposition: form-data; name=\"f\"; filename=\"a\"",
        "Content-Disposition: form-data; name*=UTF-8''%ff", "Content-Disposition: nonsense", "Content-Disposition",
        "Content-Type: text/plain; charset=utf-16", "Content-Type: ;",
        "Content-Transfer-Encoding: base64", "Content-Encoding: gzip", "username", "username=a", "=", "&", "%", "%zz", "%00", "%ud800", "+",
        "\0", "\u00ff\u00fe", ": x", "x: ",
    ];

    private static readonly string[] ChunkPieces =
    [
        "0\r\n", "1\r\n", "2\r\n{}\r\n", "a\r\nusername=a\r\n", "80000000\r\n", "ffffffff\r\n", "7fffffff\r\n", "100000000\r\n", "-1\r\n",
        "+2\r\n{}\r\n", "0x2\r\n", " 2\r\n{}\r\n",
        "2;a=b\r\n{}\r\n", "2;\r\n{}\r\n", "2;a=\"\r\n\"\r\n{}\r\n", "zz\r\n", "\r\n", "\n", "\r", "{}", "0\r\nX: y\r\n\r\n",
        "0\r\nX: \0\r\n\r\n", "0\r\n: \r\n\r\n",
        "0\r\nContent-Length: 5\r\n\r\n", "0\r\nbad name: x\r\n\r\n", "0\r\n\u00ff: \u00ff\r\n\r\n", "4000\r\n", "4001\r\n",
    ];

    private readonly ServicesUnderAttack _services = new();

    public ValueTask InitializeAsync() => _services.StartAsync();

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    public static TheoryData<string> Services => [.. ServicesUnderAttack.Names];

    [Theory]
    [MemberData(nameof(Services))]
    public void Any_bytes(string service) => Throw(service, ArbMap.Default.GeneratorFor<byte[]>());

    [Theory]
    [MemberData(nameof(Services))]
    public void Any_path(string service) => Throw(
        service,
        from path in Gen.Elements(Paths)
        from rest in ArbMap.Default.GeneratorFor<string>()
        from raw in ArbMap.Default.GeneratorFor<bool>()
        select Bytes($"GET {path}/{(raw ? rest : Uri.EscapeDataString(rest ?? ""))} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));

    [Theory]
    [MemberData(nameof(Services))]
    public void Any_method_and_headers(string service) => Throw(
        service,
        from method in Gen.Elements(Methods)
        from path in Gen.Elements(Paths)
        from headers in Gen.ListOf(
            from name in Gen.Elements(HeaderNames)
            from value in Gen.OneOf(Gen.Elements(HeaderValues), ArbMap.Default.GeneratorFor<string>())
            select $"{name}: {value}\r\n")
        select Bytes($"{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{string.Concat(headers)}\r\n"));

    [Theory]
    [MemberData(nameof(Services))]
    public void Any_body(string service) => Throw(
        service,
        from path in Gen.Elements("/ratings/1", "/login", "/details/0", "/productpage")
        from type in Gen.Elements("application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain")
        from body in Gen.OneOf(
            ArbMap.Default.GeneratorFor<byte[]>(),
            Gen.Elements("{", "{\"a\":", "{\"a\":5}", "[[[[[[", "\"\\ud800\"", "username=", "username=%00", "username=a&username=b",
                "--x\r\n\r\n\r\n--x--", "a=b&=&&=", "\ufeff{}").Select(Bytes),
            Gen.Choose(0, 40_000).Select(length => Enumerable.Repeat((byte)'[', length).ToArray()))
        from declared in Gen.Elements(0, 0, 0, -1, 1)
        select (byte[])
        [
            .. Bytes($"POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: {type}\r\nContent-Length: "
                + $"{Math.Max(0, body.Length + declared)}\r\n\r\n"),
            .. body,
        ]);

    [Theory]
    [MemberData(nameof(Services))]
    public void Any_form(string service) => Throw(
        service,
        from type in Gen.Elements(Forms)
        from encoding in Gen.Elements("", "", "Content-Encoding: gzip\r\n", "Content-Encoding: nonsense\r\n")
        from pieces in Gen.ArrayOf(Gen.Elements(FormPieces))
        let body = string.Concat(pieces)
        select Encoding.Latin1.GetBytes(
            $"POST /login HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{encoding}Content-Type: {type}\r\nContent-Length: "
            + $"{body.Length}\r\n\r\n{body}"));

    [Theory]
    [MemberData(nameof(Services))]
    public void Any_chunks(string service) => Throw(service, Chunked);

    /// <summary>Where and how a request breaks off: anywhere, by the end of the connection or by its reset.</summary>
    [Theory]
    [MemberData(nameof(Services))]
    public void Any_end(string service)
    {
        var target = _services[service];
        var cuts =
            from request in Chunked
            from length in Gen.Choose(1, request.Length)
            from cut in Gen.Elements(ConnectionCut.End, ConnectionCut.Reset)
            select (Sent: request[..length], cut);
        Prop.ForAll(cuts.ToArbitrary(), broken => Send(target, broken.Sent, broken.cut)).Check(
            Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(Requests).WithEndSize(30));
        _services.AssertUnharmed(service);
    }

    private static Gen<byte[]> Chunked =>
        from request in Gen.Elements(
            "POST /ratings/1",
            "POST /login",
            "GET /health",
            "GET /details/0",
            "GET /productpage",
            "DELETE /ratings/1",
            "POST /metrics",
            "HEAD /reviews/0")
        from type in Gen.Elements(Forms)
        from version in Gen.Frequency((9, Gen.Constant("1.1")), (1, Gen.Constant("1.0")))
        from coding in Gen.Frequency(
            (9, Gen.Constant("chunked")), (1, Gen.Elements("gzip, chunked", "Chunked", "chunked, chunked", "chunked\r\nContent-Length: 5")))
        from pieces in Gen.ArrayOf(Gen.Elements(ChunkPieces))
        select Encoding.Latin1.GetBytes(
            $"{request} HTTP/{version}\r\nHost: a\r\nConnection: close\r\nContent-Type: {type}\r\nTransfer-Encoding: "
            + $"{coding}\r\n\r\n{string.Concat(pieces)}");

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private void Throw(string service, Gen<byte[]> requests)
    {
        var target = _services[service];
        // A request that says more is to come than comes ends with the connection; any other is answered on it.
        Prop.ForAll(requests.ToArbitrary(), request => Send(target, request, ConnectionCut.End)).Check(
            Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(Requests).WithEndSize(200));
        _services.AssertUnharmed(service);
    }

    private static void Send(RunningService target, byte[] request, ConnectionCut cut)
    {
        if (cut == ConnectionCut.Reset)
        {
            RawHttp.ResetAsync(target.Address, request).GetAwaiter().GetResult();
            return;
        }

        var response = RawHttp.SendAsync(target.Address, request, endAfterwards: cut == ConnectionCut.End).GetAwaiter().GetResult();
        if (response is null)
        {
            return;
        }

        Assert.InRange(response.Status, 100, 499);
        var isHead = request.AsSpan().StartsWith("HEAD"u8);
        if (response.Status >= 400 && !isHead && response.Header("content-length") is { } length)
        {
            var body = response.Body.AsSpan(
                0, Math.Min(response.Body.Length, int.Parse(length, System.Globalization.CultureInfo.InvariantCulture)));
            Assert.Equal(JsonValueKind.String, JsonElement.Parse(body).GetProperty("error").ValueKind);
        }
    }
}
