using System.Net;
using System.Net.Sockets;

namespace Bookinfo.Cli.Tests;

/// <summary>Seven ports in a row that nothing listens on: productpage's, then the backends', then Prometheus'.</summary>
internal sealed record FreePorts(int First)
{
    private const int Count = 7;

    /// <summary>Below the range that outgoing connections take theirs from; beginning elsewhere in each process, as several may run.</summary>
    private static int _next = 20_000 + (Environment.ProcessId * 60 % 10_000);

    public int Page => First;

    public int Backends => First + 1;

    public int Prometheus => First + 6;

    public string[] Options => ["--port", $"{Page}", "--backend-port", $"{Backends}"];

    public static FreePorts Find()
    {
        while (true)
        {
            var first = _next;
            _next += Count;
            if (Enumerable.Range(first, Count).All(port => IsFree(IPAddress.Any, port) && IsFree(IPAddress.IPv6Any, port)))
            {
                return new FreePorts(first);
            }
        }
    }

    private static bool IsFree(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            return true;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode == SocketError.AddressFamilyNotSupported;
        }
    }
}
