using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>
/// Blocks threads of the pool, and continues requests on the pool, where they wait for a thread that is free. Otherwise requests would not
/// notice: they are handled by the threads that wait for sockets.
/// </summary>
internal sealed class ThreadPoolFault : Fault
{
    /// <inheritdoc/>
    public override bool ConcernsRequests => true;

    /// <inheritdoc/>
    public override IDisposable Begin(ActiveRule rule)
    {
        var ended = new ManualResetEventSlim();
        for (var thread = 0; thread < (int)rule.Rule.Numbers["threads"]; thread++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static ended => ended.Wait(), ended, preferLocal: false);
        }

        return new AtEnd(ended.Set);
    }

    /// <inheritdoc/>
    public override async Task HandleAsync(HttpContext context, RequestDelegate next, ActiveRule rule)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await next(context);
    }
}
