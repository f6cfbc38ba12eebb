using Bookinfo.Contracts;
using Bookinfo.Testing;

namespace Bookinfo.ToolTesting;

/// <summary>
/// Ports in a row that nothing listens on: productpage's, then the backends', then Prometheus' and the dashboard's, then those for faults.
/// Behind them there is room for those that <c>up</c> looks for itself.
/// </summary>
public sealed record FreePorts(int First)
{
    /// <summary>How many versions the catalog has, productpage among them.</summary>
    private static readonly int Services = ServiceCatalog.All.Sum(service => service.Versions.Count);

    /// <summary>
    /// Ports for faults that nobody has asked for begin 20 after that of the page, and the dashboard takes telemetry on a port after its
    /// own.
    /// </summary>
    private const int Room = 30;

    public int Page => First;

    public int Backends => First + 1;

    public int Prometheus => First + Services;

    public int Dashboard => Prometheus + 1;

    public int Management => Dashboard + 1;

    public string[] Options => ["--port", $"{Page}", "--backend-port", $"{Backends}", "--management-port", $"{Management}"];

    public static FreePorts Find() => new(FreePort.Find(Room));
}
