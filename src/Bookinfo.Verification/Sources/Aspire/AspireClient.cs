using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Bookinfo.Foundation;

namespace Bookinfo.Verification;

/// <summary>Asks an Aspire dashboard by its API for telemetry.</summary>
/// <param name="address">Where its page is.</param>
public sealed class AspireClient(Uri address) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>More than it can keep. Without a limit of ours it has one of its own.</summary>
    private const int Everything = 1_000_000_000;

    /// <summary>
    /// The proxy of the environment leads to other machines, and not to this one. An answer with all that the dashboard has may take long,
    /// and is waited for as long as it goes on.
    /// </summary>
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = !address.IsLoopback, ConnectTimeout = Patience })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>What it is and where.</summary>
    public string Name => $"Aspire dashboard at {address}";

    /// <summary>Looks whether it is there.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">It does not answer, or is something else.</exception>
    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        await using var answer = await AskAsync("resources", cancellationToken)
            ?? throw NoDashboard("it does not know '/api/telemetry/resources'");
        try
        {
            using var resources = await JsonDocument.ParseAsync(answer, default, cancellationToken);
            if (resources.RootElement.ValueKind == JsonValueKind.Array)
            {
                return;
            }
        }
        catch (JsonException)
        {
        }

        throw NoDashboard("what it answers is something else");
    }

    /// <summary>Reads what it has.</summary>
    /// <param name="what">What: <c>spans</c>, <c>logs</c>, or a trace by its id.</param>
    /// <param name="reader">Reads the answer.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <typeparam name="T">What is kept of an item.</typeparam>
    /// <returns>Each resource with its items; nothing when there is no such thing.</returns>
    /// <exception cref="OperationFailedException">It does not answer, or with something else.</exception>
    internal async IAsyncEnumerable<(OtlpResource Resource, List<T> Items)> ReadAsync<T>(
        string what, OtlpJson<T> reader, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var answer = await AskAsync(what, cancellationToken);
        if (answer is null)
        {
            yield break;
        }

        await using var resources = reader.ReadAsync(answer, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            try
            {
                if (!await resources.MoveNextAsync())
                {
                    break;
                }
            }
            catch (Exception exception) when (IsUnreadable(exception))
            {
                throw Unreadable(what, exception);
            }

            yield return resources.Current;
        }
    }

    /// <summary>How many it has of something.</summary>
    /// <param name="what">What: <c>logs</c>.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">It does not answer, or with something else.</exception>
    internal async Task<long> CountAsync(string what, CancellationToken cancellationToken)
    {
        await using var answer = await AskAsync(what, cancellationToken, limit: 1);
        try
        {
            using var json = await JsonDocument.ParseAsync(answer ?? Stream.Null, default, cancellationToken);
            return json.RootElement.GetProperty("totalCount").GetInt64();
        }
        catch (Exception exception) when (IsUnreadable(exception))
        {
            throw Unreadable(what, exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <returns><see langword="null"/> when there is no such thing.</returns>
    private async Task<Stream?> AskAsync(string what, CancellationToken cancellationToken, int limit = Everything)
    {
        try
        {
            var answer = await _client.GetAsync(
                new Uri(string.Create(
                    CultureInfo.InvariantCulture, $"{address.AbsoluteUri.TrimEnd('/')}/api/telemetry/{what}?limit={limit}")),
                HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            switch (answer.StatusCode)
            {
                case HttpStatusCode.NotFound:
                    answer.Dispose();
                    return null;
                case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden:
                    answer.Dispose();
                    throw NoDashboard(
                        "it wants a key. Run one that does not, on the loopback: 'bookinfo up --dashboard', or one with "
                        + "ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS=true");
                default:
                    answer.EnsureSuccessStatusCode();
                    return await answer.Content.ReadAsStreamAsync(cancellationToken);
            }
        }
        catch (HttpRequestException exception)
        {
            throw NoDashboard(exception.Message.TrimEnd('.'));
        }
    }

    private static bool IsUnreadable(Exception exception) => exception is JsonException or IOException or KeyNotFoundException
        or FormatException or InvalidOperationException;

    private OperationFailedException Unreadable(string what, Exception exception) =>
        NoDashboard($"its answer to '{what}' cannot be read: {exception.Message.TrimEnd('.')}");

    private OperationFailedException NoDashboard(string reason) => new(
        FailureKind.TargetUnreachable, $"no Aspire dashboard answers at {address}: {reason}.");
}
