using Bookinfo.Contracts;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>Whether the service is ready, as far as faults go.</summary>
/// <param name="board">The active rules.</param>
internal sealed class FaultReadiness(FaultBoard board) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var starting = board.Has(FaultCatalog.SlowStart, static rule => ((SlowStartFault)rule.Fault).Left(rule) > 0);
        return Task.FromResult(starting || board.Has(FaultCatalog.NotReady)
            ? HealthCheckResult.Unhealthy("fault injected")
            : HealthCheckResult.Healthy());
    }
}

/// <summary>Whether the service is alive, as far as faults go.</summary>
/// <param name="board">The active rules.</param>
internal sealed class FaultLiveness(FaultBoard board) : IHealthCheck
{
    /// <summary>The name of the check, which the liveness probe asks and the readiness probe does not.</summary>
    public const string Name = "alive";

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            board.Has(FaultCatalog.NotLive) ? HealthCheckResult.Unhealthy("fault injected") : HealthCheckResult.Healthy());
}
