using Bookinfo.Foundation;

namespace Bookinfo.Local;

/// <summary>The processes of a run, as one.</summary>
public sealed class LocalSystem : IDisposable
{
    private readonly List<ServiceSupervisor> _services;

    /// <summary>Makes the system; nothing is started.</summary>
    /// <param name="plan">What to run.</param>
    /// <param name="tree">Where things are.</param>
    /// <param name="time">Tells the time and waits.</param>
    /// <param name="changed">Called when the state of a service has changed, from any thread.</param>
    public LocalSystem(LocalPlan plan, SourceTree tree, TimeProvider time, Action<ServiceStatus> changed) =>
        _services = [.. plan.Services.Select(service => new ServiceSupervisor(service, tree, time, changed))];

    /// <summary>What is known of each service now, in the order of the catalog.</summary>
    public IReadOnlyList<ServiceStatus> Statuses => [.. _services.Select(service => service.Status)];

    /// <summary>Which logs lack something, and why.</summary>
    public IReadOnlyList<(string Service, string Problem)> IncompleteLogs =>
        [.. _services.Where(service => service.LogProblem is not null).Select(service => (service.Plan.Name, service.LogProblem!))];

    /// <summary>Starts all processes, without waiting for one before the next: they find each other when the first request comes.</summary>
    /// <exception cref="OperationFailedException">One cannot be started.</exception>
    public void Start() => _services.ForEach(service => service.Start());

    /// <summary>Waits until all are ready.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="OperationFailedException">One ended instead, or takes too long.</exception>
    public async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using var firstFailure = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waits = _services.Select(service => service.WaitUntilReadyAsync(firstFailure.Token)).ToList();
        await foreach (var wait in Task.WhenEach(waits).WithCancellation(CancellationToken.None))
        {
            if (wait.IsFaulted)
            {
                await firstFailure.CancelAsync();
                await wait;
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Starts again whatever ends, until it is cancelled.</summary>
    /// <param name="cancellationToken">Ends the watch; the services go on.</param>
    public Task KeepRunningAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_services.Select(service => service.KeepRunningAsync(cancellationToken)));

    /// <summary>
    /// Stops all in the reverse order: callers before those that they call, so that no request in flight fails. Versions of one service at
    /// the same time.
    /// </summary>
    /// <returns>The names of those that had to be killed.</returns>
    public async Task<IReadOnlyList<string>> StopAsync()
    {
        var killed = new List<string>();
        foreach (var service in _services.GroupBy(service => service.Plan.Version.Service).Reverse())
        {
            var versions = service.ToList();
            var orderly = await Task.WhenAll(versions.Select(version => version.StopAsync()));
            killed.AddRange(versions.Where((_, index) => !orderly[index]).Select(version => version.Plan.Name));
        }

        return killed;
    }

    /// <summary>Ends all at once.</summary>
    public void Kill() => _services.ForEach(service => service.Kill());

    /// <inheritdoc/>
    public void Dispose() => _services.ForEach(service => service.Dispose());
}
