using System.Net.Sockets;
using System.Text;
using Bookinfo.Testing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Services.Tests;

/// <summary><c>/metrics</c> is there for everybody, whatever one of them does.</summary>
public sealed class ScrapeTests
{
    [Fact]
    public async Task Who_does_not_read_keeps_no_other_from_it()
    {
        // More than all buffers on the way hold.
        const int Unread = 2000;
        await using var details = await RunningService.StartAsync(
            // Nobody else ends the connection.
            Bookinfo.Details.Program.Build,
            services => services.Configure<KestrelServerOptions>(server => server.Limits.MinResponseDataRate = null));
        using var idler = new TcpClient { ReceiveBufferSize = 1024 };
        await idler.ConnectAsync(details.Address.Host, details.Address.Port, TestContext.Current.CancellationToken);
        var requests = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", Unread)));
        var sending = idler.GetStream().WriteAsync(requests, TestContext.Current.CancellationToken).AsTask();
        for (var scrape = 0; scrape < Unread / 4; scrape++)
        {
            Assert.Equal(200, (await RawHttp.GetAsync(details.Address, "/metrics"))!.Status);
        }

        RawHttp.Reset(idler);
        await Task.WhenAny(sending);
    }

    [Fact]
    public async Task With_a_slash_at_its_end_it_is_not_a_request_of_a_visitor_either()
    {
        var log = new RecordedLog();
        await using var details = await RunningService.StartAsync(Bookinfo.Details.Program.Build, log.AddTo, "ACCESS_LOG=on");
        foreach (var path in new[] { "/metrics", "/metrics/", "/METRICS/", "/health/live" })
        {
            Assert.Equal((path, 200), (path, (await RawHttp.GetAsync(details.Address, path))!.Status));
        }

        Assert.Equal(404, (await RawHttp.GetAsync(details.Address, "/metrics/x"))!.Status);

        await Eventually.HoldsAsync("The last is not logged.", () => log.Of("RequestFinished").Count > 0);
        Assert.StartsWith("GET /metrics/x 404", Assert.Single(log.Of("RequestFinished")).Text, StringComparison.Ordinal);
    }

    /// <summary>Prometheus 3 says that it takes names with dots. Rules, dashboards and queries are about those with underscores.</summary>
    [Theory]
    [InlineData("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.3")]
    [InlineData("application/openmetrics-text;version=1.0.0;escaping=dots")]
    [InlineData("text/plain;version=1.0.0;escaping=values")]
    [InlineData("text/plain;version=1.0.0;escaping=allow-utf-8")]
    public async Task Its_names_are_the_same_for_whoever_asks(string accept)
    {
        await using var details = await RunningService.StartAsync(Bookinfo.Details.Program.Build);
        Assert.Equal(200, (await RawHttp.GetAsync(details.Address, "/details/0"))!.Status);

        var answer = await RawHttp.GetAsync(details.Address, "/metrics", $"Accept: {accept}");

        Assert.Contains("http_server_request_duration_seconds_count{http_request_method=\"GET\"", answer!.Text, StringComparison.Ordinal);
        Assert.Contains("service_version=", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task Its_answer_says_how_long_it_is(string method)
    {
        await using var details = await RunningService.StartAsync(Bookinfo.Details.Program.Build);
        var answer = await RawHttp.SendAsync(details.Address, $"{method} /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        Assert.Equal(200, answer!.Status);
        Assert.NotNull(answer.Header("content-length"));
        Assert.Equal(method == "HEAD", answer.Text.Length == 0);
    }
}
