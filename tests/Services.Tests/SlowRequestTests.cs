using Bookinfo.Testing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Services.Tests;

/// <summary>Requests that do not come to an end: the server gives up by itself, and says so like everything else.</summary>
public sealed class SlowRequestTests
{
    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: ", "RequestRejected")]
    [InlineData("GET /", "RequestRejected")]
    [InlineData("POST /ratings/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{", "RequestFinished")]
    [InlineData("POST /ratings/1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{", "RequestFinished")]
    public async Task What_does_not_come_is_a_408_that_is_told(string beginning, string told)
    {
        var log = new RecordedLog();
        await using var ratings = await RunningService.StartAsync(
            Bookinfo.Ratings.Program.Build,
            services =>
            {
                log.AddTo(services);
                services.Configure<KestrelServerOptions>(server =>
                {
                    server.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1);
                    server.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1000, gracePeriod: TimeSpan.FromSeconds(1.5));
                });
            },
            "ACCESS_LOG=on");
        var answer = await RawHttp.SendAsync(ratings.Address, beginning);
        Assert.Equal((408, "close", """{"error":"request timed out"}"""), (answer!.Status, answer.Header("connection"), answer.Text));
        await Eventually.HoldsAsync("Nothing is told.", () => log.Events.Any(logged => logged.Status is not null));
        var logged = Assert.Single(log.Events, logged => logged.Status is not null);
        Assert.Equal((told, 408), (logged.Name, logged.Status));
    }
}
