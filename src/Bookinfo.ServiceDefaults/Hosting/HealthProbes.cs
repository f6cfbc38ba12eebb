using Bookinfo.ServiceDefaults.Faults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary>The probes for Kubernetes, beside the <c>/health</c> of the wire contract.</summary>
internal static class HealthProbes
{
    /// <summary>
    /// Maps <c>/health/live</c> (200 as long as the process answers at all, unless a fault says otherwise) and <c>/health/ready</c> (503
    /// when a health check says that the service should get no requests).
    /// </summary>
    /// <param name="app">The application.</param>
    public static void MapHealthProbes(this WebApplication app)
    {
        app.MapProbe("/health/live", static check => check.Name == FaultLiveness.Name);
        app.MapProbe("/health/ready", static check => check.Name != FaultLiveness.Name);
    }

    private static void MapProbe(this WebApplication app, string path, Func<HealthCheckRegistration, bool> includes) =>
        app.MapHealthChecks(path, new HealthCheckOptions { Predicate = includes }).ReadOnly();
}
