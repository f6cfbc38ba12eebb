using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>
/// Behaves like a service that has just started: for a time it is not ready, and requests that come nevertheless wait, less and less.
/// </summary>
internal sealed class SlowStartFault(TimeProvider time) : Fault
{
    private long _began;

    /// <inheritdoc/>
    public override bool ConcernsRequests => true;

    /// <inheritdoc/>
    public override bool TouchesRequests(ActiveRule rule) => Left(rule) > 0;

    /// <inheritdoc/>
    public override bool FailsReadiness(ActiveRule rule) => Left(rule) > 0;

    /// <inheritdoc/>
    public override IDisposable? Begin(ActiveRule rule)
    {
        _began = time.GetTimestamp();
        return null;
    }

    /// <inheritdoc/>
    public override async Task HandleAsync(HttpContext context, RequestDelegate next, ActiveRule rule)
    {
        if (Left(rule) is > 0 and var left)
        {
            await DelayFault.WaitAsync(rule.Rule.Duration("delay") * left, time, context, rule);
        }

        await next(context);
    }

    /// <summary>How much of the time is left, from 1 down to 0.</summary>
    private double Left(ActiveRule rule) => Math.Max(0, 1 - (time.GetElapsedTime(_began) / rule.Rule.Duration("duration")));
}
