using System.Text.Json;
using System.Text.Json.Serialization;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.Measurement;
using Bookinfo.Scenarios;
using Bookinfo.Traffic;

namespace Bookinfo.Local;

/// <summary>
/// Divides the requests of an <c>up</c> by the weights of productpage's client for reviews, through productpage's management port. A
/// productpage that is started again takes the versions in turn, as at first.
/// </summary>
public sealed class LocalSplit : IVersionSplit
{
    private static readonly string Service = ServiceCatalog.Reviews.Name;
    private static readonly string ProductPage = ServiceCatalog.ProductPage.Versions[0].Name;

    private readonly Uri _page;
    private readonly FaultTarget _productPage;
    private readonly ManagementClient _client = new();

    private LocalSplit(Uri page, FaultTarget productPage) => (_page, _productPage) = (new Uri(page, BookinfoTraffic.PagePath), productPage);

    /// <inheritdoc/>
    public string Description => $"the weights of productpage's client at {_page.GetLeftPart(UriPartial.Authority)}";

    /// <summary>Finds the management port of a run.</summary>
    /// <param name="tree">The working copy.</param>
    /// <param name="page">The page of the run.</param>
    /// <exception cref="OperationFailedException">No <c>up</c> of this working copy runs there.</exception>
    public static LocalSplit Open(SourceTree tree, Uri page) =>
        Open(page, RunRecord.Require(tree, page).ManagementOf(ProductPage)!);

    /// <summary>Takes the management port of productpage as it is.</summary>
    /// <param name="page">The page.</param>
    /// <param name="management">The management port.</param>
    internal static LocalSplit Open(Uri page, Uri management) =>
        new(page, new FaultTarget(ProductPage, ServiceCatalog.ProductPage.Name, ProductPage, management));

    /// <inheritdoc/>
    public Task<Uri> FindPageAsync(CancellationToken cancellationToken) => Task.FromResult(_page);

    /// <inheritdoc/>
    public Task<SplitState> ReadAsync(CancellationToken cancellationToken) =>
        TalkAsync(() => _client.AskSharesAsync(_productPage, cancellationToken));

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
        () => _client.SetSharesAsync(
            _productPage, new Dictionary<string, Dictionary<string, int>?> { [Service] = weights }, cancellationToken));

    private async Task<SplitState> TalkAsync(Func<Task<Dictionary<string, Dictionary<string, int>?>>> talk)
    {
        try
        {
            if ((await talk()).GetValueOrDefault(Service) is not { } weights)
            {
                throw new OperationFailedException(
                    FailureKind.NotDeployed,
                    $"only one version of {Service} runs here, so there is nothing to divide: start 'up' with several (--reviews).");
            }

            return weights.Values.All(weight => weight >= 0) && weights.Values.Any(weight => weight > 0)
                ? new SplitState(
                    VersionShares.OfWeights(weights), null, JsonSerializer.Serialize(weights, LocalSplitJson.Default.DictionaryStringInt32))
                : throw new ManagementException("answered with weights that divide nothing", isAbsent: false);
        }
        catch (ManagementException exception)
        {
            throw new OperationFailedException(
                FailureKind.TargetUnreachable,
                $"productpage's management port {_productPage.Management} {exception.Message}. Is 'up' still starting, or of "
                + "another version?");
        }
    }
}

/// <summary>How weights are kept: by version.</summary>
[JsonSerializable(typeof(Dictionary<string, int>))]
internal sealed partial class LocalSplitJson : JsonSerializerContext;
