using System.Text;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Logging;
using Bookinfo.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Bookinfo.ServiceDefaults;

/// <summary>
/// Calls one backend under its <see cref="CallPolicy"/>. A call never throws for what the backend does: whatever it does, there is a
/// <see cref="BackendAnswer"/>. The timeout covers the whole answer, not only its head, which is why the policy stands around the call and
/// not in the chain of message handlers.
/// </summary>
/// <remarks>Safe for use by any number of requests at once.</remarks>
public sealed class BackendClient : IDisposable
{
    /// <summary>The most bytes of an answer that are read: 1 MiB. A longer answer counts as none.</summary>
    public const int LargestAnswer = 1024 * 1024;

    private readonly HttpMessageInvoker _http;
    private readonly ResiliencePipeline<BackendAnswer> _pipeline;
    private readonly string _peer;
    private readonly string _template;
    private readonly string[] _further;
    private readonly EndpointRotation _endpoints;
    private readonly Action<HttpRequestMessage, HttpRequest> _addHeaders;
    private readonly Action<BackendAnswer>? _finished;
    private readonly ConnectionSpreader? _spreader;
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
        bool useProxy,
        TimeProvider time,
        HttpTelemetry telemetry,
        ILogger<BackendClient> logger)
    {
        (_peer, _template, _endpoints, _addHeaders, _finished, _spreader) = (peer, template, endpoints, addHeaders, finished, spreader);
        (_time, _telemetry, _logger) = (time, telemetry, logger);
        _further = [.. ServiceCatalog.All.FirstOrDefault(service => service.Name == peer)?.Calls ?? []];
        // Not HttpClient, which would only add a timeout of its own to this.
        _http = new HttpMessageInvoker(CreateHandler(useProxy));
        var pipeline = new ResiliencePipelineBuilder<BackendAnswer> { TimeProvider = time };
        if (policy.Tries > 1)
        {
            pipeline.AddRetry(new RetryStrategyOptions<BackendAnswer>
            {
                MaxRetryAttempts = policy.Tries - 1,
                Delay = TimeSpan.Zero,
                ShouldHandle = static outcome =>
                    ValueTask.FromResult(outcome.Outcome is { Exception: TimeoutRejectedException } or { Result.IsOk: false }),
            });
        }

        _pipeline = pipeline.AddTimeout(policy.Timeout).Build();
    }

    /// <summary>Gets a resource, once or as often as the policy says.</summary>
    /// <param name="context">The request that is being answered: when its visitor has left, the call ends.</param>
    /// <param name="path">The path and query below the base address, beginning with a slash, escaped. It goes on the wire as it is.</param>
    /// <param name="aside">Whether the call serves no answer, and so has no place in <c>Server-Timing</c>.</param>
    /// <returns>The answer of the last try.</returns>
    /// <exception cref="OperationCanceledException">The visitor has left.</exception>
    public async Task<BackendAnswer> GetAsync(HttpContext context, string path, bool aside = false)
    {
        var start = _time.GetTimestamp();
        var hop = aside ? null : RequestRecord.Of(context).Timing.Begin(_peer);
        var resilience = ResilienceContextPool.Shared.Get(context.RequestAborted);
        try
        {
            var outcome = await _pipeline.ExecuteOutcomeAsync(static (resilience, call) => call.Client.TryOnceAsync(call, resilience.CancellationToken), resilience, new Call(this, context, path));
            if (outcome.Exception is not TimeoutRejectedException)
            {
                outcome.ThrowIfException();
            }

            var answer = outcome.Result ?? BackendAnswer.None;
            hop?.End(_time.GetElapsedTime(start));
            ReportFurtherHops(hop, answer);
            _finished?.Invoke(answer);
            return answer;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(resilience);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler CreateHandler(bool useProxy) => new()
    {
        // Cookies and redirects are the visitor's affair: what comes in goes on, what comes back goes back.
        UseCookies = false,
        AllowAutoRedirect = false,
        UseProxy = useProxy,
        // Trace headers are written here, or go on as they came.
        ActivityHeadersPropagator = null,
        // Tries are the policy's affair.
        PlaintextStreamFilter = static (connection, _) => ValueTask.FromResult<Stream>(new FreshConnection(connection.PlaintextStream)),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        // The counterpart of the server's setting: one character, one byte.
        RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
    };

    private async ValueTask<Outcome<BackendAnswer>> TryOnceAsync(Call call, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _endpoints.Next(call.Path));
        _addHeaders(request, call.Context.Request);
        var number = ++call.Tries;
        using var measurement = TryMeasurement.Start(_telemetry, _time, _peer, _template, request.RequestUri!, number);
        if (_telemetry.Traces && measurement.Position is { } position)
        {
            TraceHeaders.Inject(position, request, TraceFormats.Of(call.Context.Request.Headers));
        }

        _spreader?.Begin(request);
        int? status = null;
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            measurement.Answered(response);
            status = (int)response.StatusCode;
            var body = await ReadBodyAsync(response.Content, cancellationToken);
            var timing = response.Headers.NonValidated.TryGetValues(ServerTiming.Header, out var values) ? values.ToString() : null;
            return Outcome.FromResult(new BackendAnswer(status, body) { ServerTiming = timing });
        }
        catch (Exception exception) when (exception is HttpRequestException or HungUpException)
        {
            measurement.Failed(ErrorTypes.Of(exception));
            return Outcome.FromResult(BackendAnswer.None);
        }
        catch (OperationCanceledException exception)
        {
            measurement.Failed(call.Context.RequestAborted.IsCancellationRequested ? ErrorTypes.Cancelled : ErrorTypes.Timeout);
            return Outcome.FromException<BackendAnswer>(exception);
        }
        finally
        {
            _spreader?.End();
            // What the visitor did wrong, or that he left, is no failure of the backend.
            if (measurement.ErrorType is { } errorType and not ErrorTypes.Cancelled && status is not (>= 400 and < 500))
            {
                LogEvents.BackendCallFailed(_logger, _peer, PrintableText.Clean(call.Path, PrintableText.LongestPath), status, errorType, measurement.Elapsed.TotalMilliseconds, number);
            }
        }
    }

    /// <summary>Reads all of a body, of a length that is told into memory of that length.</summary>
    /// <exception cref="HttpRequestException">It is too long, or breaks off.</exception>
    private static async ValueTask<byte[]> ReadBodyAsync(HttpContent content, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength is not { } length || length > LargestAnswer)
        {
            await content.LoadIntoBufferAsync(LargestAnswer, cancellationToken);
            return await content.ReadAsByteArrayAsync(cancellationToken);
        }

        var body = new byte[length];
        try
        {
            await (await content.ReadAsStreamAsync(cancellationToken)).ReadExactlyAsync(body, cancellationToken);
        }
        catch (IOException exception)
        {
            throw new HttpRequestException((exception as HttpIOException)?.HttpRequestError ?? HttpRequestError.ResponseEnded, exception.Message, exception);
        }

        return body;
    }

    /// <summary>Takes up what the backend said of the services that it called itself, by their names in the catalogue.</summary>
    private void ReportFurtherHops(ServerTiming.Hop? hop, BackendAnswer answer)
    {
        if (hop is null || answer.ServerTiming is not { } header)
        {
            return;
        }

        foreach (var service in _further)
        {
            if (ServerTiming.Read(header, service) is { } milliseconds)
            {
                hop.Report(service, milliseconds);
            }
        }
    }

    /// <summary>A call with all its tries.</summary>
    private sealed record Call(BackendClient Client, HttpContext Context, string Path)
    {
        public int Tries { get; set; }
    }
}
