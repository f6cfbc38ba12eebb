using System.Net;
using System.Net.Sockets;

namespace Bookinfo.Testing;

/// <summary>
/// Finds ports that nothing listens on, for processes that have to be told theirs. They lie below the range from which outgoing connections
/// and servers on 'any port' take theirs, so that none of those takes one before the process does.
/// </summary>
public static class FreePort
{
    private const int First = 20_000;
    private const int Last = 32_000;

    private static readonly Lock Guard = new();

    /// <summary>Each process begins elsewhere, as several may run.</summary>
    private static int _next = First + (Environment.ProcessId * 60 % 10_000);

    /// <summary>Finds some in a row. None is found twice by the same process until all others have been.</summary>
    /// <param name="count">How many.</param>
    /// <returns>The first.</returns>
    public static int Find(int count = 1)
    {
        lock (Guard)
        {
            while (true)
            {
                var first = _next + count > Last ? First : _next;
                _next = first + count;
                if (Enumerable.Range(first, count).All(port => IsFree(IPAddress.Any, port) && IsFree(IPAddress.IPv6Any, port)))
                {
                    return first;
                }
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
