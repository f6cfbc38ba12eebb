using System.Net.Sockets;
using System.Text;
using Bookinfo.Otlp;
using Bookinfo.Testing;
using Bookinfo.Verification;

namespace Telemetry.Tests;

/// <summary>
/// Whatever a service answers leaves a line in the log and counts, also where the server answers by itself; and none of it is an error.
/// </summary>
public sealed class RejectionTests
{
    private const string Ratings = "ratings-v1";

    [Fact]
    public async Task What_never_became_a_request_is_logged_and_counted()
    {
        await using var system = await TelemetrySystem.StartAsync(protocol: null, only: [Ratings]);
        (string Request, int Status)[] rejected =
        [
            // What 'curl --http2-prior-knowledge' sends; the answer is in HTTP/2.
            ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\u0012\u0004\0\0\0\0\0\0\u0003\0\0\0d\0\u0004\0\u00a0\0\0\0\u0002\0\0\0\0", 400),
            ("\r\nPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
            ("GET / HTTP/2.0\r\nHost: x\r\n\r\n", 400),
            ("GET / HTTP/3.0\r\nHost: x\r\n\r\n", 400),
            ("GET / HTTP/1.2\r\nHost: x\r\n\r\n", 400),
            ("GET /\r\n\r\n", 400),
            ("GET / http/1.1\r\nHost: x\r\n\r\n", 400),
            ("\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\n\u0003\u0003", 400),
            ("GET / HTTP/1.1\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +7\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: magic\r\n\r\n", 400),
            ($"GET /{new string('a', 20_000)} HTTP/1.1\r\nHost: a\r\n\r\n", 414),
            ($"GET / HTTP/1.1\r\nHost: a\r\nCookie: {new string('a', 60_000)}\r\n\r\n", 431),
            ($"GET / HTTP/1.1\r\nHost: a\r\n{string.Concat(Enumerable.Range(0, 200).Select(number => $"X{number}: x\r\n"))}\r\n", 431),
            ("GET / HTTP/1.1\r\nHo", 400),
        ];
        foreach (var (request, _) in rejected)
        {
            await RawHttp.SendAsync(system.Processes.AddressOf(Ratings), request, endAfterwards: true);
        }

        var expected = new Tally(rejected.Select(row => $"{row.Status}"));
        await Eventually.HoldsAsync(() => Tally.Difference(
            expected, new Tally(system.Logs().Where(line => line.Event == "RequestRejected").Select(line => line.Text("status")!))));
        var counted = (await system.ScrapeAsync(Ratings)).Where(sample => sample.Name == "bookinfo_http_server_rejected_requests_total");
        Assert.Equal(
            rejected.GroupBy(row => row.Status).Select(group => (group.Key, group.Count())).Order(),
            counted.Select(sample => (int.Parse(sample.Labels["http_response_status_code"],
                System.Globalization.CultureInfo.InvariantCulture), (int)sample.Value)).Order());
        Assert.All(system.Logs(), line => Assert.Equal("info", line.Text("level")));
    }

    /// <summary>Requests of all kinds, of which most break off somewhere.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Log_and_metrics_tell_of_the_same_requests_wherever_they_break_off(int seed)
    {
        var random = new Random(seed);
        await using var system = await TelemetrySystem.StartAsync(
            protocol: null, only: [Ratings, "details-v1", .. CallGraph.WithBackends("reviews-v1"), "productpage-v1"]);
        string[] beginnings =
        [
            "GET /health", "GET /ratings/7", "GET /details/7", "GET /reviews/7", "POST /ratings/7", "POST /login", "DELETE /metrics",
            "GET /nope", "BREW /", "G@T /", "get",
        ];
        string[] bodies =
        [
            "\r\n", "Content-Length: 15\r\n\r\n{\"Reviewer1\":5}", "Transfer-Encoding: "
                + "chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n80000000\r\n",
            "Transfer-Encoding: chunked\r\n\r\n0\r\nX: \0\r\n\r\n",
            "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 3\r\n\r\n--y",
            "Content-Length: 40000\r\n\r\nxxxx", "Content-Length: +7\r\n\r\n{}",
            "Content-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "X: \0\r\n\r\n",
        ];
        foreach (var process in system.Processes.Started)
        {
            for (var number = 0; number < 300; number++)
            {
                var version = random.Next(10) == 0 ? "HTTP/2.0" : "HTTP/1.1";
                var request = Encoding.Latin1.GetBytes(
                    $"{beginnings[random.Next(beginnings.Length)]} {version}\r\nHost: a\r\nConnection: "
                    + $"close\r\n{bodies[random.Next(bodies.Length)]}");
                var sent = request.AsMemory(0, random.Next(1, request.Length + 1));
                await (random.Next(2) == 0
                    ? RawHttp.ResetAsync(process.Address, sent)
                    : RawHttp.SendAsync(process.Address, sent, endAfterwards: true));
            }

            await Eventually.HoldsAsync(async () =>
            {
                var metrics = await system.ScrapeAsync(process.Name);
                var logged = system.Logs(process.Name).ToLookup(line => line.Event);
                return Difference("http_server_request_duration_seconds_count", "RequestFinished") + Difference(
                    "bookinfo_http_server_rejected_requests_total", "RequestRejected");

                string Difference(string metric, string entry) => Tally.Difference(
                    new Tally(logged[entry].Select(line => line.Text("status")!)),
                    new Tally(metrics.Where(sample => sample.Name == metric)
                        .SelectMany(sample => Enumerable.Repeat(sample.Labels["http_response_status_code"], (int)sample.Value))));
            });
        }

        Assert.All(system.Logs().Where(line => line.Event != "SessionKeyMade"), line => Assert.Equal("info", line.Text("level")));
        Assert.DoesNotContain(system.Logs(), line => line.Text("status") is ['5', ..]);
    }

    [Fact]
    public async Task A_reset_in_the_middle_of_a_body_is_a_499_and_no_error()
    {
        const int Resets = 50;
        await using var system = await TelemetrySystem.StartAsync(only: [Ratings]);
        for (var number = 0; number < Resets; number++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(
                system.Processes.AddressOf(Ratings).Host, system.Processes.AddressOf(Ratings).Port, TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync(
                Encoding.Latin1.GetBytes("POST /ratings/7 HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n"),
                TestContext.Current.CancellationToken);
            // The service says that it reads.
            await client.GetStream().ReadExactlyAsync(
                new byte["HTTP/1.1 100 Continue\r\n\r\n".Length], TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync("{"u8.ToArray(), TestContext.Current.CancellationToken);
            RawHttp.Reset(client);
        }

        await Eventually.HoldsAsync("Not all are logged.", () => system.Logs().Count(line => line.Event == "RequestFinished") == Resets);
        Assert.All(system.Logs().Where(line => line.Event == "RequestFinished"), line => Assert.Equal("499", line.Text("status")));
        Assert.All(system.Logs(), line => Assert.Equal("info", line.Text("level")));
        var counted = Assert.Single(
            await system.ScrapeAsync(Ratings), sample => sample.Name == "http_server_request_duration_seconds_count");
        Assert.Equal(("499", (double)Resets), (counted.Labels["http_response_status_code"], counted.Value));
        Assert.False(counted.Labels.ContainsKey("error_type"));
        await Eventually.HoldsAsync(
            "Not all spans have come.", () => system.Receiver.Spans.Count(span => span.Kind == OtlpSpanKind.Server) == Resets);
        Assert.All(system.Receiver.Spans, span => Assert.NotEqual(OtlpStatus.Error, span.Status));
    }
}
