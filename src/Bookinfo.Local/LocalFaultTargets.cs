using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.Scenarios;

namespace Bookinfo.Local;

/// <summary>The processes of an <c>up</c> of this working copy.</summary>
/// <param name="tree">The working copy.</param>
/// <param name="page">The page of the run.</param>
public sealed class LocalFaultTargets(SourceTree tree, Uri page) : IFaultTargets
{
    /// <inheritdoc/>
    public string Description => $"what 'up' runs at {page.GetLeftPart(UriPartial.Authority)}";

    /// <inheritdoc/>
    public Uri? Prometheus => RunRecord.Read(tree, page)?.Prometheus;

    /// <inheritdoc/>
    public Task<Uri> FindPageAsync(CancellationToken cancellationToken) => Task.FromResult(page);

    /// <inheritdoc/>
    public async Task<int> CountAsync(CancellationToken cancellationToken) => (await FindAsync(null, cancellationToken)).Count;

    /// <inheritdoc/>
    /// <remarks>A process that was started again has the port of the one before it.</remarks>
    public Task<IReadOnlyList<FaultTarget>> FindAsync(IReadOnlyCollection<string>? services, CancellationToken cancellationToken)
    {
        var run = RunRecord.Require(tree, page);
        IReadOnlyList<FaultTarget> targets =
        [
            .. from service in ServiceCatalog.All
               from version in service.Versions
               let management = run.ManagementOf(version.Name)
               where management is not null
               let target = new FaultTarget(version.Name, service.Name, version.Name, management)
               where services is null || target.IsOneOf(services)
               select target,
        ];
        return Task.FromResult(targets);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
