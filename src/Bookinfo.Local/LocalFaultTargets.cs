using System.Globalization;
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
    public Uri? Prometheus => RunRecord.Read(tree, page.Port)?.Prometheus;

    /// <inheritdoc/>
    public Task<Uri> FindPageAsync(CancellationToken cancellationToken) => Task.FromResult(page);

    /// <inheritdoc/>
    /// <remarks>A process that was started again has the port of the one before it.</remarks>
    public Task<IReadOnlyList<FaultTarget>> FindAsync(IReadOnlyCollection<string>? services, CancellationToken cancellationToken)
    {
        var run = RunRecord.Read(tree, page.Port) ?? throw new OperationFailedException(
            FailureKind.NotDeployed,
            $"no 'bookinfo up' of this working copy runs at {page.GetLeftPart(UriPartial.Authority)}: start it, or name the namespace of a "
            + "deployment with --namespace.");
        IReadOnlyList<FaultTarget> targets =
        [
            .. from service in ServiceCatalog.All
               from version in service.Versions
               where run.Management.ContainsKey(version.Name)
               let target = new FaultTarget(
                   version.Name, service.Name, version.Name,
                   new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{run.Management[version.Name]}")))
               where services is null || target.IsOneOf(services)
               select target,
        ];
        return Task.FromResult(targets);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
