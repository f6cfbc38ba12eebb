using Bookinfo.Measurement;
using Bookinfo.ToolTesting;
using Bookinfo.Traffic;
using Microsoft.Extensions.Time.Testing;

namespace Bookinfo.Load.Tests;

/// <summary>Cookies at sign-in: those of the application and those that proxies on the way add, together.</summary>
public sealed class LoadCookieTests
{
    private const string Page = "Content-Type: text/html\r\n";

    [Theory]
    [InlineData("session=s; Path=/; HttpOnly|route=abc; Path=/", "session=s; route=abc")]
    [InlineData("route=abc; Path=/|session=s; Path=/", "route=abc; session=s")]
    [InlineData("a=1|a=2", "a=2")]
    [InlineData("a=1|b=2|a=3", "a=3; b=2")]
    [InlineData("a=1|a=; Max-Age=0", "")]
    [InlineData("a=1|a=2; Max-Age=-5", "")]
    [InlineData("a=1|a=2; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "")]
    [InlineData("a=1|a=2; expires=Thu, 01-Jan-1970 00:00:00 GMT", "")]
    [InlineData("a=1|a=2; Expires=Monday, 01-Jan-70 00:00:00 GMT", "")]
    [InlineData("a=1; Expires=Wed, 01 Jan 2098 00:00:00 GMT", "a=1")]
    [InlineData("a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60", "a=1")]
    [InlineData("a=1; Max-Age=99999999999999999999999", "a=1")]
    [InlineData("a=1; Max-Age=soon; Expires=whenever", "a=1")]
    [InlineData("a=1; Path=/|a=2; Path=/productpage", "a=2; a=1")]
    [InlineData("a=1; Path=/other|b=2; Path=/prod|c=3; Path=/productpage/|d=4; Path=x", "d=4")]
    [InlineData("a=1; Secure|b=2", "b=2")]
    [InlineData(
        "a=1; Domain=example.com|b=2; Domain=.shop.example.com|c=3; Domain=elsewhere.com|d=4; Domain=p.example.com|e=5; Domain=ample.com",
        "a=1; b=2")]
    [InlineData("a=\"x y\"; Path=/|b=c=d", "a=\"x y\"; b=c=d")]
    [InlineData("a=1\u001b[2J|b=2; Path=/\u0001|c=3; X=\t", "c=3")]
    [InlineData("no value|=nameless|;|", "")]
    public void They_are_kept_as_a_browser_keeps_them(string set, string sent)
    {
        var target = new LoadTarget(new Uri("http://shop.example.com"), [], insecure: false);
        var cookies = new CookieJar(target, new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        foreach (var header in set.Split('|'))
        {
            cookies.Take(header, "/login?x=/y/z");
        }

        Assert.Equal(sent, cookies.Header("/productpage?u=/test"));
    }

    [Fact]
    public void A_secure_one_is_sent_by_TLS()
    {
        var cookies = new CookieJar(new LoadTarget(new Uri("https://shop.example.com"), [], insecure: false), TimeProvider.System);
        cookies.Take("session=s; Secure", "/login");

        Assert.True(cookies.Has("session", "/productpage"));
    }

    [Theory]
    [InlineData("Set-Cookie: session=USER; Path=/; HttpOnly\r\nSet-Cookie: route=abc; Path=/\r\n")]
    [InlineData("Set-Cookie: route=abc; Path=/\r\nSet-Cookie: session=USER; Path=/; HttpOnly\r\n")]
    public async Task A_cookie_of_a_proxy_does_not_displace_the_login(string headers)
    {
        var number = 0;
        await using var server = new LoadServer(async (_, stream, cancellationToken) =>
        {
            var login = Interlocked.Increment(ref number) > 1;
            await LoadServer.SendAsync(
                stream,
                login
                    ? $"HTTP/1.1 302 Found\r\n{headers.Replace("USER", $"s{number}")}Location: /productpage\r\nContent-Length: 0\r\n\r\n"
                    : LoadServer.Ok("hi", Page),
                cancellationToken);
            return true;
        });
        var mix = await UsualAsync(server);

        var heads = mix.Templates.Where(template => template.Kind == RequestKind.User)
            .Select(template => System.Text.Encoding.Latin1.GetString(template.Write(default, new byte[template.Length])));
        Assert.Equal(BookinfoTraffic.Users, heads.Count());
        Assert.All(heads, (head, index) =>
        {
            var cookie = Assert.Single(head.Split("\r\n"), line => line.StartsWith("Cookie: ", StringComparison.Ordinal));
            Assert.Equal(["route=abc", $"session=s{index + 2}"], cookie["Cookie: ".Length..].Split("; ").Order());
        });
    }

    [Theory]
    [InlineData("bookinfo.example.com", "bookinfo.example.com", true)]
    [InlineData("Bookinfo.Example.com:8080", "example.com", true)]
    [InlineData("bookinfo.example.com", "127.0.0.1", false)]
    [InlineData(null, "bookinfo.example.com", false)]
    public async Task They_belong_to_the_host_that_the_requests_name(string? host, string domain, bool isSent)
    {
        await using var server = new LoadServer(async (number, stream, cancellationToken) =>
        {
            await LoadServer.SendAsync(
                stream,
                number > 1
                    ? $"HTTP/1.1 302 Found\r\nSet-Cookie: session=s; Path=/\r\nSet-Cookie: route=abc; Domain={domain}; "
                        + $"Path=/\r\nContent-Length: 0\r\n\r\n"
                    : LoadServer.Ok("hi", Page),
                cancellationToken);
            return true;
        });
        var mix = await UsualAsync(server, host is null ? [] : [KeyValuePair.Create("host", host)]);

        Assert.All(
            mix.Templates.Where(template => template.Kind == RequestKind.User),
            template => Assert.Contains(
                $"Cookie: session=s{(isSent ? "; route=abc" : "")}\r\n",
                System.Text.Encoding.Latin1.GetString(template.Write(default, new byte[template.Length]))));
    }

    [Theory]
    [InlineData("Cookie", "Cookie: route=abc; session=s")]
    [InlineData("cookie", "cookie: route=abc; session=s")]
    public void Cookies_of_the_user_do_not_displace_the_login_either(string name, string line)
    {
        var template = new RequestTemplate(
            RequestKind.User, "x", "/productpage", [KeyValuePair.Create(name, "route=abc"), KeyValuePair.Create(name, "b=2")],
            cookie: "session=s");

        Assert.Equal(
            [line, $"{name}: b=2"],
            System.Text.Encoding.Latin1.GetString(template.Write(default, new byte[template.Length]))
                .Split("\r\n").Where(header => header.StartsWith("Cookie", StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public async Task A_coded_page_is_told()
    {
        await using var server = new LoadServer(LoadServer.Ok("hi", $"{Page}Content-Encoding: gzip\r\n"));

        var failure = await Assert.ThrowsAsync<TargetException>(() => UsualAsync(server));
        Assert.Contains("GET /productpage is answered with a compressed page, which this command does not decode. Leave out the header "
            + "Accept-Encoding, or use --path", failure.Message);
    }

    [Theory]
    [InlineData(
        "HTTP/1.1 302 Found\r\nSet-Cookie: route=abc\r\nContent-Length: 0\r\n\r\n", "302 and no cookie 'session' that could be sent back")]
    [InlineData(
        "HTTP/1.1 302 Found\r\nSet-Cookie: session=s; Secure\r\nContent-Length: 0\r\n\r\n",
        "302 and no cookie 'session' that could be sent back")]
    [InlineData(
        "HTTP/1.1 302 Found\r\nSet-Cookie: session=\r\nContent-Length: 0\r\n\r\n", "302 and no cookie 'session' that could be sent back")]
    [InlineData("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "302 and no cookie")]
    public async Task A_login_that_did_not_work_is_told(string login, string what)
    {
        var number = 0;
        await using var server = new LoadServer(async (_, stream, cancellationToken) =>
        {
            await LoadServer.SendAsync(
                stream, Interlocked.Increment(ref number) > 1 ? login : LoadServer.Ok("hi", Page), cancellationToken);
            return true;
        });

        var failure = await Assert.ThrowsAsync<TargetException>(() => UsualAsync(server));
        Assert.Contains($"is not Bookinfo's productpage: POST /login is answered with {what}, so nobody can sign in.", failure.Message);
    }

    [Fact]
    public async Task Users_that_come_back_signed_out_are_counted()
    {
        await using var server = new LoadServer(async (number, stream, cancellationToken) =>
        {
            await LoadServer.SendAsync(
                stream, LoadServer.Ok(number % 2 == 0 ? "<p>Signed in as reader-3" : "<p>Sign in", Page), cancellationToken);
            return true;
        });
        var plan = LoadRunner.Plan(server.Address, rate: 100, seconds: 0.1, connections: 1);
        plan = plan with
        {
            Mix = new TrafficMix(
                [
                    (new RequestTemplate(RequestKind.User, plan.Target.Host, "/productpage", [], "session=s")
                    {
                        User = "reader-3"u8.ToArray(),
                    }, 1),
                ],
                BookinfoAnswers.Usual),
        };
        var result = await LoadRunner.RunAsync(plan);

        Assert.Equal((10, 5), (result.Total.Sent, result.SignedOut));
        var warning = Assert.Single(AnswerCheck.Check(result));
        Assert.Equal("signed-out", warning.Code);
        Assert.StartsWith("5 of 10 pages for users who had signed in came back as for anybody", warning.Text);
    }

    private static async Task<TrafficMix> UsualAsync(LoadServer server, IReadOnlyList<KeyValuePair<string, string>>? headers = null)
    {
        var target = await LoadTarget.ResolveAsync(server.Address, insecure: false, TestContext.Current.CancellationToken);
        return await new BookinfoTraffic(target, headers ?? [], 1, TimeSpan.FromSeconds(60), BookinfoAnswers.Usual, TimeProvider.System)
            .UsualAsync(TestContext.Current.CancellationToken);
    }
}
