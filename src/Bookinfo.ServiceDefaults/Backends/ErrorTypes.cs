using System.Net.Sockets;

namespace Bookinfo.ServiceDefaults.Backends;

/// <summary>
/// Values of <c>error.type</c> for tries that got no answer, or not all of one. There are few, so that they can be labels.
/// </summary>
internal static class ErrorTypes
{
    /// <summary>The backend took longer than the policy allows.</summary>
    public const string Timeout = "timeout";

    /// <summary>Whoever was to get the answer has left.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>The backend hung up.</summary>
    public const string ResponseEnded = "response_ended";

    /// <summary>The backend's name could not be looked up.</summary>
    private const string NameResolution = "name_resolution_error";

    /// <summary>Any other reason.</summary>
    public const string Other = "_OTHER";

    /// <summary>Finds the reason for which the HTTP client gave up.</summary>
    /// <param name="exception">What it threw.</param>
    public static string Of(Exception exception) => exception is HungUpException
        ? ResponseEnded
        : (exception as HttpRequestException)?.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => NameResolution,
            // A DNS server that cannot tell for now.
            HttpRequestError.ConnectionError when exception.InnerException is SocketException { SocketErrorCode: SocketError.TryAgain } =>
                NameResolution,
            HttpRequestError.ConnectionError => "connection_error",
            HttpRequestError.SecureConnectionError => "secure_connection_error",
            HttpRequestError.ProxyTunnelError => "proxy_tunnel_error",
            HttpRequestError.InvalidResponse => "invalid_response",
            HttpRequestError.ResponseEnded => ResponseEnded,
            HttpRequestError.ConfigurationLimitExceeded => "configuration_limit_exceeded",
            _ => exception.InnerException is { } inner and not IOException ? Of(inner)
                : exception.InnerException is IOException ? ResponseEnded : Other,
        };
}
