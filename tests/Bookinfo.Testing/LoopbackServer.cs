using System.Net;
using System.Net.Sockets;

namespace Bookinfo.Testing;

/// <summary>
/// A server of bare TCP connections on a free port of 127.0.0.1. It stops when it is disposed, with every connection it serves.
/// </summary>
public sealed class LoopbackServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Func<TcpClient, int, CancellationToken, Task> _serve;
    private readonly Task _accepting;

    /// <summary>Starts one.</summary>
    /// <param name="serve">
    /// Serves a connection, which has a number, counted from 1. An end of the connection on either side may throw.
    /// </param>
    public LoopbackServer(Func<TcpClient, int, CancellationToken, Task> serve)
    {
        _serve = serve;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>How many connections there have been.</summary>
    public int Connections { get; private set; }

    /// <summary>Passes everything on to another server and back, until one side has ended.</summary>
    /// <param name="client">The connection.</param>
    /// <param name="target">The address of the other server.</param>
    /// <param name="token">Ends it.</param>
    public static async Task RelayAsync(TcpClient client, Uri target, CancellationToken token)
    {
        using var upstream = new TcpClient();
        await upstream.ConnectAsync(target.Host, target.Port, token);
        await Task.WhenAny(
            client.GetStream().CopyToAsync(upstream.GetStream(), token), upstream.GetStream().CopyToAsync(client.GetStream(), token));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        // In this order: a listener that is disposed between two connections would throw something else than that it is cancelled.
        await _accepting;
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stopping.Token), ++Connections));
            }
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client, int number)
    {
        try
        {
            using (client)
            {
                await _serve(client, number, _stopping.Token);
            }
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            // The other side gave up, or the test is over.
        }
    }

    private static bool IsEnd(Exception exception) =>
        exception is IOException or OperationCanceledException or SocketException or ObjectDisposedException;
}
