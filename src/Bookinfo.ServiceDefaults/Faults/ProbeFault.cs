using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Configuration;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>Fails a probe: <see cref="FaultReadiness"/> and <see cref="FaultLiveness"/> ask whether there is such a rule.</summary>
internal sealed class ProbeFault : Fault
{
    /// <summary>Whether <c>/health</c> of the wire contract fails as well.</summary>
    /// <param name="board">The active rules.</param>
    /// <param name="path">The path of a probe.</param>
    public static bool FailsHealth(FaultBoard board, PathString path) =>
        path == "/health" && board.Find(FaultCatalog.NotReady) is { } rule && rule.Rule.Numbers["health"] > 0;

    /// <summary>Answers <c>/health</c> with 500, as the contract says for ratings.</summary>
    /// <param name="context">The request.</param>
    /// <param name="service">Who the service is.</param>
    public static async Task AnswerAsync(HttpContext context, ServiceIdentity service)
    {
        var name = char.ToUpperInvariant(service.Name[0]) + service.Name[1..];
        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        context.Response.ContentType = "application/json";
        await WholeAnswer.SendAsync(
            context, WireJson.ToBytes(new HealthStatus($"{name} is not healthy"), HealthStatusJson.Default.HealthStatus));
    }
}
