using System.Net;
using System.Text;
using Bookinfo.Contracts;
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

    private BackendClient(HttpMessageHandler handler, CallPolicy policy, TimeProvider time)
    {
        _http = new HttpClient(handler)
        {
            DefaultRequestVersion = HttpVersion.Version11,
            MaxResponseContentBufferSize = LargestAnswer,
            Timeout = Timeout.InfiniteTimeSpan,
        };
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

    /// <summary>A client for a service of ours: connections are spread over the replicas, and no proxy is asked.</summary>
    /// <param name="policy">Timeout and tries.</param>
    /// <param name="time">The clock.</param>
    /// <param name="headers">How trace headers are written.</param>
    /// <returns>The client.</returns>
    public static BackendClient ForService(CallPolicy policy, TimeProvider time, HeaderForwarding headers) =>
        new(new ConnectionSpreader(time, CreateHandler(headers, useProxy: false)), policy, time);

    /// <summary>A client for a service of somebody else, through the proxy that the environment names, if any.</summary>
    /// <param name="policy">Timeout and tries.</param>
    /// <param name="time">The clock.</param>
    /// <param name="headers">How trace headers are written.</param>
    /// <returns>The client.</returns>
    public static BackendClient ForExternalService(CallPolicy policy, TimeProvider time, HeaderForwarding headers) =>
        new(CreateHandler(headers, useProxy: true), policy, time);

    /// <summary>Gets a resource, once or as often as the policy says.</summary>
    /// <param name="endpoint">Gives the base address for each try.</param>
    /// <param name="path">The path and query below it, beginning with a slash, escaped. It goes on the wire as it is.</param>
    /// <param name="addHeaders">Adds headers to the request of each try.</param>
    /// <param name="cancellationToken">Ends the call when nobody waits for its answer any more.</param>
    /// <returns>The answer of the last try.</returns>
    /// <exception cref="OperationCanceledException">The call was ended by <paramref name="cancellationToken"/>.</exception>
    public async Task<BackendAnswer> GetAsync(
        Func<Uri> endpoint, string path, Action<HttpRequestMessage> addHeaders, CancellationToken cancellationToken)
    {
        try
        {
            return await _pipeline.ExecuteAsync(
                static (call, token) => call.Client.TryOnceAsync(call.endpoint(), call.path, call.addHeaders, token),
                (Client: this, endpoint, path, addHeaders),
                cancellationToken);
        }
        catch (TimeoutRejectedException)
        {
            return BackendAnswer.None;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler CreateHandler(HeaderForwarding headers, bool useProxy) => new()
    {
        // Cookies and redirects are the visitor's affair: what comes in goes on, what comes back goes back.
        UseCookies = false,
        AllowAutoRedirect = false,
        UseProxy = useProxy,
        // Without tracing there is none, and the handler leaves the trace headers as they came.
        ActivityHeadersPropagator = headers.Propagator,
        // Tries are the policy's affair.
        PlaintextStreamFilter = static (connection, _) => ValueTask.FromResult<Stream>(new FreshConnection(connection.PlaintextStream)),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        // The counterpart of the server's setting: one character, one byte.
        RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
    };

    private async ValueTask<BackendAnswer> TryOnceAsync(
        Uri endpoint, string path, Action<HttpRequestMessage> addHeaders, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(endpoint.AbsoluteUri.TrimEnd('/') + path, PathIsEscaped));
        addHeaders(request);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
            return new BackendAnswer((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken));
        }
        catch (Exception exception) when (exception is HttpRequestException or HungUpException)
        {
            return BackendAnswer.None;
        }
    }
}
