using System.Collections.Concurrent;
using System.Globalization;
using Bookinfo.Foundation;
using Bookinfo.Otlp;

namespace Bookinfo.Verification;

/// <summary>
/// A platform of our own: takes what services send by OTLP, and keeps of it what is needed to verify a run. It may stand in front of
/// another platform, to which it sends everything on; what that says is the answer to the services.
/// </summary>
/// <param name="port">The port for gRPC; the next one is that for <c>http/protobuf</c>.</param>
/// <param name="forward">Where to send everything on; <see langword="null"/> for nowhere.</param>
public sealed class OtlpListener(int port, Uri? forward) : IDisposable
{
    private readonly SpanKeys _keys = new();
    private readonly ConcurrentQueue<SeenSpan> _spans = new();
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly OtlpForwarder? _forwarder = forward is null ? null : new OtlpForwarder(forward);
    private readonly SemaphoreSlim _starting = new(1);
    private OtlpServer? _server;

    /// <summary>What it is and where.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"OTLP at 127.0.0.1:{port} (gRPC) and {port + 1} (http/protobuf)")
        + (forward is null ? "" : $", sent on to {forward}");

    /// <summary>The spans that have come.</summary>
    public IReadOnlyCollection<SeenSpan> Spans => _spans;

    /// <summary>The access lines that have come as log records.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    /// <summary>What is worth knowing.</summary>
    public IEnumerable<string> Notes => _forwarder is { Failed: > 0 and var failed }
        ? [string.Create(CultureInfo.InvariantCulture, $"Requests not taken by {forward}: {failed:N0}.")]
        : [];

    /// <summary>Begins to listen, unless it does.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">A port is taken.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken);
        try
        {
            _server ??= await OtlpServer.StartAsync(port, port + 1, TakeAsync);
        }
        catch (IOException exception)
        {
            throw new OperationFailedException(FailureKind.PortTaken, string.Create(
                CultureInfo.InvariantCulture,
                $"nothing can listen for OTLP on the ports {port} and {port + 1}: {exception.Message.TrimEnd('.')}. Choose another port "
                + $"with --otlp-listen."));
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The spans and the lines are sources of their own, and each of them disposes of it.
        _server?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _server = null;
        _forwarder?.Dispose();
    }

    private async Task<OtlpAnswer> TakeAsync(OtlpRequest request, CancellationToken cancellationToken)
    {
        if (request.Signal is null)
        {
            return OtlpAnswer.NotFound;
        }

        // What cannot be read throws, and is not sent on.
        var spans = request.Signal == OtlpSignal.Traces ? OtlpReader.Spans(request.Message).Select(Read).ToList() : [];
        var lines = request.Signal == OtlpSignal.Logs ? OtlpReader.Logs(request.Message).Select(Read).ToList() : [];
        var answer = _forwarder is null
            ? OtlpAnswer.Taken(request.IsGrpc)
            : await _forwarder.SendAsync(request, cancellationToken);
        spans.ForEach(_spans.Enqueue);
        lines.ForEach(_lines.Enqueue);
        return answer;
    }

    private SeenSpan Read(OtlpSpan span)
    {
        var kind = span.Kind switch
        {
            OtlpSpanKind.Server => SpanKind.Server,
            OtlpSpanKind.Client => SpanKind.Client,
            _ => SpanKind.Other,
        };
        lock (_keys)
        {
            var key = _keys.Of(
                _keys.Read(kind, name => Text(span[name])), Text(span.Resource.GetValueOrDefault("service.name")),
                Text(span.Resource.GetValueOrDefault("service.version")));
            return new SeenSpan(
                SpanIds.Trace(span.TraceId), SpanIds.Span(span.SpanId), SpanIds.Span(span.ParentId), key, (long)span.Start, (long)span.End);
        }
    }

    private static string Read(OtlpLog record) => AccessRecord.Of(
        AccessRecord.Create(
            record.EventName, record.Time.ToString(CultureInfo.InvariantCulture), record.TraceId, record.SpanId,
            name => record.Attributes.TryGetValue(name, out var value) ? Text(value) : null),
        Text(record.Resource.GetValueOrDefault("service.name")), Text(record.Resource.GetValueOrDefault("service.version")));

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
