using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Bookinfo.Otlp;

/// <summary>
/// A server of the OpenTelemetry protocol on 127.0.0.1, on a port for gRPC (HTTP/2 without TLS) and on one for <c>http/protobuf</c>
/// (HTTP/1.1).
/// </summary>
public sealed class OtlpServer : IAsyncDisposable
{
    internal const string Grpc = "application/grpc";
    internal const string Protobuf = "application/x-protobuf";

    /// <summary>The status of gRPC for a message that cannot be read.</summary>
    private const int InvalidArgument = 3;

    /// <summary>Far more than exporters put into a request.</summary>
    private const int LongestMessage = 64 * 1024 * 1024;

    private const int UnzipStep = 64 * 1024;

    private readonly Func<OtlpRequest, CancellationToken, Task<OtlpAnswer>> _take;
    private readonly WebApplication _server;

    private OtlpServer(int grpcPort, int httpPort, Func<OtlpRequest, CancellationToken, Task<OtlpAnswer>> take)
    {
        _take = take;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, grpcPort, static endpoint => endpoint.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, httpPort, static endpoint => endpoint.Protocols = HttpProtocols.Http1);
            kestrel.Limits.MaxRequestBodySize = LongestMessage;
        });
        _server = builder.Build();
        _server.Run(ServeAsync);
    }

    /// <summary>Where it speaks gRPC.</summary>
    public Uri GrpcAddress => new(_server.Urls.First());

    /// <summary>Where it speaks <c>http/protobuf</c>.</summary>
    public Uri HttpAddress => new(_server.Urls.Last());

    /// <summary>Listens on both ports.</summary>
    /// <param name="grpcPort">The port for gRPC; 0 for a free one.</param>
    /// <param name="httpPort">The port for <c>http/protobuf</c>; 0 for a free one.</param>
    /// <param name="take">
    /// Takes what is sent, and says what to answer. When what it throws says that it cannot be read (<see cref="IsUnreadable"/>), so does
    /// the answer.
    /// </param>
    /// <exception cref="IOException">A port is taken.</exception>
    public static async Task<OtlpServer> StartAsync(
        int grpcPort, int httpPort, Func<OtlpRequest, CancellationToken, Task<OtlpAnswer>> take)
    {
        var server = new OtlpServer(grpcPort, httpPort, take);
        try
        {
            await server._server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether an exception says that a message is not one of the protocol.</summary>
    /// <param name="exception">The exception.</param>
    public static bool IsUnreadable(Exception exception) =>
        exception is InvalidDataException or InvalidProtocolBufferException or ArgumentException;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task ServeAsync(HttpContext context)
    {
        var isGrpc = MediaTypeOf(context.Request.ContentType) == Grpc;
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var path = context.Request.Path.Value!;
        OtlpAnswer answer;
        try
        {
            var (message, isCompressed) = isGrpc
                ? Unframe(body.ToArray())
                : Decode(body.ToArray(), context.Request.Headers.ContentEncoding.ToString());
            answer = await _take(
                new OtlpRequest(
                    SignalOf(path, isGrpc, MediaTypeOf(context.Request.ContentType)),
                    new OtlpExport(
                        path,
                        context.Request.Headers.ToDictionary(
                            header => header.Key.ToLowerInvariant(), header => header.Value.ToString()),
                        isCompressed),
                    isGrpc, body.ToArray(), message),
                context.RequestAborted);
        }
        catch (Exception exception) when (IsUnreadable(exception))
        {
            answer = isGrpc ? OtlpAnswer.OfGrpc(InvalidArgument) : new OtlpAnswer(StatusCodes.Status400BadRequest, [], null);
        }

        await answer.WriteAsync(context, isGrpc);
    }

    /// <summary>The type without its parameters, in small letters (RFC 9110 section 8.3.1).</summary>
    private static string? MediaTypeOf(string? contentType) => contentType?.Split(';')[0].Trim().ToLowerInvariant();

    private static OtlpSignal? SignalOf(string path, bool isGrpc, string? contentType) => path switch
    {
        "/opentelemetry.proto.collector.trace.v1.TraceService/Export" when isGrpc => OtlpSignal.Traces,
        "/opentelemetry.proto.collector.logs.v1.LogsService/Export" when isGrpc => OtlpSignal.Logs,
        "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export" when isGrpc => OtlpSignal.Metrics,
        "/v1/traces" when contentType == Protobuf => OtlpSignal.Traces,
        "/v1/logs" when contentType == Protobuf => OtlpSignal.Logs,
        "/v1/metrics" when contentType == Protobuf => OtlpSignal.Metrics,
        _ => null,
    };

    /// <summary>Takes the message out of its frame: a byte that says whether it is compressed, four for its length, the message.</summary>
    private static (byte[] Message, bool IsCompressed) Unframe(byte[] frame)
    {
        const int HeadLength = 5;
        if (frame.Length < HeadLength || BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(1)) is var length
            && length != frame.Length - HeadLength)
        {
            throw new InvalidDataException($"The frame of {frame.Length} bytes has another length than it says.");
        }

        return frame[0] == 0 ? (frame[HeadLength..], false) : (Unzip(frame[HeadLength..]), true);
    }

    private static (byte[] Message, bool IsCompressed) Decode(byte[] body, string encoding) => encoding switch
    {
        "" => (body, false),
        "gzip" => (Unzip(body), true),
        _ => throw new InvalidDataException($"The encoding {encoding} is not understood."),
    };

    private static byte[] Unzip(byte[] compressed)
    {
        using var gzip = new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        // No more than may come uncompressed: a small message can become thousands of times as long.
        var buffer = new byte[UnzipStep];
        while (gzip.Read(buffer) is > 0 and var length)
        {
            if (plain.Length + length > LongestMessage)
            {
                throw new InvalidDataException($"The message has more than {LongestMessage} bytes when it is decompressed.");
            }

            plain.Write(buffer, 0, length);
        }

        return plain.ToArray();
    }
}
