using System.Net;
using System.Net.Sockets;
using Bookinfo.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
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
        await using var ratings = await StartAsync(log, protocol, way.Address, "OTEL_EXPORTER_OTLP_TIMEOUT=3000");
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
        await using var ratings = await StartAsync(log, protocol, way.Address);
        await Eventually.HoldsAsync(async () =>
        {
            await RequestAsync(ratings);
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

    [Theory]
    [InlineData("grpc", StatusCodes.Status200OK, "gRPC status 16: wrong token")]
    [InlineData("grpc", StatusCodes.Status404NotFound, "status 404")]
    [InlineData("http/protobuf", StatusCodes.Status401Unauthorized, "status 401")]
    public async Task A_collector_that_says_no_is_quoted(string protocol, int status, string reason)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var protocols = protocol == "grpc" ? HttpProtocols.Http2 : HttpProtocols.Http1;
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = protocols));
        await using var collector = builder.Build();
        collector.Run(context =>
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
        await collector.StartAsync(TestContext.Current.CancellationToken);
        var log = new RecordedLog();
        await using var ratings = await StartAsync(log, protocol, new Uri(collector.Urls.Single()));
        await RequestAsync(ratings);
        await Eventually.HoldsAsync("It is not told.", () => log.Of("TelemetryExportFailed").Count > 0);
        Assert.Contains(reason, log.Of("TelemetryExportFailed")[0].Text, StringComparison.Ordinal);
    }

    private static Task<RunningService> StartAsync(RecordedLog log, string protocol, Uri address, params string[] settings) =>
        RunningService.StartAsync(
            Bookinfo.Ratings.Program.Build,
            log.AddTo,
            [
                $"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT={(protocol == "grpc" ? address : new Uri(address, "/v1/traces"))}",
                $"OTEL_EXPORTER_OTLP_PROTOCOL={protocol}", "OTEL_BSP_SCHEDULE_DELAY=50", .. settings,
            ]);

    private static async Task RequestAsync(RunningService service) =>
        Assert.Equal(200, (await RawHttp.GetAsync(service.Address, "/ratings/0"))!.Status);

    private static async Task UntilSpansComeAsync(RunningService service, OtlpReceiver collector)
    {
        var before = collector.Spans.Count;
        await Eventually.HoldsAsync(async () =>
        {
            await RequestAsync(service);
            return collector.Spans.Count > before ? "" : "No span came.";
        });
    }

    private static async Task<double> FailuresAsync(RunningService service)
    {
        var text = await service.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        return PrometheusText.Parse(text).Single(sample => sample.Name == Metric && sample.Labels["signal"] == "traces").Value;
    }

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
