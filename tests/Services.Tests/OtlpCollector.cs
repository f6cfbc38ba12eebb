using System.Text;
using Bookinfo.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Services.Tests;

/// <summary>Collectors that answer as a test has it, and services that send to them.</summary>
internal static class OtlpCollector
{
    /// <summary>The answer to an export, in which a part was rejected.</summary>
    public static byte[] PartialSuccess(int rejected, string message)
    {
        byte[] number = rejected < 0x80 ? [0x08, (byte)rejected] : [0x08, (byte)(rejected | 0x80), (byte)(rejected >> 7)];
        byte[] text = message is "" ? [] : [0x12, (byte)message.Length, .. Encoding.UTF8.GetBytes(message)];
        return [0x0a, (byte)(number.Length + text.Length), .. number, .. text];
    }

    /// <summary>Answers with a message, in the frame that its protocol asks for.</summary>
    public static async Task AnswerAsync(HttpContext context, string protocol, byte[] message)
    {
        if (protocol == "grpc")
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync((byte[])[0, 0, 0, 0, (byte)message.Length, .. message]);
            context.Response.AppendTrailer("grpc-status", "0");
        }
        else
        {
            context.Response.ContentType = "application/x-protobuf";
            await context.Response.Body.WriteAsync(message);
        }
    }

    /// <summary>Starts a collector.</summary>
    /// <param name="protocol">grpc or http/protobuf.</param>
    /// <param name="answer">Answers a request, whose body has been read.</param>
    public static async Task<WebApplication> StartAsync(string protocol, RequestDelegate answer)
    {
        var collector = LoopbackApp.Build(
            async context =>
            {
                await context.Request.Body.CopyToAsync(Stream.Null);
                await answer(context);
            },
            protocol == "grpc" ? HttpProtocols.Http2 : HttpProtocols.Http1);
        await collector.StartAsync(TestContext.Current.CancellationToken);
        return collector;
    }

    /// <summary>Starts ratings, which sends its spans to a collector.</summary>
    public static Task<RunningService> StartRatingsAsync(RecordedLog log, string protocol, Uri address, params string[] settings) =>
        RunningService.StartAsync(
            Bookinfo.Ratings.Program.Build,
            log.AddTo,
            [
                $"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT={(protocol == "grpc" ? address : new Uri(address, "/v1/traces"))}",
                $"OTEL_EXPORTER_OTLP_PROTOCOL={protocol}", "OTEL_BSP_SCHEDULE_DELAY=50", .. settings,
            ]);

    /// <summary>Reads a counter of a service that is about spans.</summary>
    /// <param name="service">The service.</param>
    /// <param name="metric">The name of the metric.</param>
    /// <param name="reason">The label <c>reason</c>, where there is one.</param>
    public static async Task<double> CountedAsync(RunningService service, string metric, string? reason = null)
    {
        var text = await service.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        return PrometheusText.Parse(text).Single(sample => sample.Name == metric && sample.Labels["signal"] == "traces"
            && (reason is null || sample.Labels["reason"] == reason)).Value;
    }

    /// <summary>Sends a request, which makes one span.</summary>
    public static async Task RequestAsync(RunningService service) =>
        Assert.Equal(200, (await RawHttp.GetAsync(service.Address, "/ratings/0"))!.Status);
}
