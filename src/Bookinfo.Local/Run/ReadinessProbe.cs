using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bookinfo.Local;

/// <summary>
/// Asks a service whether it is ready. On a bare socket: while six services start on two cores, an HTTP client and an exception for every
/// refused connection would take their time away from them.
/// </summary>
/// <param name="port">The port of the service.</param>
/// <param name="path">What to ask for.</param>
public sealed class ReadinessProbe(int port, string path)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly byte[] _request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    private readonly IPEndPoint _address = new(IPAddress.Loopback, port);

    /// <summary>Asks once.</summary>
    /// <param name="cancellationToken">Ends the wait for an answer.</param>
    /// <returns>Whether it answers 200, within two seconds.</returns>
    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (!await ConnectAsync(socket))
        {
            return false;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await socket.SendAsync(_request, patience.Token);
            var answer = new byte[64];
            var length = await socket.ReceiveAsync(answer, patience.Token);
            return answer.AsSpan(0, length).StartsWith("HTTP/1.1 200"u8);
        }
        catch (Exception exception) when (
            exception is SocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<bool> ConnectAsync(Socket socket)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var connect = new SocketAsyncEventArgs { RemoteEndPoint = _address };
        connect.Completed += (_, _) => done.SetResult();
        if (socket.ConnectAsync(connect))
        {
            // On the loopback a connection is made or refused at once.
            await done.Task;
        }

        return connect.SocketError == SocketError.Success;
    }
}
