using System.Collections.Concurrent;
using Bookinfo.Otlp;

namespace Bookinfo.Testing;

/// <summary>
/// A server of the OpenTelemetry protocol on free ports of 127.0.0.1, one for gRPC and one for http/protobuf, that keeps the traces, logs
/// and metrics that it is sent.
/// </summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<OtlpExport> _exports = new();
    private readonly ConcurrentQueue<OtlpSpan> _spans = new();
    private readonly ConcurrentQueue<OtlpLog> _logs = new();
    private readonly ConcurrentQueue<OtlpMetricPoint> _metrics = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly bool _hangs;
    private OtlpServer _server = null!;

    private OtlpReceiver(bool hangs) => _hangs = hangs;

    /// <summary>Where it speaks gRPC: HTTP/2 without TLS.</summary>
    public Uri GrpcAddress => _server.GrpcAddress;

    /// <summary>Where it speaks http/protobuf: HTTP/1.1.</summary>
    public Uri HttpAddress => _server.HttpAddress;

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
        receiver._server = await OtlpServer.StartAsync(grpcPort: 0, httpPort: 0, receiver.TakeAsync);
        return receiver;
    }

    /// <summary>Where it speaks a protocol, by the name that <c>OTEL_EXPORTER_OTLP_PROTOCOL</c> gives it.</summary>
    /// <param name="protocol"><c>grpc</c> or <c>http/protobuf</c>.</param>
    public Uri AddressFor(string protocol) => protocol == "grpc" ? GrpcAddress : HttpAddress;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _server.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task<OtlpAnswer> TakeAsync(OtlpRequest request, CancellationToken cancellationToken)
    {
        _exports.Enqueue(request.Export);
        if (_hangs)
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, cancellationToken);
            await Task.Delay(Timeout.Infinite, end.Token);
        }

        switch (request.Signal)
        {
            case OtlpSignal.Traces:
                AddAll(_spans, OtlpReader.Spans(request.Message));
                break;
            case OtlpSignal.Logs:
                AddAll(_logs, OtlpReader.Logs(request.Message));
                break;
            case OtlpSignal.Metrics:
                AddAll(_metrics, OtlpReader.Metrics(request.Message));
                break;
            default:
                return OtlpAnswer.NotFound;
        }

        return OtlpAnswer.Taken(request.IsGrpc);
    }

    private static void AddAll<T>(ConcurrentQueue<T> queue, IEnumerable<T> items)
    {
        foreach (var item in items)
        {
            queue.Enqueue(item);
        }
    }
}
