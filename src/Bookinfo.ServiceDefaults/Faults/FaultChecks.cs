using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>Whether the service is ready, as far as faults go.</summary>
/// <param name="board">The active rules.</param>
internal sealed class FaultReadiness(FaultBoard board) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            board.Any(static rule => rule.Fault.FailsReadiness(rule))
                ? HealthCheckResult.Unhealthy("fault injected")
                : HealthCheckResult.Healthy());
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
            board.Any(static rule => rule.Fault.FailsLiveness(rule))
                ? HealthCheckResult.Unhealthy("fault injected")
                : HealthCheckResult.Healthy());
}
