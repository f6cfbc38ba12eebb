using System.Text;
using System.Text.Json;
using Bookinfo.Contracts;
using Bookinfo.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Services.Tests;

/// <summary>
/// Throws random requests at every service, from bytes that are no HTTP to requests that are wrong in one place only. Whatever comes, a
/// service answers 2xx, 3xx or 4xx (4xx with a short JSON error) or closes the connection, and goes on serving.
/// </summary>
/// <remarks>FsCheck prints the seed of a failing run; <c>Replay</c> repeats it.</remarks>
public sealed class HostileInputTests : IAsyncLifetime
{
    private const int Requests = 400;

    private static readonly string[] Paths =
    [
        "/", "/index.html", "/productpage", "/health", "/health/live", "/health/ready", "/metrics", "/login", "/logout", "/static/bookshop.css",
        "/details", "/details/0", "/ratings", "/ratings/0", "/reviews", "/reviews/0",
        "/api/v1/products", "/api/v1/products/0", "/api/v1/products/0/reviews", "/api/v1/products/0/ratings", "*", "http://a/health",
    ];

    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "get", "BREW", "G@T"];

    private static readonly string[] HeaderNames =
    [
        .. ForwardedHeaders.All, "host", "content-type", "content-length", "transfer-encoding", "connection", "expect", "upgrade", "referer", "accept",
        "accept-encoding", "range", "if-none-match", "x-forwarded-for", "bad name", "",
    ];

    private static readonly string[] HeaderValues =
    [
        "", "0", "-1", "1", "99999999999999999999", "chunked", "gzip, chunked", "close", "keep-alive", "100-continue", "websocket, h2c", "Upgrade, HTTP2-Settings",
        "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json; charset=\u00ff", "session=.", "session=a.b; session=c.d", "a=b; \u0001",
        "http://a//b", "\"x", "bytes=0-1,5-", "*/*;q=2", "00-00000000000000000000000000000000-0000000000000000-01", "\t\t", "\u0080\u00ff",
    ];

    private readonly Dictionary<string, RunningService> _services = [];

    public async ValueTask InitializeAsync()
    {
        var details = _services["details"] = await RunningService.StartAsync(Bookinfo.Details.Program.Build);
        var ratings = _services["ratings"] = await RunningService.StartAsync(Bookinfo.Ratings.Program.Build);
        var reviews = _services["reviews"] = await RunningService.StartAsync(
            Bookinfo.Reviews.Program.Build, ["ENABLE_RATINGS=true", .. RunningService.At("ratings", ratings.Address)]);
        _services["productpage"] = await RunningService.StartAsync(
            Bookinfo.ProductPage.Program.Build,
            [.. RunningService.At("details", details.Address), .. RunningService.At("ratings", ratings.Address), .. RunningService.At("reviews", reviews.Address)]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services.Values)
        {
            await service.DisposeAsync();
        }
    }

    public static TheoryData<string> Services => ["details", "ratings", "reviews", "productpage"];

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
            Gen.Elements("{", "{\"a\":", "{\"a\":5}", "[[[[[[", "\"\\ud800\"", "username=", "username=%00", "username=a&username=b", "--x\r\n\r\n\r\n--x--", "a=b&=&&=", "\ufeff{}").Select(Bytes),
            Gen.Choose(0, 40_000).Select(length => Enumerable.Repeat((byte)'[', length).ToArray()))
        from declared in Gen.Elements(0, 0, 0, -1, 1)
        select (byte[])
        [
            .. Bytes($"POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: {type}\r\nContent-Length: {Math.Max(0, body.Length + declared)}\r\n\r\n"),
            .. body,
        ]);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private void Throw(string service, Gen<byte[]> requests)
    {
        var target = _services[service];
        Prop.ForAll(requests.ToArbitrary(), request =>
        {
            // A request that says more is to come than comes ends with the connection; any other is answered on it.
            var response = RawHttp.SendAsync(target.Address, request, endAfterwards: true).GetAwaiter().GetResult();
            if (response is null)
            {
                return;
            }

            Assert.InRange(response.Status, 100, 499);
            var isHead = request.AsSpan().StartsWith("HEAD"u8);
            if (response.Status >= 400 && !isHead && response.Header("content-length") is { } length)
            {
                var body = response.Body.AsSpan(0, Math.Min(response.Body.Length, int.Parse(length, System.Globalization.CultureInfo.InvariantCulture)));
                Assert.Equal(JsonValueKind.String, JsonElement.Parse(body).GetProperty("error").ValueKind);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Requests).WithEndSize(200));

        var health = target.Client.GetAsync(new Uri("/health/ready", UriKind.Relative), TestContext.Current.CancellationToken).GetAwaiter().GetResult();
        Assert.True(health.IsSuccessStatusCode);
    }
}
