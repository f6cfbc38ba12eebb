using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Bookinfo.Contracts;
using Bookinfo.Foundation;

namespace Bookinfo.Scenarios;

/// <summary>Asks and tells services over their management ports which faults they have, and how they divide their calls.</summary>
public sealed class ManagementClient : IDisposable
{
    /// <summary>How long a service may take to answer, which may be starved on purpose.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Far more than any status has.</summary>
    private const int LongestAnswer = 4 * 1024 * 1024;

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = Patience })
    {
        Timeout = Patience,
        MaxResponseContentBufferSize = LongestAnswer,
    };

    /// <summary>Asks a process which faults it has.</summary>
    /// <param name="target">The process.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="ManagementException">It does not say.</exception>
    public Task<FaultStatus> AskAsync(FaultTarget target, CancellationToken cancellationToken) =>
        TalkAsync(target, async management =>
        {
            using var answer = await _client.GetAsync(new Uri(management, FaultRequest.Path), cancellationToken);
            return await ReadAsync(answer, cancellationToken);
        }, cancellationToken);

    /// <summary>Gives a process a set of faults, or renews the time to live of the same set.</summary>
    /// <param name="target">The process.</param>
    /// <param name="set">The name of the set.</param>
    /// <param name="request">The set.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="ManagementException">It does not take it.</exception>
    public Task<FaultStatus> SetAsync(FaultTarget target, string set, FaultRequest request, CancellationToken cancellationToken) =>
        TalkAsync(target, async management =>
        {
            using var answer = await _client.PutAsJsonAsync(
                PathOf(management, set), request, FaultJson.Default.FaultRequest, cancellationToken);
            return await ReadAsync(answer, cancellationToken);
        }, cancellationToken);

    /// <summary>Takes a set of faults away from a process.</summary>
    /// <param name="target">The process.</param>
    /// <param name="set">The name of the set.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Whether it had it.</returns>
    /// <exception cref="ManagementException">It does not answer as it should.</exception>
    public Task<bool> RemoveAsync(FaultTarget target, string set, CancellationToken cancellationToken) =>
        TalkAsync(target, async management =>
        {
            using var answer = await _client.DeleteAsync(PathOf(management, set), cancellationToken);
            if (answer.StatusCode == HttpStatusCode.NotFound)
            {
                return false;
            }

            await ReadAsync(answer, cancellationToken);
            return true;
        }, cancellationToken);

    /// <summary>Asks a process how it divides its calls.</summary>
    /// <param name="target">The process.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Weights, by service and then by version.</returns>
    /// <exception cref="ManagementException">It does not say.</exception>
    public Task<Dictionary<string, Dictionary<string, int>?>> AskSharesAsync(FaultTarget target, CancellationToken cancellationToken) =>
        TalkAsync(target, async management =>
        {
            using var answer = await _client.GetAsync(new Uri(management, BackendShares.Path), cancellationToken);
            return await ReadAsync(answer, SharesJson.Default.DictionaryStringDictionaryStringInt32, cancellationToken);
        }, cancellationToken);

    /// <summary>Tells a process how to divide its calls.</summary>
    /// <param name="target">The process.</param>
    /// <param name="weights">
    /// Weights, by service and then by version; <see langword="null"/> for a service whose versions are to be called in turn.
    /// </param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What it does then.</returns>
    /// <exception cref="ManagementException">It does not take it.</exception>
    public Task<Dictionary<string, Dictionary<string, int>?>> SetSharesAsync(
        FaultTarget target, Dictionary<string, Dictionary<string, int>?> weights, CancellationToken cancellationToken) =>
        TalkAsync(target, async management =>
        {
            using var answer = await _client.PutAsJsonAsync(
                new Uri(management, BackendShares.Path), weights, SharesJson.Default.DictionaryStringDictionaryStringInt32,
                cancellationToken);
            return await ReadAsync(answer, SharesJson.Default.DictionaryStringDictionaryStringInt32, cancellationToken);
        }, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static Uri PathOf(Uri management, string set) => new(management, $"{FaultRequest.Path}/{Uri.EscapeDataString(set)}");

    private static async Task<FaultStatus> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var status = await ReadAsync(answer, FaultJson.Default.FaultStatus, cancellationToken);
        // The serializer makes sure of all but the elements of lists.
        return status.Sets.Any(static set => set is null || set.Rules.Any(static rule => rule is null))
            ? throw new JsonException("A set or a rule is null.")
            : status;
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        // JSON is UTF-8, whatever the header says.
        var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            var error = ErrorIn(Encoding.UTF8.GetString(body)).Trim().TrimEnd('.');
            throw new ManagementException(
                $"answered {(int)answer.StatusCode}{(error.Length > 0 ? $": {ToolResult.Cut(error)}" : "")}", isAbsent: false);
        }

        return JsonSerializer.Deserialize(body, type) ?? throw new ManagementException("answered with nothing", isAbsent: false);
    }

    private static string ErrorIn(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, ErrorMessageJson.Default.ErrorMessage)?.Error ?? text;
        }
        catch (JsonException)
        {
            return text;
        }
    }

    private static async Task<T> TalkAsync<T>(FaultTarget target, Func<Uri, Task<T>> talk, CancellationToken cancellationToken)
    {
        if (target.Management is not { } management)
        {
            throw new ManagementException("cannot be reached", isAbsent: false);
        }

        try
        {
            return await talk(management);
        }
        catch (HttpRequestException exception)
        {
            throw new ManagementException(
                $"does not answer: {exception.Message.TrimEnd('.')}",
                isAbsent: !target.IsForwarded
                    && exception.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused });
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ManagementException($"did not answer within {Duration.Format(Patience)}", isAbsent: false);
        }
        catch (JsonException)
        {
            throw new ManagementException("answered with something that is not understood", isAbsent: false);
        }
    }
}

/// <summary>A process cannot be reached, or does not answer on its management port as it should.</summary>
/// <param name="message">What it did, to follow its name, without a period at the end.</param>
/// <param name="isAbsent">Whether nothing listens there: then nothing has faults there either.</param>
public sealed class ManagementException(string message, bool isAbsent) : Exception(message)
{
    /// <summary>Whether nothing listens there: then nothing has faults there either.</summary>
    public bool IsAbsent => isAbsent;
}

/// <summary>How <see cref="BackendShares"/> are written and read: by service, and then by version.</summary>
[JsonSerializable(typeof(Dictionary<string, Dictionary<string, int>?>))]
internal sealed partial class SharesJson : JsonSerializerContext;
