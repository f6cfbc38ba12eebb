using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary>Whether the service wants new requests: yes, until it is told to stop.</summary>
public sealed class Readiness : IHealthCheck
{
    private volatile bool _draining;

    /// <summary>Whether the service was told to stop.</summary>
    public bool Draining => _draining;

    /// <summary>Turns the service unready, for good.</summary>
    public void StartDraining() => _draining = true;

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_draining ? HealthCheckResult.Unhealthy("stopping") : HealthCheckResult.Healthy());
}
