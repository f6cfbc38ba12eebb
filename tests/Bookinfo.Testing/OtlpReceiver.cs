using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Bookinfo.Testing;

/// <summary>
/// A server of the OpenTelemetry protocol on free ports of 127.0.0.1, one for gRPC and one for http/protobuf, that keeps the traces, logs
/// and metrics that it is sent.
/// </summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    private const string Grpc = "application/grpc";
    private const string Protobuf = "application/x-protobuf";

    private readonly ConcurrentQueue<OtlpExport> _exports = new();
    private readonly ConcurrentQueue<OtlpSpan> _spans = new();
    private readonly ConcurrentQueue<OtlpLog> _logs = new();
    private readonly ConcurrentQueue<OtlpMetricPoint> _metrics = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly bool _hangs;
    private readonly WebApplication _grpc;
    private readonly WebApplication _http;

    private OtlpReceiver(bool hangs)
    {
        _hangs = hangs;
        _grpc = LoopbackApp.Build(ServeAsync, HttpProtocols.Http2);
        _http = LoopbackApp.Build(ServeAsync);
    }

    /// <summary>Where it speaks gRPC: HTTP/2 without TLS.</summary>
    public Uri GrpcAddress => RunningSystem.AddressOf(_grpc);

    /// <summary>Where it speaks http/protobuf: HTTP/1.1.</summary>
    public Uri HttpAddress => RunningSystem.AddressOf(_http);

    /// <summary>The requests so far.</summary>
    public IReadOnlyList<OtlpExport> Exports => [.. _exports];

    /// <summary>The spans so far.</summary>
    public IReadOnlyList<OtlpSpan> Spans => [.. _spans];

    /// <summary>The log records so far.</summary>
    public IReadOnlyList<OtlpLog> Logs => [.. _logs];

    /// <summary>The data points of metrics so far; a later one of the same metric takes the place of an earlier one.</summary>
    public IReadOnlyList<OtlpMetricPoint> Metrics => [.. _metrics];

    /// <summary>Starts a receiver.</summary>
    /// <param name="hangs">Whether it takes requests and never answers.</param>
    public static async Task<OtlpReceiver> StartAsync(bool hangs = false)
    {
        var receiver = new OtlpReceiver(hangs);
        try
        {
            await receiver._grpc.StartAsync();
            await receiver._http.StartAsync();
            return receiver;
        }
        catch
        {
            await receiver.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where it speaks a protocol, by the name that <c>OTEL_EXPORTER_OTLP_PROTOCOL</c> gives it.</summary>
    /// <param name="protocol"><c>grpc</c> or <c>http/protobuf</c>.</param>
    public Uri AddressFor(string protocol) => protocol == "grpc" ? GrpcAddress : HttpAddress;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _grpc.DisposeAsync();
        await _http.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task ServeAsync(HttpContext context)
    {
        var isGrpc = context.Request.ContentType == Grpc;
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var path = context.Request.Path.Value!;
        var (message, isCompressed) = isGrpc
            ? Unframe(body.ToArray())
            : Decode(body.ToArray(), context.Request.Headers.ContentEncoding.ToString());
        _exports.Enqueue(new OtlpExport(path, context.Request.Headers.ToDictionary(
            header => header.Key.ToLowerInvariant(), header => header.Value.ToString()), isCompressed));
        if (_hangs)
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, context.RequestAborted);
            await Task.Delay(Timeout.Infinite, end.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
            context.Abort();
            return;
        }

        switch (path)
        {
            case "/opentelemetry.proto.collector.trace.v1.TraceService/Export" when isGrpc:
            case "/v1/traces" when IsProtobuf(context):
                AddAll(_spans, OtlpReader.Spans(message));
                break;
            case "/opentelemetry.proto.collector.logs.v1.LogsService/Export" when isGrpc:
            case "/v1/logs" when IsProtobuf(context):
                AddAll(_logs, OtlpReader.Logs(message));
                break;
            case "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export" when isGrpc:
            case "/v1/metrics" when IsProtobuf(context):
                AddAll(_metrics, OtlpReader.Metrics(message));
                break;
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
        }

        // An answer with no field set is an empty message: nothing at all, or in gRPC a frame of length 0 and the status behind it.
        if (isGrpc)
        {
            context.Response.ContentType = Grpc;
            context.Response.DeclareTrailer("grpc-status");
            await context.Response.Body.WriteAsync(new byte[5]);
            context.Response.AppendTrailer("grpc-status", "0");
        }
        else
        {
            context.Response.ContentType = Protobuf;
        }
    }

    private static bool IsProtobuf(HttpContext context) => context.Request.ContentType == Protobuf;

    private static void AddAll<T>(ConcurrentQueue<T> queue, IEnumerable<T> items)
    {
        foreach (var item in items)
        {
            queue.Enqueue(item);
        }
    }

    /// <summary>Takes the message out of its frame: a byte that says whether it is compressed, four for its length, the message.</summary>
    private static (byte[] Message, bool IsCompressed) Unframe(byte[] frame)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(1));
        if (length != frame.Length - 5)
        {
            throw new InvalidDataException($"The frame says {length} bytes and has {frame.Length - 5}.");
        }

        return frame[0] == 0 ? (frame[5..], false) : (Unzip(frame[5..]), true);
    }

    private static (byte[] Message, bool IsCompressed) Decode(byte[] body, string encoding) => encoding switch
    {
        "" => (body, false),
        "gzip" => (Unzip(body), true),
        _ => throw new InvalidDataException($"Nobody asked for the encoding {encoding}."),
    };

    private static byte[] Unzip(byte[] compressed)
    {
        using var gzip = new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        gzip.CopyTo(plain);
        return plain.ToArray();
    }
}
