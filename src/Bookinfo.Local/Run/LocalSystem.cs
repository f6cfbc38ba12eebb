using Bookinfo.Foundation;

namespace Bookinfo.Local;

/// <summary>The processes of a run, as one.</summary>
public sealed class LocalSystem : IDisposable
{
    private readonly List<ServiceSupervisor> _services;

    /// <summary>The same in the order to start them in: each group when the one before it is ready.</summary>
    private readonly List<List<ServiceSupervisor>> _groups;

    /// <summary>Makes the system; nothing is started.</summary>
    /// <param name="plan">What to run.</param>
    /// <param name="tree">The working copy.</param>
    /// <param name="time">Tells the time and waits.</param>
    /// <param name="changed">Called when the state of a service has changed, from any thread.</param>
    public LocalSystem(LocalPlan plan, SourceTree tree, TimeProvider time, Action<ServiceStatus> changed)
    {
        _services = [.. plan.Services.Select(service => new ServiceSupervisor(service, tree, time, changed))];
        _groups =
        [
            .. _services.GroupBy(service => service.Plan.IsNeededByOthers).OrderByDescending(group => group.Key)
                .Select(group => group.ToList()),
        ];
    }

    /// <summary>What is known of each service now, in the order of the plan.</summary>
    public IReadOnlyList<ServiceStatus> Statuses => [.. _services.Select(service => service.Status)];

    /// <summary>Which logs lack something, and why.</summary>
    public IReadOnlyList<(string Service, string Problem)> IncompleteLogs =>
        [.. _services.Where(service => service.LogProblem is not null).Select(service => (service.Plan.Name, service.LogProblem!))];

    /// <summary>
    /// Starts the processes, without waiting for one before the next: they find each other when the first request comes. Those that need
    /// others to be ready before are started by <see cref="WaitUntilReadyAsync(CancellationToken)"/>.
    /// </summary>
    /// <exception cref="OperationFailedException">One cannot be started.</exception>
    public void Start() => Start(_groups[0]);

    /// <summary>Waits until all are ready.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="OperationFailedException">One ended instead, cannot be started, or takes too long.</exception>
    public async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        foreach (var (index, group) in _groups.Index())
        {
            if (index > 0)
            {
                Start(group);
            }

            await WaitUntilReadyAsync(group, cancellationToken);
        }
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

    private static void Start(List<ServiceSupervisor> services) => services.ForEach(service => service.Start());

    private static async Task WaitUntilReadyAsync(List<ServiceSupervisor> services, CancellationToken cancellationToken)
    {
        using var firstFailure = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waits = services.Select(service => service.WaitUntilReadyAsync(firstFailure.Token)).ToList();
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
}
