namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary>How a service shuts down.</summary>
/// <param name="Period">
/// How long a service that is told to stop goes on serving (<c>DRAIN_SECONDS</c>: 0 to 300, 5 when not set), so that load balancers notice
/// that it is no longer ready before it closes its port.
/// </param>
public sealed record DrainOptions(TimeSpan Period);
