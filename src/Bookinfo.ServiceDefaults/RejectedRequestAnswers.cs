using System.Diagnostics;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Logging;
using Bookinfo.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bookinfo.ServiceDefaults;

/// <summary>
/// Gives a short JSON body to the requests that the server itself turns away because they are no HTTP or over its limits: a malformed
/// request line or header, too many of them, an unknown HTTP version. No middleware ever sees those, and the server answers them with an
/// empty body; to a client of the contract every error has one.
/// </summary>
/// <remarks>
/// Kestrel announces such a request on a diagnostic listener before it answers it (<see cref="IBadRequestExceptionFeature"/>). There the
/// head of our answer is started, which keeps Kestrel from sending its own; there is no way to write a body at that point, because the
/// request has none of its streams yet. So <see cref="AppendBody"/> sends it when Kestrel is done with the connection.
/// </remarks>
/// <param name="listener">The listener that Kestrel announces on.</param>
/// <param name="telemetry">Where they are counted: no other instrument sees them.</param>
/// <param name="options">Whether they are logged.</param>
/// <param name="logger">The log.</param>
internal sealed class RejectedRequestAnswers(
    DiagnosticListener listener, HttpTelemetry telemetry, TelemetryOptions options, ILogger<RejectedRequestAnswers> logger)
    : IHostedService, IObserver<KeyValuePair<string, object?>>
{
    private const string BadRequest = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    private IDisposable? _subscription;

    /// <summary>Connection middleware that sends the body when the server has rejected a request and is done with the connection.</summary>
    /// <param name="next">The server's handling of the connection.</param>
    /// <returns>The wrapped delegate.</returns>
    public static ConnectionDelegate AppendBody(ConnectionDelegate next) => async connection =>
    {
        var rejection = new Rejection();
        connection.Features.Set(rejection);
        await next(connection);
        if (rejection.Body is { } body)
        {
            // Also when the client has closed its side: it may still be reading.
            await connection.Transport.Output.WriteAsync(body);
        }
    };

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
            && features.Get<Rejection>() is { } rejection)
        {
            var error = features.Get<IBadRequestExceptionFeature>()?.Error as BadHttpRequestException;
            if (error?.Message.Contains("HTTP/2.0", StringComparison.Ordinal) == true)
            {
                // To the preface of HTTP/2 Kestrel answers with the frame by which that protocol says 'use HTTP/1.1'. (That the message names
                // the version is RejectionDetail's doing.)
                return;
            }

            // An HTTP version that we do not speak would be a 505; but no visitor can make a service of ours answer 5xx.
            var status = error is { StatusCode: < 500 and var given } ? given : StatusCodes.Status400BadRequest;
            response.StatusCode = status;
            var body = WireJson.ToBytes(new ErrorMessage(ErrorAnswers.MessageFor(status)), WireJson.Default.ErrorMessage);
            Tell(features, status);
            response.Headers.ContentType = JsonAnswer.ContentType;
            response.Headers.ContentLength = body.Length;
            response.Headers.Connection = "close";
            // Completes at once: nothing is sent before the connection is flushed, and nobody has registered to be asked first.
            if (output.StartAsync().IsCompletedSuccessfully)
            {
                rejection.Body = body;
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
        if (options.AccessLog)
        {
            // Nothing of what was sent: a header that cannot be read may still hold a secret.
            var address = features.Get<IHttpConnectionFeature>()?.RemoteIpAddress;
            LogEvents.RequestRejected(logger, status, address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4().ToString() : address?.ToString());
        }
    }

    /// <summary>On each connection: what is still to be sent when the server is done with it.</summary>
    private sealed class Rejection
    {
        public byte[]? Body { get; set; }
    }
}
