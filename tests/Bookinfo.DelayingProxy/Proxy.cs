using System.Net;
using System.Net.Sockets;
using Bookinfo.Load;

namespace Bookinfo.DelayingProxy;

/// <summary>
/// Passes TCP connections of 127.0.0.1 on, and holds back what a client sends for a time of its own, exact to tens of microseconds: a known
/// delay to measure. A request is taken to come in one piece, as small ones do. The time begins when the request would be passed on if
/// there were no delay: two proxies whose delays differ by a time differ by that time and nothing else. A thread that is already there
/// serves a connection from its beginning to its end.
/// </summary>
public sealed class Proxy : IDisposable
{
    private const int Threads = 64;
    private const int ThreadStack = 256 * 1024;

    /// <summary>How long before the end of the delay a thread wakes: to be woken takes a while, and that is not to be added.</summary>
    private static readonly TimeSpan Early = TimeSpan.FromMicroseconds(150);

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly IPEndPoint _target;
    private readonly TimeProvider _time;
    private readonly DueTimer _timer;
    private readonly long _early;
    private long _delayTicks;

    /// <summary>Starts to listen.</summary>
    /// <param name="port">Where it listens; 0 for any.</param>
    /// <param name="targetPort">Where it passes on to.</param>
    /// <param name="delay">How long it holds back a request.</param>
    /// <param name="time">The clock, which must be the system's.</param>
    public Proxy(int port, int targetPort, TimeSpan delay, TimeProvider time)
    {
        _target = new IPEndPoint(IPAddress.Loopback, targetPort);
        _time = time;
        _timer = new DueTimer(time);
        Delay = delay;
        _early = (long)(Early.TotalSeconds * time.TimestampFrequency);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.Listen();
        for (var thread = 0; thread < Threads; thread++)
        {
            new Thread(Accept, ThreadStack) { IsBackground = true, Name = $"connection {thread}" }.Start();
        }
    }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>How long it holds back a request. A change is for requests that come after it.</summary>
    public TimeSpan Delay
    {
        get => TimeSpan.FromTicks(Volatile.Read(ref _delayTicks));
        set => Volatile.Write(ref _delayTicks, value.Ticks);
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private void Accept()
    {
        DueTimer.PrepareThread();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            try
            {
                using var client = _listener.Accept();
                Serve(client, buffer);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // A side went away; the other one is closed as well.
            }
        }
    }

    private void Serve(Socket client, byte[] buffer)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.NoDelay = server.NoDelay = true;
        server.Connect(_target);
        while (true)
        {
            var readable = new List<Socket> { client, server };
            Socket.Select(readable, null, null, -1);
            var from = readable[0];
            var read = from.Receive(buffer);
            if (read == 0)
            {
                return;
            }

            if (from == client)
            {
                HoldUntil(_time.GetTimestamp() + (long)(Delay.TotalSeconds * _time.TimestampFrequency));
            }

            (from == client ? server : client).Send(buffer, read, SocketFlags.None);
        }
    }

    private void HoldUntil(long moment)
    {
        while (_time.GetTimestamp() < moment - _early)
        {
            _timer.Sleep(moment - _early);
        }

        while (_time.GetTimestamp() < moment)
        {
            Thread.SpinWait(20);
        }
    }
}
