using System.Net;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bookinfo.Foundation;

namespace Bookinfo.Verification;

/// <summary>Asks a platform over HTTP, and is answered in JSON.</summary>
/// <param name="address">
/// Its address, to which paths are added. A user and a password in it are sent as such, a user alone is a token; neither is ever shown.
/// </param>
/// <param name="kind">What kind of platform it is, for messages.</param>
public sealed class JsonClient(Uri address, string kind) : IDisposable
{
    /// <summary>What to do when a platform wants to know who asks.</summary>
    internal const string Unauthorized =
        "it wants to know who asks: put user and password, or a token, into its address (https://user:password@host, https://token@host)";

    private const int MostTries = 3;

    /// <summary>What is shown of an answer that says what is wrong.</summary>
    private const int LongestReason = 200;

    /// <summary>What is read of it: one that is a page of HTML has its reason further behind.</summary>
    private const int MostOfReason = 64 * 1024;

    /// <summary>Far more than the largest traces or a page of lines have.</summary>
    private const long LongestAnswer = 512L * 1024 * 1024;

    /// <summary>Far more than a platform keeps of a million requests, which is read one item at a time.</summary>
    private const long LongestStream = 32L * 1024 * 1024 * 1024;

    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(10);

    /// <summary>An answer with all that a platform has may take long to begin, and is then waited for as long as it goes on.</summary>
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromMinutes(2);

    /// <summary>How long an answer that has begun may stop in the middle.</summary>
    private static readonly TimeSpan BodyPatience = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly HttpClient _client = Connect(address);

    /// <summary>Its address without what is secret.</summary>
    public string Address { get; } = new UriBuilder(address) { UserName = "", Password = "" }.Uri.ToString();

    /// <summary>What it is and where.</summary>
    public string Name => $"{kind} at {Address}";

    /// <summary>For a platform that could be had for no test: that reports of it rest on documents alone.</summary>
    internal string NotTried =>
        $"How it is read was written from the documentation of its API, and not tried on a real {kind}.";

    /// <summary>Of whom it is asked, where it keeps what several have sent apart; <see langword="null"/> for nobody.</summary>
    internal string? Tenant
    {
        init
        {
            if (value is not null)
            {
                _client.DefaultRequestHeaders.Add("X-Scope-OrgID", value);
            }
        }
    }

    /// <summary>What to do when it wants to know who asks.</summary>
    internal string WhenUnauthorized { get; init; } = Unauthorized;

    /// <summary>Asks for something that it has.</summary>
    /// <param name="path">Where that is, with the question.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The answer; <see langword="null"/> when there is no such thing (404).</returns>
    /// <exception cref="OperationFailedException">It does not answer, or not with JSON.</exception>
    internal Task<JsonDocument?> FindAsync(string path, CancellationToken cancellationToken) =>
        AskAsync(HttpMethod.Get, path, question: null, cancellationToken);

    /// <summary>Asks for something that every platform of its kind has.</summary>
    /// <param name="path">Where that is, with the question.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">It does not answer, or not with JSON.</exception>
    internal async Task<JsonDocument> GetAsync(string path, CancellationToken cancellationToken) =>
        await FindAsync(path, cancellationToken) ?? throw Unknown(path);

    /// <summary>Asks a question that it may refuse (400).</summary>
    /// <param name="path">Where to, with the question.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The answer, or why it refuses.</returns>
    /// <exception cref="OperationFailedException">It does not answer, or not with JSON.</exception>
    internal async Task<(JsonDocument? Answer, string Refusal)> TryAsync(string path, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, question: null, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.BadRequest)
        {
            return (null, await ReasonAsync(answer, cancellationToken));
        }

        await using var body = await BodyAsync(answer, path, LongestAnswer, cancellationToken) ?? throw Unknown(path);
        return (await ParseAsync(path, body, cancellationToken), "");
    }

    /// <summary>Sends a question in JSON.</summary>
    /// <param name="method">How.</param>
    /// <param name="path">Where to.</param>
    /// <param name="question">The question; <see langword="null"/> for none.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The answer; <see langword="null"/> when there is no such thing (404).</returns>
    /// <exception cref="OperationFailedException">It does not answer, or not with JSON.</exception>
    internal async Task<JsonDocument?> AskAsync(
        HttpMethod method, string path, JsonNode? question, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(method, path, question, cancellationToken);
        await using var body = await BodyAsync(answer, path, LongestAnswer, cancellationToken);
        return body is null ? null : await ParseAsync(path, body, cancellationToken);
    }

    /// <summary>Asks for something whose answer may be long.</summary>
    /// <param name="path">Where that is, with the question.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The answer; <see langword="null"/> when there is no such thing (404).</returns>
    /// <exception cref="OperationFailedException">It does not answer.</exception>
    internal async Task<Stream?> OpenAsync(string path, CancellationToken cancellationToken) =>
        await BodyAsync(
            await SendAsync(HttpMethod.Get, path, question: null, cancellationToken), path, LongestStream, cancellationToken);

    /// <summary>Reads from an answer.</summary>
    /// <param name="path">What was asked for.</param>
    /// <param name="read">Reads from it.</param>
    /// <typeparam name="T">What is read.</typeparam>
    /// <exception cref="OperationFailedException">The answer is something else.</exception>
    internal T Read<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (ApiAnswer.IsUnreadable(exception))
        {
            throw Unreadable(path, exception);
        }
    }

    /// <summary>An answer is something else than it should be.</summary>
    /// <param name="path">What was asked for.</param>
    /// <param name="exception">What came of reading it.</param>
    internal OperationFailedException Unreadable(string path, Exception exception) =>
        Failure($"its answer to '{PathOf(path)}' cannot be read: {ApiAnswer.Describe(exception)}");

    /// <summary>It is not there, or is something else.</summary>
    /// <param name="reason">Why.</param>
    internal OperationFailedException Failure(string reason) =>
        new(FailureKind.TargetUnreachable, $"no {kind} answers at {Address}: {reason}.");

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static HttpClient Connect(Uri address)
    {
        // The proxy of the environment leads to other machines, and not to this one.
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = !Loopback.Is(address), ConnectTimeout = ConnectPatience })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        var secret = Uri.UnescapeDataString(address.UserInfo);
        client.DefaultRequestHeaders.Authorization = secret.Length == 0 ? null
            : address.UserInfo.Contains(':', StringComparison.Ordinal)
                ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)))
                : new AuthenticationHeaderValue("Bearer", secret);
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return client;
    }

    /// <summary>Whether it may answer a little later: an Aspire dashboard that takes much at the moment fails now and then (500).</summary>
    private static bool IsForNow(HttpStatusCode status) =>
        status is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable or HttpStatusCode.InternalServerError;

    private static string PathOf(string path) => path.Split('?')[0];

    private OperationFailedException Unknown(string path) => Failure($"what is there does not know '{PathOf(path)}'");

    private async Task<JsonDocument> ParseAsync(string path, Stream answer, CancellationToken cancellationToken)
    {
        try
        {
            return await JsonDocument.ParseAsync(answer, default, cancellationToken);
        }
        catch (Exception exception) when (ApiAnswer.IsUnreadable(exception))
        {
            throw Unreadable(path, exception);
        }
    }

    /// <summary>Asks, and asks again when it has too much to do.</summary>
    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, JsonNode? question, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(AnswerPatience);
            try
            {
                using var request = new HttpRequestMessage(method, Locate(path));
                request.Content = question is null ? null
                    : new StringContent(question.ToJsonString(), Encoding.UTF8, MediaTypeNames.Application.Json);
                var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
                if (tries == MostTries || !IsForNow(answer.StatusCode))
                {
                    return answer;
                }

                answer.Dispose();
            }
            catch (HttpRequestException exception)
            {
                throw Failure(HttpFailure.Describe(exception));
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw Failure($"it did not answer '{PathOf(path)}' within {AnswerPatience.TotalMinutes:0} minutes");
            }

            await Task.Delay(Pause * tries, TimeProvider.System, cancellationToken);
        }
    }

    private async Task<Stream?> BodyAsync(HttpResponseMessage answer, string path, long most, CancellationToken cancellationToken)
    {
        if (answer.IsSuccessStatusCode)
        {
            return new AnswerStream(await answer.Content.ReadAsStreamAsync(cancellationToken), most, BodyPatience);
        }

        using (answer)
        {
            switch (answer.StatusCode)
            {
                case HttpStatusCode.NotFound:
                    return null;
                case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden:
                    throw Failure(WhenUnauthorized);
                default:
                    var reason = await ReasonAsync(answer, cancellationToken);
                    throw Failure($"its answer to '{PathOf(path)}' is {(int)answer.StatusCode}"
                        + (reason.Length > 0 ? $" ({reason})" : ""));
            }
        }
    }

    /// <summary>What an answer says of what is wrong, in a line. Whatever its head says of that, it is taken for UTF-8.</summary>
    private static async Task<string> ReasonAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            await using var body = new AnswerStream(
                await answer.Content.ReadAsStreamAsync(cancellationToken), LongestAnswer, BodyPatience);
            var beginning = new byte[MostOfReason];
            var length = await body.ReadAtLeastAsync(beginning, beginning.Length, throwOnEndOfStream: false, cancellationToken);
            var text = PrintableText.Clean(Encoding.UTF8.GetString(beginning, 0, length));
            text = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            return (text.Length > LongestReason ? $"{text[..TextCut.Before(text, LongestReason)]}..." : text).TrimEnd('.');
        }
        catch (Exception exception) when (ApiAnswer.IsUnreadable(exception))
        {
            return "";
        }
    }

    private Uri Locate(string path) =>
        new($"{address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/')}{path}");
}
