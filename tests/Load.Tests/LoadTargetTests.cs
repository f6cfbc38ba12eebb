using System.Globalization;
using System.Net.Sockets;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;
using Bookinfo.Traffic;
using FsCheck.Xunit;

namespace Bookinfo.Load.Tests;

/// <summary>From a URL to a connection: addresses, names and zones.</summary>
public sealed class LoadTargetTests
{
    private const string LongPart = "of-several-long-parts-each-of-which-is-allowed.";

    [Theory]
    [InlineData("http://localhost", "localhost", "localhost")]
    [InlineData("http://LOCALHOST:8080/x?y", "localhost:8080", "localhost")]
    [InlineData("https://shop.example:443", "shop.example", "shop.example")]
    [InlineData("http://shop.example:443", "shop.example:443", "shop.example")]
    [InlineData("https://shop.example.:8443", "shop.example.:8443", "shop.example")]
    [InlineData("http://Bücher.Example:81", "xn--bcher-kva.example:81", "xn--bcher-kva.example")]
    [InlineData("http://日本語。jp", "xn--wgv71a119e.jp", "xn--wgv71a119e.jp")]
    [InlineData("http://my_service:1", "my_service:1", "my_service")]
    [InlineData("http://127.1:1", "127.0.0.1:1", "127.0.0.1")]
    [InlineData("http://[::1]:1", "[::1]:1", "::1")]
    [InlineData("http://[2001:DB8:0::1]", "[2001:db8::1]", "2001:db8::1")]
    [InlineData("http://[::ffff:127.0.0.1]:1", "[::ffff:127.0.0.1]:1", "::ffff:127.0.0.1")]
    [InlineData("http://[fe80::1%25lo]:7709/", "[fe80::1]:7709", "fe80::1")]
    [InlineData("http://[fe80::1%lo]:7709/", "[fe80::1]:7709", "fe80::1")]
    public void What_is_said_of_the_host_is_what_the_other_side_knows(string url, string host, string name)
    {
        Assert.True(LoadTarget.IsUrl(url));
        var target = new LoadTarget(new Uri(url), [], insecure: false);

        Assert.Equal((host, name), (target.Host, target.Name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("localhost:80")]
    [InlineData("ftp://x")]
    [InlineData("http://")]
    [InlineData("http:///x")]
    [InlineData("http://a b")]
    [InlineData("http://x:0")]
    [InlineData("http://x:65536")]
    [InlineData("http://x:-1")]
    [InlineData("http://user@x")]
    [InlineData("http://:@x")]
    [InlineData("http://x/#y")]
    [InlineData("http://x#")]
    [InlineData("http://[fe80::1")]
    [InlineData("http://a..b")]
    [InlineData("http://xn--ä.example")]
    [InlineData(
        "http://üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü"
        + "üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü.com")]
    public void What_is_no_address_is_told(string url) => Assert.False(LoadTarget.IsUrl(url));

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("::1", "::1")]
    [InlineData("[::1]", "::1")]
    [InlineData("0.0.0.0", "0.0.0.0")]
    [InlineData("[::]", "::")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("fe80::1%25lo", "fe80::1%1")]
    [InlineData("fe80::1%lo", "fe80::1%1")]
    [InlineData("fe80::1%1", "fe80::1%1")]
    [InlineData("fe80::1%251", "fe80::1%1")]
    public async Task An_address_stands_for_itself(string host, string address) =>
        Assert.Equal(address, Assert.Single(await HostAddresses.FindAsync(host, TestContext.Current.CancellationToken)).ToString());

    [Theory]
    [InlineData("fe80::1%25nowhere")]
    [InlineData("nowhere.invalid")]
    [InlineData(LongPart + LongPart + LongPart + LongPart + LongPart + LongPart + "invalid")]
    [InlineData(LongPart + LongPart + LongPart + LongPart + LongPart + LongPart + "invalid.")]
    public async Task A_host_that_is_not_there_is_told(string host) =>
        await Assert.ThrowsAsync<SocketException>(() => HostAddresses.FindAsync(host, TestContext.Current.CancellationToken));

    [Theory]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/x")]
    [InlineData("http://LocalHost:{0}/x")]
    [InlineData("http://localhost.:{0}/x")]
    [InlineData("http://127.1:{0}/x")]
    public async Task However_it_is_written_it_is_reached(string url)
    {
        await using var server = new LoadServer(LoadServer.Ok());
        var target = await LoadTarget.ResolveAsync(
            new Uri(string.Format(CultureInfo.InvariantCulture, url, server.Address.Port)),
            insecure: false,
            TestContext.Current.CancellationToken);
        using var connection = new HttpConnection(target, TimeProvider.System);
        var request = new RequestTemplate(RequestKind.Path, target.Host, "/x", []);

        Assert.Equal(ErrorKind.None, await connection.RunAsync(
            deadline => connection.Exchange(request.Write(default, new byte[request.Length]), new HttpAnswer(BookinfoAnswers.Usual),
                deadline), TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        Assert.Contains($"\r\nHost: {target.Host}\r\n", Assert.Single(server.Heads));
    }

    [Fact]
    public async Task HttpClient_takes_the_address_that_answers_as_well()
    {
        await using var server = new LoadServer(LoadServer.Ok());
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, ConnectCallback = HostAddresses.ConnectAsync });

        // One of the addresses of localhost is of version 6, on most machines, and refuses.
        foreach (var host in new[] { "localhost", "[::ffff:127.0.0.1]" })
        {
            Assert.Equal(
                "ok", await client.GetStringAsync(new Uri($"http://{host}:{server.Address.Port}/"), TestContext.Current.CancellationToken));
        }

        using var closed = new ClosedPort();
        await Assert.ThrowsAsync<HttpRequestException>(
            () => client.GetStringAsync(new Uri($"http://localhost:{closed.Address.Port}/"), TestContext.Current.CancellationToken));
    }

    /// <summary>Whatever passes for a URL can be sent in a request: one line, in ASCII, with the port and without the zone.</summary>
    [Property(MaxTest = 3000)]
    public void Whatever_passes_for_a_url_makes_a_request_that_is_one(int seed)
    {
        var random = new Random(seed);
        string Pick(params string[] parts) => parts[random.Next(parts.Length)];
        var host = string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(_ => Pick(
            "a", "B", "ü", "ß", "日", "-", "_", ".", "xn--", "1", "127", "%", "%41", "%25", "[", "]", ":", "::", "fe80::1", "[::1]",
            "[fe80::1%25lo]", " ", "@", "#", "?", "\0", "\n", "\u200b", "。")));
        var url = $"{Pick("http", "HTTPS", "https", "ftp")}://{host}{Pick("", ":80", ":443", ":8080", ":0", ":")}"
            + $"{Pick("", "/", "/x?y", "/é", "#z")}";
        if (!LoadTarget.IsUrl(url))
        {
            return;
        }

        var uri = new Uri(url);
        var target = new LoadTarget(uri, [], insecure: false);
        Assert.All(
            target.Host,
            character => Assert.True(character is > ' ' and < '\x7f' and not ('%' or '@' or '/' or '#' or '?'), $"{url}: {target.Host}"));
        Assert.Equal(!uri.IsDefaultPort, target.Host.EndsWith($":{uri.Port}", StringComparison.Ordinal) && !target.Host.EndsWith(']'));
        Assert.DoesNotContain('[', target.Name);
        Assert.False(target.Name.EndsWith('.'), url);
        Assert.NotEmpty(target.Name);
        Assert.True(RequestTemplate.IsPath(uri.PathAndQuery), url);
    }
}
