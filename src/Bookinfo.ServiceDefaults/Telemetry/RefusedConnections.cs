using System.Diagnostics.Metrics;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>How many connections were closed as soon as they were made: no request on them is in any other figure.</summary>
internal sealed class RefusedConnections
{
    /// <summary>The name of the meter.</summary>
    public const string Name = "Bookinfo.Connections";

    private long _count;

    /// <summary>Makes the instrument.</summary>
    /// <param name="meters">What makes meters, and ends them with the service.</param>
    public RefusedConnections(IMeterFactory meters) => meters.Create(Name).CreateObservableCounter(
        "bookinfo.http.server.refused_connections",
        () => Interlocked.Read(ref _count),
        "{connection}",
        "Connections that were closed at once because as many were open as the limit of open files allows.");

    /// <summary>Adds a connection that was closed as soon as it was accepted.</summary>
    public void CountOne() => Interlocked.Increment(ref _count);
}
