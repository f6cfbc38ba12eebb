using System.Buffers;
using System.Text;
using Bookinfo.Common;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Connections;
using Bookinfo.ServiceDefaults.Logging;
using Bookinfo.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Bookinfo.ServiceDefaults.Backends;

/// <summary>
/// Calls one backend under its <see cref="CallPolicy"/>. A call never throws for what the backend does: whatever it does, there is a
/// <see cref="BackendAnswer"/>. The timeout covers the whole answer, not only its head, which is why the policy is applied around the
/// call and not in the chain of message handlers.
/// </summary>
/// <remarks>
/// Safe for use by any number of requests at once. A timeout and a second try are all that the contract knows, so there is no resilience
/// pipeline around the calls: one accounted for a sixth of the memory that a page view allocates.
/// </remarks>
public sealed class BackendClient : IDisposable
{
    /// <summary>The most bytes of an answer that are read: 1 MiB. A longer answer counts as no answer.</summary>
    public const int LargestAnswer = 1024 * 1024;

    private readonly HttpMessageInvoker _http;
    private readonly CallTimeouts _timeouts;
    private readonly int _tries;
    private readonly string _peer;
    private readonly string _template;
    private readonly string[] _further;
    private readonly byte[][] _furtherNames;
    private readonly EndpointRotation _endpoints;
    private readonly Action<HttpRequestMessage, HttpRequest> _addHeaders;
    private readonly Action<BackendAnswer>? _finished;
    private readonly ConnectionSpreader? _spreader;
    private readonly string? _caller;
    private readonly TimeProvider _time;
    private readonly HttpTelemetry _telemetry;
    private readonly ILogger<BackendClient> _logger;

    internal BackendClient(
        string peer,
        string template,
        CallPolicy policy,
        EndpointRotation endpoints,
        Action<HttpRequestMessage, HttpRequest> addHeaders,
        Action<BackendAnswer>? finished,
        ConnectionSpreader? spreader,
        string? caller,
        bool useProxy,
        int connections,
        HostConnections hosts,
        TimeProvider time,
        HttpTelemetry telemetry,
        ILogger<BackendClient> logger)
    {
        (_peer, _template, _endpoints, _addHeaders, _finished, _spreader) = (peer, template, endpoints, addHeaders, finished, spreader);
        (_caller, _time, _telemetry, _logger) = (caller, time, telemetry, logger);
        _further = [.. ServiceCatalog.All.FirstOrDefault(service => service.Name == peer)?.Calls.Select(call => call.Service) ?? []];
        _furtherNames = [.. _further.Select(Encoding.Latin1.GetBytes)];
        // Not HttpClient, which would only add a timeout of its own to this.
        _http = new HttpMessageInvoker(CreateHandler(useProxy, Math.Max(1, connections / endpoints.Count), hosts));
        (_timeouts, _tries) = (new CallTimeouts(policy.Timeout, time), policy.Tries);
    }

    /// <summary>Gets a resource, once or as often as the policy says.</summary>
    /// <param name="context">The request that is being answered: when its visitor has left, the call ends.</param>
    /// <param name="path">The path and query below the base address, beginning with a slash, escaped. It goes on the wire as it is.</param>
    /// <param name="aside">Whether the call does not contribute to the answer, and so is left out of <c>Server-Timing</c>.</param>
    /// <param name="idOfVisitor">
    /// Whether the path contains a product id from the visitor. Then 400, 404 and 414 are answers to the visitor; otherwise they mean that
    /// the backend refuses a request of ours, which is logged as a failure.
    /// </param>
    /// <returns>The answer of the last try, to be disposed.</returns>
    /// <exception cref="OperationCanceledException">The visitor has left.</exception>
    public async Task<BackendAnswer> GetAsync(HttpContext context, string path, bool aside = false, bool idOfVisitor = false)
    {
        var start = _time.GetTimestamp();
        var hop = aside ? null : ServerTiming.Of(context).Begin(_peer, start);
        var turn = _endpoints.Begin();
        var answer = await TryOnceAsync(context, path, turn, number: 1, idOfVisitor);
        for (var number = 2; !answer.IsOk && number <= _tries; number++)
        {
            answer.Dispose();
            answer = await TryOnceAsync(context, path, ++turn, number, idOfVisitor);
        }

        hop?.End(_time.GetElapsedTime(start));
        ReportFurtherHops(hop, answer);
        _finished?.Invoke(answer);
        if (answer.IsOk)
        {
            answer.Call = (this, context, path);
        }

        return answer;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>Logs that an answer has status 200, but a body that cannot be used.</summary>
    /// <param name="context">The request that is being answered.</param>
    /// <param name="path">The path that was called.</param>
    internal void TellUnusable(HttpContext context, string path)
    {
        using var scope = _logger.BeginScope(RequestRecord.Of(context));
        LogEvents.BackendAnswerUnusable(_logger, _peer, PrintableText.Clean(path, PrintableText.LongestPath));
    }

    private static SocketsHttpHandler CreateHandler(bool useProxy, int connections, HostConnections hosts) => new()
    {
        ConnectCallback = hosts.ConnectAsync,
        // Further calls wait for a connection, within their timeout. Without the limit a flood of calls could use up all file descriptors.
        MaxConnectionsPerServer = connections,
        // Cookies and redirects are not handled here: cookies are passed on as they came, and a redirect is an answer like any other.
        UseCookies = false,
        AllowAutoRedirect = false,
        UseProxy = useProxy,
        // Trace headers are written by this class, or passed on as they came.
        ActivityHeadersPropagator = null,
        // Retries are up to the policy; on a fresh connection the handler does not retry by itself.
        PlaintextStreamFilter = static (connection, _) => ValueTask.FromResult<Stream>(new FreshConnection(connection.PlaintextStream)),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        // The counterpart of the server's setting: one character, one byte.
        RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
    };

    /// <exception cref="OperationCanceledException">The visitor has left.</exception>
    private async Task<BackendAnswer> TryOnceAsync(HttpContext context, string path, uint turn, int number, bool idOfVisitor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _endpoints.At(turn, path));
        _addHeaders(request, context.Request);
        if (_caller is not null)
        {
            request.Headers.TryAddWithoutValidation(CallerHeader.Name, _caller);
        }

        using var measurement = TryMeasurement.Start(_telemetry, _time, _peer, _template, request.RequestUri!, number);
        if (_telemetry.Traces && measurement.Position is { } position)
        {
            TraceHeaders.Inject(position, request, TraceFormats.Of(context.Request.Headers));
        }

        _spreader?.Begin(request);
        using var timeout = _timeouts.Begin(context.RequestAborted);
        int? status = null;
        try
        {
            using var response = await _http.SendAsync(request, timeout.Token);
            measurement.Answered(response);
            status = (int)response.StatusCode;
            var answer = await ReadAsync(response, timeout.Token);
            measurement.Completed(answer.ServerTiming);
            return answer;
        }
        catch (Exception exception) when (exception is HttpRequestException or HungUpException)
        {
            measurement.Failed(ErrorTypes.Of(exception));
            return BackendAnswer.None;
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            measurement.Failed(ErrorTypes.Timeout);
            return BackendAnswer.None;
        }
        catch (OperationCanceledException)
        {
            measurement.Failed(ErrorTypes.Cancelled);
            throw;
        }
        finally
        {
            _spreader?.End();
            // Whatever is not a 200 cannot be used here, a redirect as well. It is not a failure of the backend when the visitor has left,
            // or asks for a product that does not exist.
            var failed = measurement.ErrorType ?? (status is StatusCodes.Status200OK or null ? null : HttpNames.StatusText(status.Value));
            if (failed is { } errorType and not ErrorTypes.Cancelled && !(idOfVisitor && IsAnswerToId(status)))
            {
                using var scope = _logger.BeginScope(RequestRecord.Of(context));
                LogEvents.BackendCallFailed(
                    _logger,
                    _peer,
                    PrintableText.Clean(path, PrintableText.LongestPath),
                    status,
                    errorType,
                    Math.Round(measurement.Elapsed.TotalMilliseconds, 3),
                    number);
            }
        }
    }

    /// <summary>
    /// Whether a status says that there is no such product, or that its id is not valid: 414 as well, because escaping makes an id longer.
    /// </summary>
    private static bool IsAnswerToId(int? status) =>
        status is StatusCodes.Status400BadRequest or StatusCodes.Status404NotFound or StatusCodes.Status414UriTooLong;

    /// <summary>Reads an answer to its end: into pooled memory if its length is known.</summary>
    /// <exception cref="HttpRequestException">The answer is too long, or breaks off.</exception>
    private static async ValueTask<BackendAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var content = response.Content;
        var timing = response.Headers.NonValidated.TryGetValues(ServerTiming.Header, out var values) ? values.ToString() : null;
        if (content.Headers.ContentLength is not { } length || length > LargestAnswer)
        {
            await content.LoadIntoBufferAsync(LargestAnswer, cancellationToken);
            return new BackendAnswer(status, await content.ReadAsByteArrayAsync(cancellationToken)) { ServerTiming = timing };
        }

        var body = ArrayPool<byte>.Shared.Rent((int)length);
        try
        {
            // ReadAsStream does not block: the body is still to come, and only reading from its stream waits for it.
            await content.ReadAsStream(cancellationToken).ReadExactlyAsync(body.AsMemory(0, (int)length), cancellationToken);
            return BackendAnswer.Borrowing(status, body, (int)length, timing);
        }
        catch (IOException exception)
        {
            // The rented memory of an answer that broke off is left to the garbage collector.
            throw new HttpRequestException(
                (exception as HttpIOException)?.HttpRequestError ?? HttpRequestError.ResponseEnded, exception.Message, exception);
        }
    }

    /// <summary>Reports the times that the backend gives for the services that it called itself, by their names in the catalog.</summary>
    private void ReportFurtherHops(TimedCall? hop, BackendAnswer answer)
    {
        if (hop is null || answer.ServerTiming is not { } header)
        {
            return;
        }

        Span<uint> microseconds = stackalloc uint[_further.Length];
        ServerTiming.Read(header, _furtherNames, microseconds);
        for (var index = 0; index < _further.Length; index++)
        {
            if (microseconds[index] != ServerTimingReader.Unknown)
            {
                hop.Report(_further[index], microseconds[index] / 1000.0);
            }
        }
    }
}
