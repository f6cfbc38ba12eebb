using System.Net.Sockets;
using System.Text;
using Bookinfo.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Services.Tests;

/// <summary>What is exported arrives as soon as it can, and it is told when it does not.</summary>
[Collection(CountingTests.Name)]
public sealed class OtlpDeliveryTests
{
    private const string Metric = "bookinfo_telemetry_failed_exports_total";

    /// <summary>
    /// A node that is gone, or an address translation that has forgotten the connection: nothing comes back, and nobody closes it.
    /// </summary>
    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task After_a_connection_has_died_in_silence_another_is_made(string protocol)
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var way = new Way(collector.AddressFor(protocol));
        var log = new RecordedLog();
        await using var ratings = await OtlpCollector.StartRatingsAsync(log, protocol, way.Address, "OTEL_EXPORTER_OTLP_TIMEOUT=3000");
        await UntilSpansComeAsync(ratings, collector);

        way.Forget();
        await UntilSpansComeAsync(ratings, collector);
        var told = Assert.Single(log.Of("TelemetryExportFailed"), failed => failed.Text.Contains("in time", StringComparison.Ordinal));
        Assert.Contains("traces", told.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task That_nothing_arrives_is_told_once_and_counted_and_so_is_that_it_does_again(string protocol)
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var way = new Way(collector.AddressFor(protocol)) { IsClosed = true };
        var log = new RecordedLog();
        await using var ratings = await OtlpCollector.StartRatingsAsync(log, protocol, way.Address);
        await Eventually.HoldsAsync(async () =>
        {
            await OtlpCollector.RequestAsync(ratings);
            return await FailuresAsync(ratings) > 2 ? "" : "Not told.";
        });
        var told = Assert.Single(log.Of("TelemetryExportFailed"));
        Assert.Equal(LogLevel.Warning, told.Level);
        Assert.Contains("traces", told.Text, StringComparison.Ordinal);
        Assert.Empty(log.Of("TelemetryExportWorks"));

        way.IsClosed = false;
        await UntilSpansComeAsync(ratings, collector);
        await Eventually.HoldsAsync("It is not told that it works.", () => log.Of("TelemetryExportWorks").Count == 1);
        Assert.Single(log.Of("TelemetryExportFailed"));
    }

    /// <summary>Which collector does not answer is told, and what may be secret in its address is not.</summary>
    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task Where_nothing_listens_the_address_is_told_without_secrets(string protocol)
    {
        using var closed = new ClosedPort();
        var log = new RecordedLog();
        await using var ratings = await OtlpCollector.StartRatingsAsync(
            log, protocol, closed.Address,
            $"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT={new Uri(closed.Address, protocol == "grpc" ? "/" : "/v1/traces?token=secret")}");
        await OtlpCollector.RequestAsync(ratings);
        await Eventually.HoldsAsync("It is not told.", () => log.Of("TelemetryExportFailed").Count > 0);

        var told = log.Of("TelemetryExportFailed")[0].Text.TrimEnd();
        Assert.EndsWith($": Connection refused ({closed.Address.Authority})", told);
        Assert.DoesNotContain("secret", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_did_not_arrive_and_was_not_told_yet_is_told_when_the_service_stops()
    {
        await using var collector = await OtlpCollector.StartAsync("http/protobuf", static context =>
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        });
        var log = new RecordedLog();
        await using (var ratings = await OtlpCollector.StartRatingsAsync(log, "http/protobuf", new Uri(collector.Urls.Single())))
        {
            await Eventually.HoldsAsync(async () =>
            {
                await OtlpCollector.RequestAsync(ratings);
                return await FailuresAsync(ratings) > 2 ? "" : "Not enough has failed.";
            });
        }

        var told = log.Of("TelemetryExportFailed");
        Assert.Contains(" 1 times", told[0].Text, StringComparison.Ordinal);
        Assert.True(log.Events.ToList().LastIndexOf(told[^1]) > log.Events.ToList().IndexOf(Assert.Single(log.Of("ServiceStopped"))));
    }

    [Theory]
    [InlineData("grpc", StatusCodes.Status200OK, "gRPC status 16: wrong token")]
    [InlineData("grpc", StatusCodes.Status404NotFound, "status 404")]
    [InlineData("http/protobuf", StatusCodes.Status401Unauthorized, "status 401")]
    public async Task A_collector_that_says_no_is_quoted(string protocol, int status, string reason)
    {
        await using var collector = await OtlpCollector.StartAsync(protocol, context =>
        {
            context.Response.StatusCode = status;
            if (status == StatusCodes.Status200OK)
            {
                context.Response.ContentType = "application/grpc";
                context.Response.AppendTrailer("grpc-status", "16");
                context.Response.AppendTrailer("grpc-message", "wrong%20token");
            }

            return Task.CompletedTask;
        });
        await AssertFailsAsync(protocol, collector, reason);
    }

    /// <summary>Where a limit of a tenant is reached, a collector answers 200 and says in the body what it did not take.</summary>
    [Theory]
    [InlineData("grpc", 5, "rate limited", "the collector rejected 5 of what it was sent: rate limited")]
    [InlineData("http/protobuf", 300, "rate limited", "the collector rejected 300 of what it was sent: rate limited")]
    [InlineData("http/protobuf", 1, "", "the collector rejected 1 of what it was sent")]
    public async Task A_collector_that_takes_only_a_part_is_quoted(string protocol, int rejected, string message, string reason)
    {
        await using var collector = await OtlpCollector.StartAsync(
            protocol, context => OtlpCollector.AnswerAsync(context, protocol, OtlpCollector.PartialSuccess(rejected, message)));
        await AssertFailsAsync(protocol, collector, reason);
    }

    /// <summary>An empty partial success says that there was none, one with 0 is a warning, and a later version may say more.</summary>
    [Theory]
    [InlineData("grpc", "")]
    [InlineData("grpc", "0A00")]
    [InlineData("http/protobuf", "")]
    [InlineData("http/protobuf", "0A00")]
    [InlineData("http/protobuf", "0A051203" + "6F6C64")]
    [InlineData("http/protobuf", "0A0B08" + "FFFFFFFFFFFFFFFFFF01")]
    [InlineData("http/protobuf", "1005" + "1D00000000" + "210000000000000000" + "2A020805")]
    public async Task What_a_collector_says_beside_a_success_is_no_failure(string protocol, string answer)
    {
        var answers = 0;
        await using var collector = await OtlpCollector.StartAsync(protocol, async context =>
        {
            await OtlpCollector.AnswerAsync(context, protocol, Convert.FromHexString(answer));
            Interlocked.Increment(ref answers);
        });
        var log = new RecordedLog();
        await using (var ratings = await OtlpCollector.StartRatingsAsync(log, protocol, new Uri(collector.Urls.Single())))
        {
            await Eventually.HoldsAsync(async () =>
            {
                await OtlpCollector.RequestAsync(ratings);
                return answers > 2 ? "" : "No span came.";
            });
            Assert.Equal(0, await FailuresAsync(ratings));
        }

        Assert.Empty(log.Of("TelemetryExportFailed"));
    }

    /// <summary>A portal, the page of an ingress, the port of a platform's pages; and proxies that drop what gRPC sends last.</summary>
    [Theory]
    [InlineData("grpc", "text/html", "no gRPC status, of content type text/html")]
    [InlineData("grpc", "application/grpc", "no gRPC status, of content type application/grpc")]
    [InlineData("http/protobuf", "text/html", "status 200 with a body of content type text/html")]
    [InlineData("http/protobuf", null, "status 200 with a body without a content type")]
    public async Task That_something_else_answers_is_told(string protocol, string? type, string reason)
    {
        await using var collector = await OtlpCollector.StartAsync(protocol, async context =>
        {
            context.Response.ContentType = type;
            await context.Response.Body.WriteAsync(new byte[5]);
        });
        await AssertFailsAsync(protocol, collector, reason);
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task An_answer_that_breaks_off_or_goes_on_for_ever_or_stops_in_the_middle_is_a_failure(string protocol)
    {
        var type = protocol == "grpc" ? "application/grpc" : "application/x-protobuf";
        await using (var collector = await OtlpCollector.StartAsync(protocol, async context =>
        {
            (context.Response.ContentType, context.Response.ContentLength) = (type, 1000);
            await context.Response.Body.WriteAsync(new byte[5]);
            await context.Response.Body.FlushAsync();
            context.Abort();
        }))
        {
            await AssertFailsAsync(protocol, collector, "");
        }

        await using (var collector = await OtlpCollector.StartAsync(protocol, async context =>
        {
            context.Response.ContentType = type;
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(new byte[65536]);
            }
        }))
        {
            await AssertFailsAsync(protocol, collector, "4194304");
        }

        await using (var collector = await OtlpCollector.StartAsync(protocol, async context =>
        {
            (context.Response.ContentType, context.Response.ContentLength) = (type, 1000);
            await context.Response.Body.WriteAsync(new byte[5]);
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
        }))
        {
            await AssertFailsAsync(protocol, collector, "no answer came in time", "OTEL_EXPORTER_OTLP_TIMEOUT=1000");
        }
    }

    /// <summary>The ports 4317 and 4318 are easily mistaken for each other.</summary>
    [Theory]
    [InlineData("grpc", "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")]
    [InlineData("grpc", "")]
    [InlineData("http/protobuf", "")]
    public async Task Where_the_other_protocol_is_spoken_the_setting_is_named(string protocol, string answer)
    {
        await using var server = new LoopbackServer(async (client, _, token) =>
        {
            var stream = client.GetStream();
            await stream.ReadAtLeastAsync(new byte[4096], 1, cancellationToken: token);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), token);
            // What is left unread would reset the connection, and the answer could be lost.
            client.Client.Shutdown(SocketShutdown.Send);
            await stream.CopyToAsync(Stream.Null, token);
        });
        var log = new RecordedLog();
        await using var ratings = await OtlpCollector.StartRatingsAsync(log, protocol, server.Address);
        await OtlpCollector.RequestAsync(ratings);
        await Eventually.HoldsAsync("It is not told.", () => log.Of("TelemetryExportFailed").Count > 0);
        Assert.EndsWith(
            $"{protocol} there? See OTEL_EXPORTER_OTLP_PROTOCOL)", log.Of("TelemetryExportFailed")[0].Text.TrimEnd(),
            StringComparison.Ordinal);
    }

    /// <summary>What closes a connection at once leaves no reason, or another one each time.</summary>
    [Fact]
    public async Task Where_every_connection_is_closed_the_setting_is_named()
    {
        await using var server = new LoopbackServer((client, _, _) =>
        {
            client.Close();
            return Task.CompletedTask;
        });
        var log = new RecordedLog();
        await using var ratings = await OtlpCollector.StartRatingsAsync(log, "grpc", server.Address);
        await OtlpCollector.RequestAsync(ratings);
        await Eventually.HoldsAsync("It is not told.", () => log.Of("TelemetryExportFailed").Count > 0);
        Assert.Contains("See OTEL_EXPORTER_OTLP_PROTOCOL", log.Of("TelemetryExportFailed")[0].Text, StringComparison.Ordinal);
    }

    private static async Task AssertFailsAsync(string protocol, WebApplication collector, string reason, params string[] settings)
    {
        var log = new RecordedLog();
        await using var ratings = await OtlpCollector.StartRatingsAsync(log, protocol, new Uri(collector.Urls.Single()), settings);
        await OtlpCollector.RequestAsync(ratings);
        await Eventually.HoldsAsync("It is not told.", () => log.Of("TelemetryExportFailed").Count > 0);
        Assert.Contains(reason, log.Of("TelemetryExportFailed")[0].Text, StringComparison.Ordinal);
        Assert.InRange(await FailuresAsync(ratings), 1, double.MaxValue);
    }

    private static async Task UntilSpansComeAsync(RunningService service, OtlpReceiver collector)
    {
        var before = collector.Spans.Count;
        await Eventually.HoldsAsync(async () =>
        {
            await OtlpCollector.RequestAsync(service);
            return collector.Spans.Count > before ? "" : "No span came.";
        });
    }

    private static Task<double> FailuresAsync(RunningService service) => OtlpCollector.CountedAsync(service, Metric);

    /// <summary>The way to a collector, which can be closed, and can forget the connections on it.</summary>
    private sealed class Way : IAsyncDisposable
    {
        private readonly LoopbackServer _server;
        private volatile int _forgotten;

        public Way(Uri collector) => _server = new LoopbackServer(async (client, number, token) =>
        {
            if (IsClosed)
            {
                return;
            }

            using var upstream = new TcpClient();
            await upstream.ConnectAsync(collector.Host, collector.Port, token);
            await Task.WhenAll(CopyAsync(client, upstream, number, token), CopyAsync(upstream, client, number, token));
        });

        public Uri Address => _server.Address;

        /// <summary>Whether connections are closed as soon as they are made.</summary>
        public bool IsClosed { get; set; }

        /// <summary>Nothing goes through the connections that are there, in either direction.</summary>
        public void Forget() => _forgotten = _server.Connections;

        public ValueTask DisposeAsync() => _server.DisposeAsync();

        private async Task CopyAsync(TcpClient from, TcpClient to, int number, CancellationToken cancellationToken)
        {
            var buffer = new byte[4096];
            int count;
            while ((count = await from.GetStream().ReadAsync(buffer, cancellationToken)) > 0)
            {
                if (number > _forgotten)
                {
                    await to.GetStream().WriteAsync(buffer.AsMemory(0, count), cancellationToken);
                }
            }

            if (number > _forgotten)
            {
                to.Client.Shutdown(SocketShutdown.Send);
            }
        }
    }
}
