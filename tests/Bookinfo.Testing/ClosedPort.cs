using System.Net;
using System.Net.Sockets;

namespace Bookinfo.Testing;

/// <summary>
/// A port of 127.0.0.1 on which nothing listens, and nothing else can until this is disposed: connections to it are refused.
/// </summary>
public sealed class ClosedPort : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    /// <summary>Takes a free port.</summary>
    public ClosedPort()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_socket.LocalEndPoint!).Port}");
    }

    public Uri Address { get; }

    public void Dispose() => _socket.Dispose();
}
