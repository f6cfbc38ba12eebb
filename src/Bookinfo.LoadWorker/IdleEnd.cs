namespace Bookinfo.LoadWorker;

/// <summary>
/// Ends a worker that nobody has told anything for some minutes: who started it has died without removing it, and it should not keep its
/// place on the node until the Job's deadline. Probes do not count.
/// </summary>
/// <param name="slot">Knows when it was last used.</param>
/// <param name="lifetime">The life of the worker.</param>
internal sealed class IdleEnd(RunSlot slot, IHostApplicationLifetime lifetime, TimeProvider time) : BackgroundService
{
    /// <summary>How long it waits: longer than what lies between two steps of a measurement.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (slot.Idle < Patience)
        {
            await timer.WaitForNextTickAsync(stoppingToken);
        }

        lifetime.StopApplication();
    }
}
