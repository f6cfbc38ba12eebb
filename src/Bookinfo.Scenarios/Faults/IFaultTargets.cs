using System.Text.Json.Serialization;
using Bookinfo.Foundation;

namespace Bookinfo.Scenarios;

/// <summary>
/// A Bookinfo whose services take faults, wherever it runs: on this machine or in a cluster. Implemented where that is known.
/// </summary>
public interface IFaultTargets : IAsyncDisposable
{
    /// <summary>Which Bookinfo it is, to follow 'in' or 'of'.</summary>
    string Description { get; }

    /// <summary>Its own Prometheus; <see langword="null"/> when it has none, or this is not known.</summary>
    Uri? Prometheus { get; }

    /// <summary>Finds where requests to it go.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">There is no way to it.</exception>
    Task<Uri> FindPageAsync(CancellationToken cancellationToken);

    /// <summary>Counts the processes that there are now.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">Nothing runs there any more, or it cannot be asked.</exception>
    Task<int> CountAsync(CancellationToken cancellationToken);

    /// <summary>Finds the processes that there are now, and opens a way to the management port of each.</summary>
    /// <param name="services">Names of services and versions; <see langword="null"/> for all.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The processes, by their names.</returns>
    /// <exception cref="OperationFailedException">Nothing runs there any more, or it cannot be asked.</exception>
    Task<IReadOnlyList<FaultTarget>> FindAsync(IReadOnlyCollection<string>? services, CancellationToken cancellationToken);
}

/// <summary>A process that takes faults.</summary>
/// <param name="Name">Its name: that of its pod, or locally of its version.</param>
/// <param name="Service">The service, such as <c>reviews</c>.</param>
/// <param name="Version">The name of its version, such as <c>reviews-v3</c>.</param>
/// <param name="Management">Where its management port is reached; <see langword="null"/> when there is no way to it now.</param>
public sealed record FaultTarget(string Name, string Service, string Version, Uri? Management)
{
    /// <summary>
    /// Whether something on this machine passes on what is sent there, such as a port-forward: when that has ended, connections are refused
    /// though the process is there.
    /// </summary>
    [JsonIgnore]
    public bool IsForwarded { get; init; }

    /// <summary>Whether it is one of those that are named.</summary>
    /// <param name="services">Names of services and versions.</param>
    public bool IsOneOf(IEnumerable<string> services) => services.Any(name => name == Service || name == Version);
}
