using System.Globalization;
using System.Net;
using Bookinfo.Testing;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Services.Tests;

public sealed class LoginTests : IAsyncLifetime
{
    private RunningService _page = null!;

    public async ValueTask InitializeAsync() => _page = await RunningService.StartAsync(Bookinfo.ProductPage.Program.Build);

    public ValueTask DisposeAsync() => _page.DisposeAsync();

    [Theory]
    [InlineData("http://{host}/productpage?u=test", "/productpage?u=test")]
    [InlineData("https://{host}/productpage", "/productpage")]
    [InlineData("http://{host}/", "/")]
    [InlineData(null, "/productpage")]
    [InlineData("", "/productpage")]
    [InlineData("rubbish", "/productpage")]
    [InlineData("/productpage?u=relative", "/productpage")]
    [InlineData("http://evil.example/productpage?u=x", "/productpage")]
    [InlineData("http://{host}.evil.example/x", "/productpage")]
    [InlineData("http://{host}@evil.example/x", "/productpage")]
    [InlineData("http://evil.example/{host}/x", "/productpage")]
    [InlineData("http://{host}//evil.example/x", "/productpage")]
    [InlineData("http://{host}/\\evil.example/x", "/productpage")]
    [InlineData("ftp://{host}/x", "/productpage")]
    [InlineData("javascript:alert(1)", "/productpage")]
    [InlineData("http://127.0.0.1:1/productpage?u=otherport", "/productpage")]
    [InlineData("http://{host}/login", "/productpage")]
    [InlineData("http://{host}/logout", "/productpage")]
    [InlineData("http://{host}/logout/?x", "/productpage")]
    [InlineData("http://{host}/LogOut", "/productpage")]
    [InlineData("http://{host}/%6cogout", "/productpage")]
    [InlineData("http://{host}/%4CogIN/", "/productpage")]
    [InlineData("http://{host}/x/../logout", "/productpage")]
    [InlineData("http://{host}/./%2e/logout#x", "/productpage")]
    [InlineData("http://{host}/logout//", "/productpage")]
    [InlineData("http://{host}/%2flogout", "/productpage")]
    [InlineData("http://{host}/logout/x", "/logout/x")]
    [InlineData("http://{host}/logouts", "/logouts")]
    [InlineData("http://{host}/productpage?next=/logout", "/productpage?next=/logout")]
    [InlineData("http://{host}/%256cogout", "/%256cogout")]
    [InlineData("http://{host}/productpage?q=\u00c3\u00a4", "/productpage?q=%C3%A4")]
    [InlineData("http://{host}/productpage?q=\u00e4", "/productpage?q=%C3%A4")]
    public async Task Signing_in_and_out_returns_to_the_referring_page_on_this_host_and_to_no_other(string? referrer, string location)
    {
        var header = referrer is null
            ? "X-None: x"
            : $"Referer: {referrer.Replace("{host}", _page.Address.Authority, StringComparison.Ordinal)}";
        var login = await RawHttp.SendAsync(
            _page.Address,
            $"POST /login HTTP/1.1\r\nHost: {_page.Address.Authority}\r\nConnection: close\r\n{header}\r\nContent-Type: "
            + $"application/x-www-form-urlencoded\r\nContent-Length: 10\r\n\r\nusername=a");
        Assert.Equal((302, location), (login!.Status, login.Header("location")));
        var logout = await RawHttp.GetAsync(_page.Address, "/logout", header);
        Assert.Equal((302, location), (logout!.Status, logout.Header("location")));
    }

    [Property(MaxTest = 200)]
    public Property However_the_way_out_is_written_nobody_is_sent_there() => Prop.ForAll(
        (from path in Gen.Elements("logout", "login")
         from letters in Gen.CollectToSequence<char, string>(path, letter => Gen.Elements(
             $"{letter}", $"{char.ToUpperInvariant(letter)}", $"%{(int)letter:x2}", $"%{(int)char.ToUpperInvariant(letter):X2}"))
         from before in Gen.Elements("/", "/./", "/%2e/", "/a/../", "/a/b/../../", "/%2E%2e/")
         from after in Gen.Elements("", "/", "/.", "//", "?", "/?x", "#x")
         select $"{before}{string.Concat(letters)}{after}").ToArbitrary(),
        path =>
        {
            var logout = RawHttp.GetAsync(_page.Address, "/logout", $"Referer: http://{_page.Address.Authority}{path}")
                .GetAwaiter()
                .GetResult();
            Assert.Equal((302, "/productpage"), (logout!.Status, logout.Header("location")));
        });

    [Theory]
    [InlineData("application/x-www-form-urlencoded", "username=Luce&passwd=whatever", 302)]
    [InlineData("application/x-www-form-urlencoded", "username=+Luce+", 302)]
    [InlineData(
        "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\nLuce\r\n--b--\r\n", 302)]
    [InlineData("application/x-www-form-urlencoded", "", 400)]
    [InlineData("application/x-www-form-urlencoded", "username=", 400)]
    [InlineData("application/x-www-form-urlencoded", "username=%20%20", 400)]
    [InlineData("application/x-www-form-urlencoded", "passwd=x", 400)]
    [InlineData("application/x-www-form-urlencoded", "username=a%0d%0aX-Evil:1", 400)]
    [InlineData("application/x-www-form-urlencoded", "username=a%00b", 400)]
    [InlineData("application/x-www-form-urlencoded", "username=%zz%ff", 302)]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nrubbish", 400)]
    [InlineData("multipart/form-data", "--b\r\n", 400)]
    [InlineData("multipart/form-data; boundary=x", "--y", 400)]
    [InlineData("multipart/form-data; boundary=x", "", 400)]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: nonsense\r\n\r\na\r\n--x--", 400)]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nno colon\r\n\r\na\r\n--x--", 400)]
    [InlineData("application/x-www-form-urlencoded; charset=utf-16", "username=Luce", 400)]
    [InlineData("application/x-www-form-urlencoded; charset=none", "username=Luce", 302)]
    [InlineData("application/json", """{"username":"Luce"}""", 415)]
    [InlineData("rubbish", "username=Luce", 415)]
    public async Task A_form_with_a_name_signs_in_and_anything_else_is_a_4xx(string contentType, string body, int status)
    {
        var response = await PostAsync(contentType, body);
        Assert.Equal(status, response!.Status);
        Assert.Equal(status == 302, response.Header("set-cookie") is not null);
        if (status != 302)
        {
            Assert.StartsWith("""{"error":""", response.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Of_several_names_it_is_the_first()
    {
        var one = await PostAsync("application/x-www-form-urlencoded", "username=Luce");
        var several = await PostAsync("application/x-www-form-urlencoded", "username=Luce&username=Jane");

        Assert.Equal(one!.Header("set-cookie"), several!.Header("set-cookie"));
    }

    [Fact]
    public async Task A_name_may_have_64_characters_and_no_more()
    {
        Assert.Equal(302, (await PostAsync("application/x-www-form-urlencoded", "username=" + new string('a', 64)))!.Status);
        Assert.Equal(400, (await PostAsync("application/x-www-form-urlencoded", "username=" + new string('a', 65)))!.Status);
    }

    [Fact]
    public async Task A_form_with_thousands_of_fields_is_a_4xx()
    {
        var response = await PostAsync("application/x-www-form-urlencoded", string.Concat(Enumerable.Repeat("a&", 5000)));
        Assert.Equal(400, response!.Status);
    }

    [Fact]
    public async Task Services_with_the_same_key_know_each_others_users_and_others_do_not()
    {
        var key = Guid.NewGuid().ToString();
        await using var one = await RunningService.StartAsync(Bookinfo.ProductPage.Program.Build, $"SESSION_KEY={key}");
        await using var same = await RunningService.StartAsync(Bookinfo.ProductPage.Program.Build, $"SESSION_KEY={key}");
        await using var other = await RunningService.StartAsync(Bookinfo.ProductPage.Program.Build, $"SESSION_KEY={Guid.NewGuid()}");
        using var form = new FormUrlEncodedContent([new("username", "Balthazar")]);
        using var login = await one.Client.PostAsync(new Uri("/login", UriKind.Relative), form, TestContext.Current.CancellationToken);
        var cookie = login.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        Assert.Contains(
            "Balthazar", (await RawHttp.GetAsync(one.Address, "/productpage", $"Cookie: {cookie}"))!.Text, StringComparison.Ordinal);
        Assert.Contains(
            "Balthazar", (await RawHttp.GetAsync(same.Address, "/productpage", $"Cookie: {cookie}"))!.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "Balthazar", (await RawHttp.GetAsync(other.Address, "/productpage", $"Cookie: {cookie}"))!.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "Balthazar", (await RawHttp.GetAsync(_page.Address, "/productpage", $"Cookie: {cookie}"))!.Text, StringComparison.Ordinal);
    }

    /// <summary>
    /// Cookies know no port, and names that differ in case are different ones: SESSION is that of Spring, session that of Flask as well.
    /// </summary>
    [Theory]
    [InlineData("{0}", true)]
    [InlineData("{0}; SESSION=ZjQ3", true)]
    [InlineData("SESSION=ZjQ3;{0}", true)]
    [InlineData("{0}; session=eyJ.Zx.abc", true)]
    [InlineData("session=eyJ.Zx.abc; a=b;  {0} ; c", true)]
    [InlineData("session=;session; {0}", true)]
    [InlineData("a=b|{0}|session=x", true)]
    [InlineData("SESSION{1}", false)]
    [InlineData("xsession{1}", false)]
    [InlineData("a={0}", false)]
    [InlineData("{2}{0}", false)]
    public async Task Cookies_of_other_applications_sign_nobody_out(string lines, bool isSignedIn)
    {
        var cookie = (await PostAsync("application/x-www-form-urlencoded", "username=Balthazar"))!.Header("set-cookie")!.Split(';')[0];
        var many = string.Concat(Enumerable.Repeat("session=x.y; ", 8));
        var sent = string.Format(CultureInfo.InvariantCulture, lines, cookie, cookie["session".Length..], many).Split('|');
        var page = (await RawHttp.GetAsync(_page.Address, "/productpage", [.. sent.Select(line => $"Cookie: {line}")]))!.Text;
        Assert.Equal(isSignedIn, page.Contains("Balthazar", StringComparison.Ordinal));
    }

    /// <summary>
    /// Proxies often pass the host on without its port. Only the path is sent back, so nobody comes to another host by it.
    /// </summary>
    [Theory]
    [InlineData("shop.example", "http://shop.example:8080/productpage?u=test", "/productpage?u=test")]
    [InlineData("shop.example", "http://SHOP.example/productpage?u=test", "/productpage?u=test")]
    [InlineData("shop.example", "http://shop.example.evil.example/productpage?u=test", "/productpage")]
    [InlineData("shop.example:9080", "http://shop.example:8080/productpage?u=test", "/productpage")]
    [InlineData("[::1]", "http://[::1]:8080/productpage?u=test", "/productpage?u=test")]
    public async Task A_host_without_a_port_is_that_of_the_referring_page_on_any(string host, string referrer, string location)
    {
        var logout = await RawHttp.SendAsync(
            _page.Address, $"GET /logout HTTP/1.1\r\nHost: {host}\r\nReferer: {referrer}\r\nConnection: close\r\n\r\n");
        Assert.Equal((302, location), (logout!.Status, logout.Header("location")));
    }

    [Fact]
    public async Task Sign_in_is_refused_by_get()
    {
        using var response = await _page.Client.GetAsync(new Uri("/login", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    private Task<RawResponse?> PostAsync(string contentType, string body) => RawHttp.SendAsync(
        _page.Address,
        $"POST /login HTTP/1.1\r\nHost: {_page.Address.Authority}\r\nConnection: close\r\nContent-Type: {contentType}\r\nContent-Length: "
        + $"{body.Length}\r\n\r\n{body}");
}
