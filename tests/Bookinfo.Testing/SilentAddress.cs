using System.Net;
using System.Net.Sockets;

namespace Bookinfo.Testing;

/// <summary>An address that answers nothing, not even that it refuses: the queue of a socket that accepts nobody is full.</summary>
public sealed class SilentAddress : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _queue = [];

    /// <summary>Takes a port of it.</summary>
    /// <param name="address">The address, of version 4.</param>
    /// <param name="port">The port; 0 for a free one.</param>
    public SilentAddress(IPAddress address, int port)
    {
        _listener.Bind(new IPEndPoint(address, port));
        _listener.Listen(1);
        for (var number = 0; number < 4; number++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            _queue.Add(socket);
            try
            {
                socket.Connect(_listener.LocalEndPoint!);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.WouldBlock)
            {
                // It is on its way into the queue, or for good.
            }
        }
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public void Dispose()
    {
        _queue.ForEach(socket => socket.Dispose());
        _listener.Dispose();
    }
}
