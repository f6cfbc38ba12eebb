using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Bookinfo.Foundation;

namespace Bookinfo.Verification;

/// <summary>Asks an Aspire dashboard by its API for telemetry.</summary>
/// <param name="address">Where its page is.</param>
public sealed class AspireClient(Uri address) : IDisposable
{
    /// <summary>More than it can keep. Without a limit of ours it has one of its own.</summary>
    private const int Everything = 1_000_000_000;

    private readonly JsonClient _client = new(address, "Aspire dashboard")
    {
        WhenUnauthorized = "it wants a key. Run one that does not, on the loopback: 'bookinfo up --dashboard', or one with "
            + "ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS=true",
    };

    /// <summary>What it is and where.</summary>
    public string Name => _client.Name;

    /// <summary>Looks whether it is there.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">It does not answer, or is something else.</exception>
    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        using var resources = await _client.GetAsync(PathTo("resources"), cancellationToken);
        if (resources.RootElement.ValueKind != JsonValueKind.Array)
        {
            throw _client.Failure("what it answers is something else");
        }
    }

    /// <summary>Reads what it has.</summary>
    /// <param name="what">What: <c>spans</c>, <c>logs</c>, with a query or without, or a trace by its id.</param>
    /// <param name="reader">Reads the answer.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <typeparam name="T">What is kept of an item.</typeparam>
    /// <returns>Each resource with its items; nothing when there is no such thing.</returns>
    /// <exception cref="OperationFailedException">It does not answer, or with something else.</exception>
    internal async IAsyncEnumerable<(OtlpResource Resource, List<T> Items)> ReadAsync<T>(
        string what, OtlpJson<T> reader, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var answer = await _client.OpenAsync(PathTo(what), cancellationToken);
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
            catch (Exception exception) when (ApiAnswer.IsUnreadable(exception))
            {
                throw _client.Unreadable(PathTo(what), exception);
            }

            yield return resources.Current;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static string PathTo(string what)
    {
        var separator = what.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        return string.Create(CultureInfo.InvariantCulture, $"/api/telemetry/{what}{separator}limit={Everything}");
    }
}
