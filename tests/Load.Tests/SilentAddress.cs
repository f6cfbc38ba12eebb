using System.Net;
using System.Net.Sockets;

namespace Bookinfo.Load.Tests;

/// <summary>An address that answers nothing, not even that it refuses: the queue of a socket that accepts nobody is full.</summary>
internal sealed class SilentAddress : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _queue = [];

    public SilentAddress(IPAddress address, int port)
    {
        _listener.Bind(new IPEndPoint(address, port));
        _listener.Listen(1);
        for (var number = 0; number < 4; number++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            Assert.Throws<SocketException>(() => socket.Connect(_listener.LocalEndPoint!));
            _queue.Add(socket);
        }
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public void Dispose()
    {
        _queue.ForEach(socket => socket.Dispose());
        _listener.Dispose();
    }
}
