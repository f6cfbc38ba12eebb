using Bookinfo.Testing;

namespace Bookinfo.ToolTesting;

/// <summary>Seven ports in a row that nothing listens on: productpage's, then the backends', then Prometheus'.</summary>
public sealed record FreePorts(int First)
{
    private const int Count = 7;

    public int Page => First;

    public int Backends => First + 1;

    public int Prometheus => First + 6;

    public string[] Options => ["--port", $"{Page}", "--backend-port", $"{Backends}"];

    public static FreePorts Find() => new(FreePort.Find(Count));
}
