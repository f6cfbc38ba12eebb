using Bookinfo.ServiceDefaults.Answers;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>A fault of what scrapes of <c>/metrics</c> get.</summary>
internal abstract class ScrapeFault : Fault
{
    /// <inheritdoc/>
    public sealed override bool ConcernsScrapes => true;
}

/// <summary>Answers scrapes late.</summary>
internal sealed class SlowMetricsFault(TimeProvider time) : ScrapeFault
{
    /// <inheritdoc/>
    public override async Task HandleAsync(HttpContext context, RequestDelegate next, ActiveRule rule)
    {
        await DelayFault.WaitAsync(rule.Rule.Duration("fixedDelay"), time, context, rule);
        await next(context);
    }
}

/// <summary>Answers scrapes with an error.</summary>
internal sealed class FailMetricsFault : ScrapeFault
{
    /// <inheritdoc/>
    public override Task HandleAsync(HttpContext context, RequestDelegate next, ActiveRule rule) =>
        JsonAnswer.Error((int)rule.Rule.Numbers["httpStatus"], "fault injected").ExecuteAsync(context);
}
