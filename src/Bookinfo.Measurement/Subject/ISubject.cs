namespace Bookinfo.Measurement;

/// <summary>What is measured: where its page is, and what is known about the services behind it.</summary>
public interface ISubject : IAsyncDisposable
{
    /// <summary>The kind of subject, as in <see cref="BaselineSettings.Subject"/>.</summary>
    string Kind { get; }

    /// <summary>Where the requests go, with the path.</summary>
    Uri Target { get; }

    /// <summary>A description of the subject, for people.</summary>
    string Description { get; }

    /// <summary>Finds out what does not change during the measurement: versions, machines, limits.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<SubjectFacts> DescribeAsync(CancellationToken cancellationToken);

    /// <summary>Reads what the services have used until now.</summary>
    /// <param name="settled">
    /// Whether everything that happened before the call must be included. Where figures are only sampled every few seconds, this waits for
    /// the next samples.
    /// </param>
    /// <param name="notes">Receives a line for each thing that cannot be found out.</param>
    /// <param name="cancellationToken">Cancels the operation, the wait for samples included.</param>
    Task<IReadOnlyList<InstanceUse>> ReadUseAsync(bool settled, ICollection<string> notes, CancellationToken cancellationToken);
}

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
        [], null, [], [], ["Only latency is known of an address, not CPU, memory, start-up or images. "
            + "With --namespace, the pods of a cluster are measured as well."]));

    /// <inheritdoc/>
    public Task<IReadOnlyList<InstanceUse>> ReadUseAsync(bool settled, ICollection<string> notes, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<InstanceUse>>([]);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
