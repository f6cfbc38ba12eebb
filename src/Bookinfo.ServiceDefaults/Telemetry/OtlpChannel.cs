using System.Net.Sockets;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>
/// Sends what an exporter exports, and tells whether it arrived. Connections on which an answer did not come in time are given up: when
/// the machine of a collector is gone, or an address translation on the way has forgotten the connection, a new one may work, and TCP
/// gives the old one up after a quarter of an hour only. (Pings would find that out as well, but collectors turn away who pings often.)
/// </summary>
/// <param name="connect">Makes what connects to the collector.</param>
/// <param name="isGrpc">Whether it is asked by gRPC; else by http/protobuf.</param>
/// <param name="report">Whom to tell.</param>
internal sealed class OtlpChannel(Func<HttpMessageHandler> connect, bool isGrpc, ExportReport report) : HttpMessageHandler
{
    /// <summary>The most of an answer that is read, 4 MiB, as the standard recommends.</summary>
    public const int LargestAnswer = 4 * 1024 * 1024;

    private HttpMessageInvoker _connections = new(connect());

    /// <inheritdoc/>
    /// <remarks>The exporter's own thread waits. Reading synchronously, it could not give up an answer that breaks off.</remarks>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        SendAsync(request, cancellationToken).GetAwaiter().GetResult();

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var connections = _connections;
        try
        {
            var response = await connections.SendAsync(request, cancellationToken);
            // What gRPC says of the outcome stands behind the body, and in the body stands what was not taken.
            await response.Content.LoadIntoBufferAsync(LargestAnswer, cancellationToken);
            var problem = OtlpAnswer.ProblemOf(response, await response.Content.ReadAsByteArrayAsync(cancellationToken), isGrpc);
            await TellAsync(problem, request);
            return response;
        }
        catch (Exception exception)
        {
            await TellAsync(new(ReasonOf(exception, request.RequestUri)), request);
            if (exception is OperationCanceledException)
            {
                GiveUp(connections);
            }

            throw;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _connections.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task TellAsync(OtlpProblem? problem, HttpRequestMessage request)
    {
        if (problem is { Reason: var reason, Rejected: var rejected })
        {
            report.Fail(reason, rejected ?? await OtlpRequest.CountAsync(request, isGrpc));
        }
        else
        {
            report.Succeed();
        }
    }

    private void GiveUp(HttpMessageInvoker used)
    {
        var others = new HttpMessageInvoker(connect());
        (Interlocked.CompareExchange(ref _connections, others, used) == used ? used : others).Dispose();
    }

    /// <summary>
    /// Why there was no answer, and from where: host and port alone, because the rest of an address may be secret. With the most frequent
    /// mistake, the port of the other protocol, where it may be that.
    /// </summary>
    private string ReasonOf(Exception exception, Uri? address)
    {
        var cause = exception.GetBaseException();
        var reason = exception is OperationCanceledException ? "no answer came in time"
            // A collector that refuses after the handshake of TLS leaves no more than that the connection is gone.
            : cause is ObjectDisposedException ? exception.Message
            : cause.Message;
        var hint = exception is not OperationCanceledException
            && (MayBeOtherProtocol(exception) || (address?.Scheme == Uri.UriSchemeHttp && IsUnexplained(exception)))
            ? $"; does the collector take {(isGrpc ? "grpc" : "http/protobuf")} there? See OTEL_EXPORTER_OTLP_PROTOCOL"
            : "";
        return $"{reason} ({address?.Authority}{hint})";
    }

    /// <summary>Whether a connection was made, and what came over it is not an answer; timing decides which exception says so.</summary>
    private static bool MayBeOtherProtocol(Exception? exception) =>
        exception is not null
        && (IsNoAnswer((exception as HttpRequestException)?.HttpRequestError)
            || IsNoAnswer((exception as HttpIOException)?.HttpRequestError)
            || MayBeOtherProtocol(exception.InnerException));

    /// <summary>
    /// Whether nothing is known but that it failed, which is one of the ways in which a connection ends where HTTP/2 is not understood.
    /// </summary>
    private static bool IsUnexplained(Exception exception) =>
        exception is HttpRequestException { HttpRequestError: HttpRequestError.Unknown }
        && exception.GetBaseException() is not SocketException;

    private static bool IsNoAnswer(HttpRequestError? error) =>
        error is HttpRequestError.HttpProtocolError or HttpRequestError.ResponseEnded or HttpRequestError.InvalidResponse;
}
