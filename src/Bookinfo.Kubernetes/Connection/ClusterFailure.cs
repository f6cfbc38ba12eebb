using System.Globalization;
using System.Net;
using System.Security.Authentication;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bookinfo.Foundation;
using Bookinfo.Load;
using k8s.Autorest;
using k8s.Exceptions;

namespace Bookinfo.Kubernetes;

/// <summary>Says what a failed request to a cluster means, and what to do.</summary>
public static partial class ClusterFailure
{
    /// <summary>What an API server answers for a path that belongs to none of its APIs.</summary>
    private const string NoSuchPath = "404 page not found";

    /// <summary>
    /// Whether the API says that there is no such object. A misconfigured load balancer in front of it also answers 404, which proves
    /// nothing.
    /// </summary>
    /// <param name="exception">What a call of KubernetesClient threw.</param>
    public static bool IsNotFound(Exception exception) =>
        exception is HttpOperationException { Response: { StatusCode: HttpStatusCode.NotFound, Content: var content } }
            && (IsStatus(content) || content?.Trim() == NoSuchPath);

    /// <summary>Whether the API says that it is not allowed.</summary>
    /// <param name="exception">What a call of KubernetesClient threw.</param>
    public static bool IsForbidden(Exception exception) => StatusCode(exception) == HttpStatusCode.Forbidden;

    /// <summary>Whether the API says that the object already exists, or has changed meanwhile.</summary>
    /// <param name="exception">What a call of KubernetesClient threw.</param>
    public static bool IsConflict(Exception exception) => StatusCode(exception) == HttpStatusCode.Conflict;

    /// <summary>Whether the API server is up, but what should have answered behind it is down.</summary>
    /// <param name="exception">What a call of KubernetesClient threw.</param>
    public static bool IsUnavailable(Exception exception) => StatusCode(exception) == HttpStatusCode.ServiceUnavailable;

    /// <summary>
    /// Whether the same request may well succeed a moment later: the API server is overloaded, is restarting or has another leader, the
    /// connection broke, or the program that has signed the user in before did not do so again.
    /// </summary>
    /// <param name="exception">What a call of KubernetesClient threw.</param>
    /// <param name="cancellationToken">What the user cancels with; if it is canceled, this is not a failure.</param>
    public static bool IsPassing(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        HttpOperationException { Response: { } response } =>
            response.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError,
        HttpRequestException { InnerException: AuthenticationException } => false,
        HttpRequestException or IOException or SignInException => true,
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        _ => false,
    };

    /// <summary>Whether the same run of kubectl may well succeed a moment later, for the same reasons.</summary>
    /// <param name="result">What kubectl printed.</param>
    public static bool IsPassing(ToolResult result) =>
        Shorten(result) is var message && (NoConnection().IsMatch(message) || Passing().IsMatch(message));

    /// <summary>
    /// Whether there is no usable answer, whatever the reason: the request failed, took too long, or got something that the API would not
    /// say.
    /// </summary>
    /// <param name="exception">What a call, or reading its answer, threw.</param>
    /// <param name="cancellationToken">What the user cancels with; if it is canceled, this is not a failure.</param>
    public static bool IsNoAnswer(Exception exception, CancellationToken cancellationToken) =>
        exception is HttpOperationException or HttpRequestException or IOException or JsonException or FormatException
            or InvalidOperationException or KeyNotFoundException or ArgumentException
            or SignInException or KubernetesClientException or KubeConfigException
        || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    /// <summary>Whether a change may have been made although its call failed: only a 4xx answer proves that it was not.</summary>
    /// <param name="exception">What a call of KubernetesClient threw.</param>
    public static bool MayHaveDone(Exception exception) => StatusCode(exception) is not (>= (HttpStatusCode)400 and < (HttpStatusCode)500);

    /// <summary>Explains an exception.</summary>
    /// <param name="exception">What a call of KubernetesClient threw.</param>
    /// <param name="config">Which cluster was asked.</param>
    /// <param name="cancellationToken">What the user cancels with; if it is canceled, this is not a failure.</param>
    /// <returns>The exception to end the command with; <see langword="null"/> when the given one does not come from a cluster.</returns>
    public static OperationFailedException? Explain(
        Exception exception, Kubeconfig config, CancellationToken cancellationToken) => exception switch
        {
            HttpOperationException { Response: { } response } => ExplainAnswer(response.StatusCode, response.Content ?? "", config),
            HttpRequestException failed => Unreachable(config, DescribeConnection(failed, config)),
            IOException broken => Unreachable(config, broken.Message),
            UnreadableAnswerException { Path: var place } => Unreadable(
                config, place is null ? exception.Message : $"{exception.Message} at {place}"),
            JsonException => Unreachable(config, "what answers there is not a Kubernetes API server"),
            // How KubernetesClient says that a time or another value is not written as it should be.
            FormatException and not UriFormatException => Unreadable(config, exception.Message),
            SignInException failed => new OperationFailedException(FailureKind.ClusterUnreachable, failed.Message),
            // There are credentials that it gets only when they are needed.
            KubernetesClientException or KubeConfigException => Kubeconfig.Unusable(config.Context, exception),
            OperationCanceledException when !cancellationToken.IsCancellationRequested => Unreachable(config, "no answer in time"),
            _ => null,
        };

    /// <summary>Does something with a cluster; what goes wrong with that is explained.</summary>
    /// <param name="work">What is to be done.</param>
    /// <param name="config">Which cluster is asked.</param>
    /// <param name="cancellationToken">What the user cancels with.</param>
    /// <exception cref="OperationFailedException">The cluster does not do it.</exception>
    public static async Task<T> ExplainAsync<T>(Func<Task<T>> work, Kubeconfig config, CancellationToken cancellationToken)
    {
        try
        {
            return await work();
        }
        catch (Exception exception) when (Explain(exception, config, cancellationToken) is { } explained)
        {
            throw explained;
        }
    }

    /// <summary>Explains why kubectl failed.</summary>
    /// <param name="result">What kubectl printed.</param>
    /// <param name="config">Which cluster was asked.</param>
    public static OperationFailedException Explain(ToolResult result, Kubeconfig config)
    {
        var message = Shorten(result);
        return message switch
        {
            _ when Forbidden().IsMatch(message) => NotAllowed(message),
            _ when message.Contains("Unauthorized", StringComparison.Ordinal)
                || message.Contains("must be logged in", StringComparison.Ordinal) => Unauthorized(config),
            _ when NoConnection().IsMatch(message) => Unreachable(config, message),
            _ when message.Contains("port is already allocated", StringComparison.Ordinal) => new OperationFailedException(
                FailureKind.PortTaken, $"{message} Another Service of the cluster has that NodePort: 'kubectl get services "
                    + $"--all-namespaces' says which."),
            _ => new OperationFailedException(FailureKind.ObjectRefused, message),
        };
    }

    /// <summary>Why kubectl failed, in its own words as far as it has said any.</summary>
    /// <param name="result">What kubectl printed and how it ended.</param>
    public static string Shorten(ToolResult result) => Shorten(result.Messages) is { Length: > 0 } message ? message : result.HowItEnded;

    /// <summary>
    /// Reduces what kubectl printed to what a person needs: no prefixes, no timestamps, nothing twice, and not more than can be read.
    /// </summary>
    /// <param name="messages">What it wrote to stderr.</param>
    public static string Shorten(string messages)
    {
        var lines = messages.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line => !line.StartsWith("Warning:", StringComparison.Ordinal))
            .Select(line => Noise().Replace(line, ""))
            .Select(line => KlogCommandFailed().Match(line) is { Success: true } klog ? Unquote(klog.Groups["error"].Value) : line)
            .Where(line => !KlogLine().IsMatch(line))
            .Distinct();
        return ToolResult.Cut(string.Join("\n  ", lines));
    }

    private static string Unquote(string text)
    {
        try
        {
            return Regex.Unescape(text);
        }
        catch (ArgumentException)
        {
            // Go has escape sequences that .NET does not know.
            return text;
        }
    }

    private static HttpStatusCode? StatusCode(Exception exception) => (exception as HttpOperationException)?.Response?.StatusCode;

    private static OperationFailedException ExplainAnswer(HttpStatusCode status, string content, Kubeconfig config) => status switch
    {
        HttpStatusCode.Unauthorized => Unauthorized(config),
        HttpStatusCode.Forbidden => NotAllowed(Message(status, content)),
        HttpStatusCode.BadRequest when content.Contains("HTTP request to an HTTPS server", StringComparison.Ordinal) =>
            Unreachable(config, "it expects TLS, but the configuration says http:// instead of https://"),
        HttpStatusCode.BadRequest or HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity when IsStatus(content) =>
            new OperationFailedException(FailureKind.ObjectRefused, Message(status, content)),
        _ => new OperationFailedException(
            FailureKind.ClusterUnreachable, $"{Cluster(config)} answers {(int)status}: {Message(status, content)}"),
    };

    private static OperationFailedException Unauthorized(Kubeconfig config) => new(
        FailureKind.NotAllowed, $"{Cluster(config)} does not accept the credentials of context '{config.Context}': they may have expired; "
            + "sign in again, then try 'kubectl auth can-i --list'.");

    private static OperationFailedException NotAllowed(string message)
    {
        if (Forbidden().Match(message) is not { Success: true } match)
        {
            return new OperationFailedException(FailureKind.NotAllowed, $"not allowed: {message}");
        }

        var space = match.Groups["namespace"];
        var right = new Right(
            match.Groups["verb"].Value, match.Groups["resource"].Value, match.Groups["group"].Value, space.Success ? space.Value : null);
        return NotAllowed([right], match.Groups["user"].Value);
    }

    /// <summary>Says which rights are missing and how to check them.</summary>
    /// <param name="missing">The rights, one at least.</param>
    /// <param name="user">Who lacks them, by the cluster's name for the user; <see langword="null"/> when that is not known.</param>
    public static OperationFailedException NotAllowed(IReadOnlyList<Right> missing, string? user = null)
    {
        var who = user is null ? "you are" : $"user '{user}' is";
        return missing is [var right]
            ? new OperationFailedException(
                FailureKind.NotAllowed,
                $"{who} not allowed to {right}. Check with '{right.CanI}'; a cluster administrator can grant it.")
            : new OperationFailedException(
                FailureKind.NotAllowed,
                $"{who} not allowed to{string.Concat(Group(missing).Select(line => $"\n  {line}"))}\nCheck with '{missing[0].CanI}'; a "
                + "cluster administrator can grant it.");
    }

    /// <summary>One line for everything that is missing on a resource.</summary>
    private static IEnumerable<Right> Group(IEnumerable<Right> missing) =>
        missing.GroupBy(right => right with { Verb = "" }).Select(
            group => group.Key with { Verb = string.Join(", ", group.Select(right => right.Verb)) });

    private static OperationFailedException Unreachable(Kubeconfig config, string why) => new(
        FailureKind.ClusterUnreachable,
        $"{Cluster(config)} cannot be reached{Way(config)}: {why.TrimEnd('.')}. Is it running, and is context "
            + $"'{config.Context}' the right one? Try 'kubectl cluster-info'.");

    private static OperationFailedException Unreadable(Kubeconfig config, string what) => new(
        FailureKind.ClusterUnreachable, $"{Cluster(config)} gives an answer that cannot be read: {what}.");

    private static string Way(Kubeconfig config) =>
        config.Proxy?.Address is { } proxy ? $" through the proxy {proxy.GetLeftPart(UriPartial.Authority)}" : "";

    private static string Cluster(Kubeconfig config) => $"the cluster at {config.Client.Host}";

    private static string DescribeConnection(HttpRequestException exception, Kubeconfig config)
    {
        if (exception.InnerException is not AuthenticationException failure)
        {
            // Since TLS 1.3, the client finishes the handshake before the server has checked the client's certificate.
            return TlsProblem.Describe(exception) is { } alert ? $"TLS failed: {alert}"
                : exception.HttpRequestError is HttpRequestError.Unknown or HttpRequestError.ResponseEnded
                    && config.ClientCertificates is [{ NotAfter: var end }, ..] ? EndedAfterTls(end, exception)
                : exception.GetBaseException().Message;
        }

        return config.Certificate?.Problem is { } problem ? $"its certificate is not trusted: {problem}"
            : TlsProblem.Describe(failure) is { } said
                && !said.Contains("wrong version number", StringComparison.Ordinal) ? $"TLS failed: {said}"
            : "TLS failed, perhaps because the server speaks plain http: check whether the configuration should say http://";
    }

    private static string EndedAfterTls(DateTime end, Exception exception) => string.Create(
        CultureInfo.InvariantCulture,
        $"it closed the connection after the TLS handshake ({exception.GetBaseException().Message.TrimEnd('.')}): it may not accept the "
        + $"client certificate, which is valid until {end.ToUniversalTime():yyyy-MM-dd}");

    /// <summary>Whether a body is the API's own description of a failure.</summary>
    private static bool IsStatus(string? content)
    {
        try
        {
            using var json = JsonDocument.Parse(content ?? "");
            return json.RootElement.GetProperty("kind").GetString() == "Status";
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>
    /// The message of the API's answer, which is a Status object unless something in between has answered. If there is no message, the name
    /// of the HTTP status.
    /// </summary>
    private static string Message(HttpStatusCode status, string content)
    {
        string? message;
        try
        {
            using var json = JsonDocument.Parse(content);
            message = json.RootElement.GetProperty("message").GetString();
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // Probably an HTML page, whose first line of text says what it is about.
            message = Tag()
                .Replace(content, "\n")
                .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .FirstOrDefault();
        }

        using var standard = new HttpResponseMessage(status);
        return message is { Length: > 0 }
            ? ToolResult.Cut(message)
            : standard.ReasonPhrase is { Length: > 0 } words ? words : "no message";
    }

    [GeneratedRegex("<style.*?</style>|<[^>]*>", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Tag();

    [GeneratedRegex(
        """User "(?<user>[^"]*)" cannot (?<verb>\w+) resource "(?<resource>[^"]+)" """
        + """in API group "(?<group>[^"]*)"(?: in the namespace "(?<namespace>[^"]+)")?""")]
    private static partial Regex Forbidden();

    [GeneratedRegex("Unable to connect to the server|The connection to the server|i/o timeout|connection refused|no such host|TLS "
        + "handshake timeout|Client.Timeout exceeded|context deadline exceeded")]
    private static partial Regex NoConnection();

    [GeneratedRegex("etcdserver: |the server is currently unable to handle the request|[Tt]oo many requests|connection reset by peer|"
        + "unexpected EOF|http2: ")]
    private static partial Regex Passing();

    [GeneratedRegex(
        """^(?:error: |Error: |Error from server \(\w+\): |Error from server: )+"""
        + """(?:error when (?:creating|applying patch|retrieving current configuration of)[^:]*: )?""")]
    private static partial Regex Noise();

    [GeneratedRegex("""^[EF]\d{4} .*\] "command failed" err="(?<error>.*)"$""")]
    private static partial Regex KlogCommandFailed();

    [GeneratedRegex(@"^[EWIF]\d{4} \d\d:\d\d:\d\d")]
    private static partial Regex KlogLine();
}
