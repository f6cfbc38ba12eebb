using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>Waits before the request is handled. The delay ends early when the caller leaves, or the rule ends.</summary>
internal sealed class DelayFault(TimeProvider time) : Fault
{
    /// <summary>How many standard deviations the 99th percentile of a normal distribution is above its mean.</summary>
    private const double DeviationsToP99 = 2.3263478740408408;

    /// <inheritdoc/>
    public override bool ConcernsRequests => true;

    /// <inheritdoc/>
    public override async Task HandleAsync(HttpContext context, RequestDelegate next, ActiveRule rule)
    {
        await WaitAsync(DelayOf(rule), time, context, rule);
        await next(context);
    }

    /// <summary>Waits until a time has passed or the rule has ended.</summary>
    /// <param name="delay">The time, rounded up to whole milliseconds.</param>
    /// <param name="context">The request.</param>
    /// <param name="rule">The rule.</param>
    /// <exception cref="OperationCanceledException">The caller has left.</exception>
    public static async Task WaitAsync(TimeSpan delay, TimeProvider time, HttpContext context, ActiveRule rule)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, rule.Ended);
        try
        {
            // Timers count whole milliseconds, and would cut off the rest.
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(delay.TotalMilliseconds)), time, either.Token);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            // The rule has ended.
        }
    }

    /// <summary>Draws a delay.</summary>
    /// <param name="active">The rule.</param>
    internal static TimeSpan DelayOf(ActiveRule active)
    {
        var numbers = active.Rule.Numbers;
        if (numbers.TryGetValue("fixedDelay", out var fixedDelay))
        {
            return TimeSpan.FromSeconds(fixedDelay);
        }

        if (numbers.TryGetValue("least", out var least))
        {
            return TimeSpan.FromSeconds(least + (active.Draw() * (numbers["most"] - least)));
        }

        if (numbers.TryGetValue("mean", out var mean))
        {
            return TimeSpan.FromSeconds(Math.Max(0, mean + (numbers["deviation"] * DrawNormal(active))));
        }

        var median = numbers["median"];
        var deviation = Math.Log(numbers["p99"] / median) / DeviationsToP99;
        // Out of a million draws, a few would take hours.
        return TimeSpan.FromSeconds(Math.Min(median * Math.Exp(deviation * DrawNormal(active)), 100 * numbers["p99"]));
    }

    /// <summary>A number from the standard normal distribution, by the method of Box and Muller.</summary>
    private static double DrawNormal(ActiveRule active) =>
        Math.Sqrt(-2 * Math.Log(1 - active.Draw())) * Math.Cos(2 * Math.PI * active.Draw());
}
