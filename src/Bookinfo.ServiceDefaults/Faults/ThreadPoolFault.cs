using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>
/// Keeps the threads of the pool busy with work that blocks them, as code does that waits for asynchronous work, and continues requests on
/// the pool, where they have to queue. Otherwise they would not notice: they are handled by the threads that wait for sockets.
/// </summary>
/// <remarks>
/// Each piece of work blocks a thread for a short while and then queues again. So everything else on the pool, the end of the fault among
/// it, gets its turn.
/// </remarks>
internal sealed class ThreadPoolFault : Fault
{
    private static readonly TimeSpan Blocked = TimeSpan.FromMilliseconds(20);

    /// <inheritdoc/>
    public override bool ConcernsRequests => true;

    /// <inheritdoc/>
    public override IDisposable Begin(ActiveRule rule)
    {
        var ended = new ManualResetEventSlim();
        for (var blocker = 0; blocker < (int)rule.Rule.Numbers["blockers"]; blocker++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(Block, ended, preferLocal: false);
        }

        return new AtEnd(ended.Set);
    }

    /// <inheritdoc/>
    public override async Task HandleAsync(HttpContext context, RequestDelegate next, ActiveRule rule)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await next(context);
    }

    private static void Block(ManualResetEventSlim ended)
    {
        if (!ended.Wait(Blocked))
        {
            ThreadPool.UnsafeQueueUserWorkItem(Block, ended, preferLocal: false);
        }
    }
}
