using System.Text.Json;

namespace Bookinfo.Foundation;

/// <summary>Asks an Alertmanager, or whatever else has its HTTP API.</summary>
/// <param name="address">Its address; the path of the API is added to it.</param>
public sealed class AlertmanagerClient(Uri address) : IDisposable
{
    private const string NameLabel = "alertname";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The proxy of the environment leads to other machines, and not to this one.</summary>
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = !Loopback.Is(address), ConnectTimeout = Patience })
    {
        Timeout = Patience,
        MaxResponseContentBufferSize = 64 * 1024 * 1024,
    };

    /// <summary>Its address.</summary>
    public Uri Address => address;

    /// <summary>Counts the alerts that have arrived and are not over, also those that are silenced or inhibited.</summary>
    /// <param name="name">The name of their rule.</param>
    /// <param name="labels">Labels that they have.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">It does not answer.</exception>
    public Task<int> CountAlertsAsync(
        string name, IReadOnlyDictionary<string, string> labels, CancellationToken cancellationToken) =>
        AskAsync($"alerts?filter={Uri.EscapeDataString(LabelMatcher.Equal(NameLabel, name))}", json =>
            json.EnumerateArray().Select(static alert => alert.GetProperty("labels")).Count(alert => labels
                .Append(KeyValuePair.Create(NameLabel, name))
                .All(label => alert.TryGetProperty(label.Key, out var value) && value.GetString() == label.Value)), cancellationToken);

    /// <summary>Finds its version.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">It does not answer.</exception>
    public Task<string> FindVersionAsync(CancellationToken cancellationToken) => AskAsync(
        "status", static json => json.GetProperty("versionInfo").GetProperty("version").GetString()!, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<T> AskAsync<T>(string what, Func<JsonElement, T> read, CancellationToken cancellationToken)
    {
        try
        {
            var question = new Uri($"{address.AbsoluteUri.TrimEnd('/')}/api/v2/{what}");
            return read(JsonElement.Parse(await _client.GetByteArrayAsync(question, cancellationToken)));
        }
        catch (Exception exception) when (ApiAnswer.IsMissing(exception, cancellationToken))
        {
            throw new OperationFailedException(
                FailureKind.TargetUnreachable, $"no Alertmanager answers at {address}: {ApiAnswer.Describe(exception)}.");
        }
    }
}
