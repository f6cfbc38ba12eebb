using System.Globalization;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>
/// Sends what an exporter exports, and tells whether it arrived. Connections on which an answer did not come in time are given up: when
/// the machine of a collector is gone, or an address translation on the way has forgotten the connection, a new one may work, and TCP
/// gives the old one up after a quarter of an hour only. (Pings would find that out as well, but collectors turn away who pings often.)
/// </summary>
/// <param name="connect">Makes what connects to the collector.</param>
/// <param name="report">Whom to tell.</param>
internal sealed class OtlpChannel(Func<HttpMessageHandler> connect, ExportReport report) : HttpMessageHandler
{
    /// <summary>The most of an answer that is read, 4 MiB, as the standard recommends.</summary>
    public const int LargestAnswer = 4 * 1024 * 1024;

    private const string GrpcStatus = "grpc-status";
    private const string GrpcMessage = "grpc-message";

    private HttpMessageInvoker _connections = new(connect());

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var connections = _connections;
        try
        {
            var response = connections.Send(request, cancellationToken);
            Tell(response);
            return response;
        }
        catch (Exception exception)
        {
            Fail(exception, connections);
            throw;
        }
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var connections = _connections;
        try
        {
            var response = await connections.SendAsync(request, cancellationToken);
            // What gRPC says of the outcome stands behind the body.
            await response.Content.LoadIntoBufferAsync(LargestAnswer, cancellationToken);
            Tell(response);
            return response;
        }
        catch (Exception exception)
        {
            Fail(exception, connections);
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

    private void Tell(HttpResponseMessage response)
    {
        if (!response.IsSuccessStatusCode)
        {
            report.Fail(string.Create(CultureInfo.InvariantCulture, $"the collector answered with status {(int)response.StatusCode}"));
        }
        else if ((Header(response, GrpcStatus) ?? "0") is not "0" and var status)
        {
            report.Fail($"the collector answered with gRPC status {status}: {Uri.UnescapeDataString(Header(response, GrpcMessage) ?? "")}");
        }
        else
        {
            report.Succeed();
        }
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out var values) || response.Headers.TryGetValues(name, out values)
            ? string.Join(',', values)
            : null;

    private void Fail(Exception exception, HttpMessageInvoker used)
    {
        if (exception is not OperationCanceledException)
        {
            report.Fail(exception.GetBaseException().Message);
            return;
        }

        report.Fail("no answer came in time");
        var others = new HttpMessageInvoker(connect());
        (Interlocked.CompareExchange(ref _connections, others, used) == used ? used : others).Dispose();
    }
}
