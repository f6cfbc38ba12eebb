using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>Does not answer. What the caller has not given up is dropped after the limit, or when the rule ends.</summary>
internal sealed class HangFault(TimeProvider time) : Fault
{
    /// <inheritdoc/>
    public override bool ConcernsRequests => true;

    /// <inheritdoc/>
    public override async Task HandleAsync(HttpContext context, RequestDelegate next, ActiveRule rule)
    {
        await DelayFault.WaitAsync(rule.Rule.Duration("limit"), time, context, rule);
        DisconnectFault.Drop(context);
    }
}
