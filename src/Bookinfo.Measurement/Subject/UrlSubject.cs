namespace Bookinfo.Measurement;

/// <summary>An address that anything may be behind: nothing is known about its services except what answers say.</summary>
/// <param name="target">The address.</param>
public sealed class UrlSubject(Uri target) : ISubject
{
    /// <inheritdoc/>
    public string Kind => "url";

    /// <inheritdoc/>
    public Uri Target => target;

    /// <inheritdoc/>
    public string Description => $"{target}, latency only";

    /// <inheritdoc/>
    public Task<SubjectFacts> DescribeAsync(CancellationToken cancellationToken) => Task.FromResult(new SubjectFacts(
        [], null, [], [], ["Of an address nothing is known but latency: CPU, memory, start-up and images are those of no service. "
            + "--namespace measures the pods of a cluster meanwhile."]));

    /// <inheritdoc/>
    public Task<IReadOnlyList<InstanceUse>> ReadUseAsync(bool settled, ICollection<string> notes, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<InstanceUse>>([]);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
