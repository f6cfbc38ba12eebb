using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Bookinfo.Ratings;

/// <summary>Takes a pod that plays unhealthy out of its Service.</summary>
/// <param name="misbehavior">Whether it does.</param>
internal sealed class RatingsHealth(Misbehavior misbehavior) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(misbehavior.IsUnhealthy ? HealthCheckResult.Unhealthy("SERVICE_VERSION=v-unhealthy") : HealthCheckResult.Healthy());
}
