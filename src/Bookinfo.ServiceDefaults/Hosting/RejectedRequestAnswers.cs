using System.Diagnostics;
using Bookinfo.ServiceDefaults.Answers;
using Bookinfo.ServiceDefaults.Logging;
using Bookinfo.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary>
/// Gives a short JSON body to the requests that the server itself turns away because they are not HTTP or are over its limits: a malformed
/// request line or header, too many headers, an unknown HTTP version. No middleware ever sees those, and the server answers them with an
/// empty body, although the contract gives every error a body.
/// </summary>
/// <remarks>
/// Kestrel announces such a request on a diagnostic listener before it answers it (<see cref="IBadRequestExceptionFeature"/>). Our answer
/// is started there, which keeps Kestrel from sending its own; a body cannot be written at that point, because the request has none of its
/// streams yet. So <see cref="LingeringClose"/> sends it when Kestrel is done with the connection.
/// </remarks>
/// <param name="listener">The listener that Kestrel announces on.</param>
/// <param name="telemetry">Where they are counted: no other instrument sees them.</param>
/// <param name="options">Whether they are logged.</param>
/// <param name="server">What Kestrel says while it rejects one.</param>
/// <param name="logger">The log.</param>
internal sealed class RejectedRequestAnswers(
    DiagnosticListener listener, HttpTelemetry telemetry, LogOptions options, ServerLog server, ILogger<RejectedRequestAnswers> logger)
    : IHostedService, IObserver<KeyValuePair<string, object?>>
{
    private const string BadRequest = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    private IDisposable? _subscription;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _subscription = listener.Subscribe(this, static name => name == BadRequest);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _subscription?.Dispose();
        return Task.CompletedTask;
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Value is IFeatureCollection features
            && features.Get<IHttpResponseFeature>() is { HasStarted: false } response
            && features.Get<IHttpResponseBodyFeature>() is { } output
            && features.Get<ConnectionEnd>() is { } end)
        {
            // An HTTP version that we do not speak would be a 505, but no visitor may make our services answer 5xx.
            var error = features.Get<IBadRequestExceptionFeature>()?.Error as BadHttpRequestException;
            var status = error is { StatusCode: < 500 and var given } ? given : StatusCodes.Status400BadRequest;
            Tell(features, status);
            if (server.IsAnsweredInHttp2(end.ConnectionId))
            {
                // Kestrel answers with the frame by which HTTP/2 says 'use HTTP/1.1'.
                return;
            }

            response.StatusCode = status;
            var body = JsonAnswer.ErrorBody(ErrorText.Of(status));
            response.Headers.ContentType = JsonAnswer.ContentType;
            response.Headers.ContentLength = body.Length;
            response.Headers.Connection = "close";
            // Completes at once: nothing is sent before the connection is flushed, and no OnStarting callback is registered.
            if (output.StartAsync().IsCompletedSuccessfully)
            {
                end.RejectionBody = body;
            }
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    private void Tell(IFeatureCollection features, int status)
    {
        telemetry.Rejected.Add(1, new KeyValuePair<string, object?>("http.response.status_code", HttpNames.StatusValue(status)));
        if (options.Access)
        {
            // Nothing of what was sent is logged: a header that cannot be read may still hold a secret.
            var address = features.Get<IHttpConnectionFeature>()?.RemoteIpAddress;
            LogEvents.RequestRejected(
                logger, status, address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4().ToString() : address?.ToString());
        }
    }
}
