using System.Net;
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

    private static readonly UriCreationOptions PathIsEscaped = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly HttpClient _http;
    private readonly ResiliencePipeline<BackendAnswer> _pipeline;
    private readonly string _peer;
    private readonly string _template;
    private readonly TimeProvider _time;
    private readonly HttpTelemetry _telemetry;
    private readonly ILogger<BackendClient> _logger;

    internal BackendClient(
        string peer, string template, HttpMessageHandler handler, CallPolicy policy, TimeProvider time, HttpTelemetry telemetry, ILogger<BackendClient> logger)
    {
        (_peer, _template, _time, _telemetry, _logger) = (peer, template, time, telemetry, logger);
        _http = new HttpClient(handler) { DefaultRequestVersion = HttpVersion.Version11, Timeout = Timeout.InfiniteTimeSpan };
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
    /// <param name="endpoint">Gives the base address for each try.</param>
    /// <param name="path">The path and query below it, beginning with a slash, escaped. It goes on the wire as it is.</param>
    /// <param name="addHeaders">Adds headers to the request of each try.</param>
    /// <returns>The answer of the last try.</returns>
    /// <exception cref="OperationCanceledException">The visitor has left.</exception>
    public async Task<BackendAnswer> GetAsync(HttpContext context, Func<Uri> endpoint, string path, Action<HttpRequestMessage> addHeaders)
    {
        var start = _time.GetTimestamp();
        var hop = RequestRecord.Of(context).Timing.Begin(_peer);
        var answer = await CallAsync(new Call(this, context, endpoint, path, addHeaders), context.RequestAborted);
        hop.End(_time.GetElapsedTime(start));
        ReportFurtherHops(hop, answer);
        return answer;
    }

    /// <inheritdoc cref="GetAsync"/>
    /// <summary>The same for a call that serves no answer, and so has no place in <c>Server-Timing</c>.</summary>
    public Task<BackendAnswer> GetAsideAsync(HttpContext context, Func<Uri> endpoint, string path, Action<HttpRequestMessage> addHeaders) =>
        CallAsync(new Call(this, context, endpoint, path, addHeaders), context.RequestAborted);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    internal static SocketsHttpHandler CreateHandler(bool useProxy) => new()
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

    private async Task<BackendAnswer> CallAsync(Call call, CancellationToken cancellationToken)
    {
        try
        {
            return await _pipeline.ExecuteAsync(static (call, token) => call.Client.TryOnceAsync(call, token), call, cancellationToken);
        }
        catch (TimeoutRejectedException)
        {
            return BackendAnswer.None;
        }
    }

    private async ValueTask<BackendAnswer> TryOnceAsync(Call call, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(call.Endpoint().AbsoluteUri.TrimEnd('/') + call.Path, PathIsEscaped));
        call.AddHeaders(request);
        var number = ++call.Tries;
        using var measurement = TryMeasurement.Start(_telemetry, _time, _peer, _template, request, number);
        if (_telemetry.Traces && measurement.Position is { } position)
        {
            TraceHeaders.Inject(position, request, TraceFormats.Of(call.Context.Request.Headers));
        }

        int? status = null;
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            measurement.Answered(response);
            status = (int)response.StatusCode;
            await response.Content.LoadIntoBufferAsync(LargestAnswer, cancellationToken);
            var timing = response.Headers.NonValidated.TryGetValues(ServerTiming.Header, out var values) ? values.ToString() : null;
            return new BackendAnswer(status, await response.Content.ReadAsByteArrayAsync(cancellationToken)) { ServerTiming = timing };
        }
        catch (Exception exception) when (exception is HttpRequestException or HungUpException)
        {
            measurement.Failed(ErrorTypes.Of(exception));
            return BackendAnswer.None;
        }
        catch (OperationCanceledException)
        {
            measurement.Failed(call.Context.RequestAborted.IsCancellationRequested ? ErrorTypes.Cancelled : ErrorTypes.Timeout);
            throw;
        }
        finally
        {
            // What the visitor did wrong, or that he left, is no failure of the backend.
            if (measurement.ErrorType is { } errorType and not ErrorTypes.Cancelled && status is not (>= 400 and < 500))
            {
                LogEvents.BackendCallFailed(_logger, _peer, PrintableText.Clean(call.Path, PrintableText.LongestPath), status, errorType, measurement.Elapsed.TotalMilliseconds, number);
            }
        }
    }

    /// <summary>Takes up what the backend said of the services that it called itself, by their names in the catalogue.</summary>
    private void ReportFurtherHops(ServerTiming.Hop hop, BackendAnswer answer)
    {
        if (answer.ServerTiming is not { } header)
        {
            return;
        }

        foreach (var service in ServiceCatalog.All.FirstOrDefault(service => service.Name == _peer)?.Calls ?? [])
        {
            if (ServerTiming.Read(header, service) is { } milliseconds)
            {
                hop.Report(service, milliseconds);
            }
        }
    }

    /// <summary>A call with all its tries.</summary>
    private sealed record Call(BackendClient Client, HttpContext Context, Func<Uri> Endpoint, string Path, Action<HttpRequestMessage> AddHeaders)
    {
        public int Tries { get; set; }
    }
}
