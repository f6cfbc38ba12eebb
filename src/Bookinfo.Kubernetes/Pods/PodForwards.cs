namespace Bookinfo.Kubernetes;

/// <summary>Ways to one port of several pods, each of which stays open as long as its pod is there.</summary>
/// <param name="kubectl">kubectl.</param>
/// <param name="space">The namespace.</param>
/// <param name="port">The port of the pods.</param>
/// <param name="time">Tells the time and waits.</param>
internal sealed class PodForwards(Kubectl kubectl, string space, int port, TimeProvider time) : IDisposable
{
    private readonly Dictionary<string, PortForward> _forwards = [];

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _forwards.Count == 0;

    /// <summary>The way to a pod on this machine; <see langword="null"/> when there is none.</summary>
    /// <param name="pod">The name of the pod.</param>
    public Uri? this[string pod] => _forwards.GetValueOrDefault(pod)?.Address;

    /// <summary>Opens the ways that are wanted and not there yet, and closes those that lead nowhere any more.</summary>
    /// <param name="pods">The names of all pods that there are.</param>
    /// <param name="wanted">The names of those that are to have a way.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task OpenAsync(IEnumerable<string> pods, IEnumerable<string> wanted, CancellationToken cancellationToken)
    {
        CloseOthers([.. pods]);
        var ways = await Task.WhenAll(wanted.Where(pod => !_forwards.ContainsKey(pod)).Select(
            async pod => (Pod: pod, Forward: await TryOpenAsync(pod, cancellationToken))));
        foreach (var (pod, forward) in ways.Where(way => way.Forward is not null))
        {
            _forwards[pod] = forward!;
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <inheritdoc/>
    public void Dispose() => CloseOthers([]);

    /// <summary>Closes the ways to pods that are gone, and those that have broken off.</summary>
    private void CloseOthers(HashSet<string> pods)
    {
        foreach (var (name, forward) in _forwards.Where(one => !pods.Contains(one.Key) || !one.Value.IsOpen).ToList())
        {
            forward.Dispose();
            _forwards.Remove(name);
        }
    }

    /// <summary>
    /// Opens the way to a pod; one that has just begun or ended may have none. Nothing is thrown, so that none that others have opened at
    /// the same time is lost.
    /// </summary>
    private async Task<PortForward?> TryOpenAsync(string pod, CancellationToken cancellationToken)
    {
        try
        {
            return await PortForward.StartAsync(kubectl, space, $"pod/{pod}", port, time, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            return null;
        }
    }
}
