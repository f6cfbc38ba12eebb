using System.Net;
using System.Net.Sockets;
using Bookinfo.Load;

namespace Bookinfo.DelayingProxy;

/// <summary>
/// Passes TCP connections of 127.0.0.1 on, and holds back what a client sends for a time of its own, exact to tens of microseconds: a known delay to measure. A
/// request is taken to come in one piece, as small ones do. Each direction of each connection has a thread, so that none waits for another.
/// </summary>
internal sealed class Proxy : IDisposable
{
    private readonly TcpListener _listener;
    private readonly int _targetPort;
    private readonly TimeSpan _delay;
    private readonly TimeProvider _time;

    /// <summary>Starts it.</summary>
    /// <param name="port">Where it listens.</param>
    /// <param name="targetPort">Where it passes on to.</param>
    /// <param name="delay">How long it holds back a request.</param>
    /// <param name="time">The clock, which must be the system's.</param>
    public Proxy(int port, int targetPort, TimeSpan delay, TimeProvider time)
    {
        _targetPort = targetPort;
        _delay = delay;
        _time = time;
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        Run(Accept);
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private static void Run(Action action) => new Thread(() =>
    {
        try
        {
            action();
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // A side went away, and the other one has been told.
        }
    })
    { IsBackground = true }.Start();

    private void Accept()
    {
        while (true)
        {
            var client = _listener.AcceptSocket();
            Run(() => Serve(client));
        }
    }

    private void Serve(Socket client)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using (client)
        {
            client.NoDelay = server.NoDelay = true;
            server.Connect(IPAddress.Loopback, _targetPort);
            var answers = new Thread(() => Pump(server, client, TimeSpan.Zero)) { IsBackground = true };
            answers.Start();
            Pump(client, server, _delay);
            answers.Join();
        }
    }

    private void Pump(Socket from, Socket to, TimeSpan delay)
    {
        try
        {
            DueTimer.PrepareThread();
            var timer = new DueTimer(_time);
            var length = (long)(delay.TotalSeconds * _time.TimestampFrequency);
            var buffer = new byte[64 * 1024];
            int read;
            while ((read = from.Receive(buffer)) > 0)
            {
                for (var until = _time.GetTimestamp() + length; _time.GetTimestamp() < until;)
                {
                    timer.Sleep(until);
                }

                to.Send(buffer, read, SocketFlags.None);
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // What is broken on one side is over on both.
            from.Close();
            to.Close();
        }
    }
}
