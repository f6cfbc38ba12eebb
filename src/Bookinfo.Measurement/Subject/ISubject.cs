namespace Bookinfo.Measurement;

/// <summary>What is measured: where its page is, and what is known of the services behind it.</summary>
public interface ISubject : IAsyncDisposable
{
    /// <summary>What it is, as <see cref="BaselineSettings.Subject"/> has it.</summary>
    string Kind { get; }

    /// <summary>Where the requests go, with the path.</summary>
    Uri Target { get; }

    /// <summary>What is measured, for people.</summary>
    string Description { get; }

    /// <summary>Finds out what does not change during the measurement: versions, machines, limits.</summary>
    /// <param name="cancellationToken">Ends the inquiry.</param>
    Task<SubjectFacts> DescribeAsync(CancellationToken cancellationToken);

    /// <summary>Reads what the services have used until now.</summary>
    /// <param name="settled">
    /// Whether nothing that happened before the call may be missing. Where figures are only sampled every few seconds, that waits for the
    /// next samples.
    /// </param>
    /// <param name="notes">Is given a line for what cannot be found out.</param>
    /// <param name="cancellationToken">Ends the inquiry, and the wait for samples.</param>
    Task<IReadOnlyList<InstanceUse>> ReadUseAsync(bool settled, ICollection<string> notes, CancellationToken cancellationToken);
}
