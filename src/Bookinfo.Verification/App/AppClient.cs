using System.Globalization;
using System.Net.Security;
using System.Text;
using Bookinfo.Foundation;
using Bookinfo.Load;

namespace Bookinfo.Verification;

/// <summary>Sends the requests of checks, and counts them. It follows no redirect and keeps no cookie.</summary>
/// <param name="patience">How long an answer may take.</param>
/// <param name="insecure">Whether any certificate will do.</param>
/// <param name="time">Tells the time.</param>
public sealed class AppClient(TimeSpan patience, bool insecure, TimeProvider time) : IDisposable
{
    /// <summary>Far more than the longest page has.</summary>
    private const int LongestAnswer = 64 * 1024 * 1024;

    private readonly HttpClient _client = Connect(insecure);
    private long _requests;

    /// <summary>How many requests have been sent.</summary>
    public long Requests => _requests;

    /// <summary>Sends a request.</summary>
    /// <param name="name">What it is called in sentences.</param>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The answer, whatever it is.</returns>
    /// <exception cref="ContractBrokenException">There is none.</exception>
    public async Task<AppAnswer> SendAsync(string name, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(patience, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        _requests++;
        try
        {
            using var response = await _client.SendAsync(request, ending.Token);
            return new AppAnswer(
                name,
                response.StatusCode,
                [
                    .. response.Headers.Concat(response.Content.Headers)
                        .SelectMany(header => header.Value.Select(value => (Name: header.Key, Value: value))),
                ],
                Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(ending.Token)));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unanswered(string.Create(
                CultureInfo.InvariantCulture, $"{name} is not answered within {patience.TotalSeconds:0.#} s."));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            var why = exception is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }
                ? HttpFailure.Describe(exception, "accept any certificate with --insecure, or make this machine trust it")
                : (exception.InnerException ?? exception).Message.TrimEnd('.');
            throw Unanswered($"{name} is not answered: {why}.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static ContractBrokenException Unanswered(string message) => new(message) { IsUnanswered = true };

    private static HttpClient Connect(bool insecure)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            // Trace headers are those of the checks.
            ActivityHeadersPropagator = null,
            ConnectCallback = HostAddresses.ConnectAsync,
        };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, errors) => insecure || errors == SslPolicyErrors.None;
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = LongestAnswer };
    }
}
