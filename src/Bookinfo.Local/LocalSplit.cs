using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.Measurement;

namespace Bookinfo.Local;

/// <summary>
/// Divides the requests of an <c>up</c> by the weights of productpage's client for reviews, through productpage's management port. A
/// productpage that is started again takes the versions in turn, as at first.
/// </summary>
public sealed class LocalSplit : IVersionSplit
{
    private static readonly string Service = ServiceCatalog.Reviews.Name;
    private static readonly Uri Weights = new(BackendShares.Path, UriKind.Relative);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Uri _page;
    private readonly HttpClient _client;

    private LocalSplit(Uri page, HttpClient client) => (_page, _client) = (page, client);

    /// <inheritdoc/>
    public string Description => $"the weights of productpage's client at {_page.GetLeftPart(UriPartial.Authority)}";

    /// <summary>Finds the management port of a run.</summary>
    /// <param name="tree">The working copy.</param>
    /// <param name="page">The page of the run.</param>
    /// <exception cref="OperationFailedException">No <c>up</c> of this working copy runs there.</exception>
    public static LocalSplit Open(SourceTree tree, Uri page)
    {
        var productPage = ServiceCatalog.ProductPage.Versions[0].Name;
        return RunRecord.Read(tree, page.Port)?.Management.TryGetValue(productPage, out var port) == true
            ? Open(page, new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")))
            : throw new OperationFailedException(
                FailureKind.NotDeployed,
                $"no 'bookinfo up' of this working copy runs at {page.GetLeftPart(UriPartial.Authority)}: start it, or name the namespace "
                + "of a deployment with --namespace.");
    }

    /// <summary>Takes the management port of productpage as it is.</summary>
    /// <param name="page">The page.</param>
    /// <param name="management">The management port.</param>
    internal static LocalSplit Open(Uri page, Uri management) => new(
        new Uri(page, "/productpage"),
        new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = management, Timeout = Patience });

    /// <inheritdoc/>
    public Task<Uri> FindPageAsync(CancellationToken cancellationToken) => Task.FromResult(_page);

    /// <inheritdoc/>
    public Task<SplitState> ReadAsync(CancellationToken cancellationToken) => TalkAsync(
        async () =>
        {
            using var answer = await _client.GetAsync(Weights, cancellationToken);
            return await ReadAsync(answer, cancellationToken);
        },
        cancellationToken);

    /// <inheritdoc/>
    public async Task<SplitState> SetAsync(VersionShares shares, CancellationToken cancellationToken)
    {
        var running = WeightsOf((await ReadAsync(cancellationToken)).Raw);
        return shares.Versions.FirstOrDefault(version => !running.ContainsKey(version)) is { } missing
            ? throw new OperationFailedException(
                FailureKind.NotDeployed,
                $"{Service} {missing} does not run here, only {string.Join(", ", running.Keys)}: start 'up' with it (--reviews).")
            : await PutAsync(shares.Versions.ToDictionary(version => version, version => shares[version]), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<SplitState?> RestoreAsync(SplitState? state, CancellationToken cancellationToken)
    {
        if (state is not null)
        {
            return await PutAsync(WeightsOf(state.Raw), cancellationToken);
        }

        // At first, all are taken in turn.
        var now = WeightsOf((await ReadAsync(cancellationToken)).Raw);
        return now.Values.Distinct().Count() == 1 ? null : await PutAsync(null, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static Dictionary<string, int> WeightsOf(string raw) =>
        JsonSerializer.Deserialize(raw, LocalSplitJson.Default.DictionaryStringInt32)!;

    private Task<SplitState> PutAsync(Dictionary<string, int>? weights, CancellationToken cancellationToken) => TalkAsync(
        async () =>
        {
            using var answer = await _client.PutAsJsonAsync(
                Weights, new Dictionary<string, Dictionary<string, int>?> { [Service] = weights },
                LocalSplitJson.Default.DictionaryStringDictionaryStringInt32, cancellationToken);
            return await ReadAsync(answer, cancellationToken);
        },
        cancellationToken);

    private static async Task<SplitState> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            throw new HttpRequestException(string.Create(CultureInfo.InvariantCulture, $"it answers {(int)answer.StatusCode}"));
        }

        var all = await answer.Content.ReadFromJsonAsync(
            LocalSplitJson.Default.DictionaryStringDictionaryStringInt32, cancellationToken);
        return all?.GetValueOrDefault(Service) is { } weights
            ? new SplitState(
                VersionShares.OfWeights(weights), null, JsonSerializer.Serialize(weights, LocalSplitJson.Default.DictionaryStringInt32))
            : throw new OperationFailedException(
                FailureKind.NotDeployed,
                $"only one version of {Service} runs here, so there is nothing to divide: start 'up' with several (--reviews).");
    }

    private async Task<SplitState> TalkAsync(Func<Task<SplitState>> talk, CancellationToken cancellationToken)
    {
        try
        {
            return await talk();
        }
        catch (Exception exception) when (
            exception is HttpRequestException or JsonException
                || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new OperationFailedException(
                FailureKind.TargetUnreachable,
                $"productpage's management port {_client.BaseAddress} does not answer as it should: "
                + $"{(exception is OperationCanceledException ? "no answer in time" : exception.Message.TrimEnd('.'))}. Is 'up' still "
                + "starting, or of another version?");
        }
    }
}

/// <summary>How weights are written and read: by service, and then by version.</summary>
[JsonSerializable(typeof(Dictionary<string, Dictionary<string, int>?>))]
[JsonSerializable(typeof(Dictionary<string, int>))]
internal sealed partial class LocalSplitJson : JsonSerializerContext;
