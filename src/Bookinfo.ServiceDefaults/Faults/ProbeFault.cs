using Bookinfo.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>Fails a probe: <see cref="FaultReadiness"/> and <see cref="FaultLiveness"/> ask whether there is such a rule.</summary>
internal sealed class ProbeFault : Fault
{
    /// <summary>Whether <c>/health</c> of the wire contract fails as well.</summary>
    /// <param name="board">The active rules.</param>
    /// <param name="context">A probe, which has been routed.</param>
    public static bool FailsHealth(FaultBoard board, HttpContext context) =>
        context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: "/health" }
        && board.Has(FaultCatalog.NotReady, static rule => rule.Rule.Numbers["health"] > 0);

    /// <summary>Answers <c>/health</c> with 500, as the contract says for ratings.</summary>
    /// <param name="context">The request.</param>
    /// <param name="service">The service.</param>
    public static async Task AnswerAsync(HttpContext context, ServiceDefinition service)
    {
        var name = char.ToUpperInvariant(service.Name[0]) + service.Name[1..];
        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        context.Response.ContentType = "application/json";
        await WholeAnswer.SendAsync(
            context, WireJson.ToBytes(new HealthStatus($"{name} is not healthy"), HealthStatusJson.Default.HealthStatus));
    }
}
