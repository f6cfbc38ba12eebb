using System.Text.RegularExpressions;
using Bookinfo.Testing;

namespace Services.Tests;

/// <summary>Conditional requests for the files of the page: only what is the content may be kept.</summary>
public sealed class ConditionalRequestTests
{
    private const string Keep = "public, max-age=31536000, immutable";

    [Theory]
    [InlineData("X: x", 200, Keep)]
    [InlineData("If-Match: \"x\"", 412, null)]
    [InlineData("If-Match: W/\"{tag}\"", 412, null)]
    [InlineData("If-Match: \"x\", \"{tag}\"", 200, Keep)]
    [InlineData("If-Match: *", 200, Keep)]
    [InlineData("If-None-Match: \"{tag}\"", 304, Keep)]
    [InlineData("If-None-Match: W/\"{tag}\"", 304, Keep)]
    [InlineData("If-None-Match: *", 304, Keep)]
    [InlineData("If-None-Match: \"x\"", 200, Keep)]
    [InlineData("Range: bytes=0-1", 200, Keep)]
    [InlineData("Range: bytes=999999-", 200, Keep)]
    [InlineData("Range: bytes=0-1\r\nIf-Range: \"x\"", 200, Keep)]
    [InlineData("If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT", 200, Keep)]
    [InlineData("If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT", 200, Keep)]
    public async Task Only_the_content_may_be_kept(string header, int status, string? caching)
    {
        await using var page = await RunningService.StartAsync(Bookinfo.ProductPage.Program.Build);
        var index = await page.Client.GetStringAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
        var address = Regex.Match(index, "/static/bookshop\\.css\\?v=([0-9a-f]+)");
        foreach (var method in (string[])["GET", "HEAD"])
        {
            var answer = await RawHttp.SendAsync(
                page.Address,
                $"{method} {address.Value} HTTP/1.1\r\nHost: a\r\nConnection: "
                + $"close\r\n{header.Replace("{tag}", address.Groups[1].Value, StringComparison.Ordinal)}\r\n\r\n");
            Assert.Equal((method, status, caching), (method, answer!.Status, answer.Header("cache-control")));
            Assert.Equal(status == 412 && method == "GET" ? """{"error":"precondition failed"}""" : "", status == 412 ? answer.Text : "");
        }
    }
}
