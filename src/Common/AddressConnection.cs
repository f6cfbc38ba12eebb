using System.Net;
using System.Net.Sockets;

namespace Bookinfo.Common;

/// <summary>
/// Connects to a host of several addresses. The platform waits for each of them for as long as the kernel tries, two minutes, and does not
/// get to the next where one is silent: a node that is gone, or IPv6 that leads nowhere. Compiled into the services and into the load
/// generator, which have no library in common.
/// </summary>
internal static class AddressConnection
{
    /// <summary>
    /// How long an address is waited for before the next one gets a chance. When all had one and none has answered, each gets twice as
    /// long, and so on.
    /// </summary>
    public static readonly TimeSpan FirstPatience = TimeSpan.FromMilliseconds(300);

    /// <summary>Connects to the first address that takes the connection.</summary>
    /// <param name="addresses">At least one address, in the order in which they are to be tried.</param>
    /// <param name="port">The port.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <param name="silent">Gets each address that did not answer before the next one got a chance.</param>
    /// <exception cref="SocketException">None takes it.</exception>
    public static async ValueTask<Stream> OpenAsync(
        IReadOnlyList<IPAddress> addresses, int port, CancellationToken cancellationToken, Action<IPAddress>? silent = null)
    {
        var left = addresses.ToList();
        for (var patience = FirstPatience; left.Count > 1; patience *= 2)
        {
            foreach (var address in left.ToList())
            {
                if (left.Count == 1)
                {
                    break;
                }

                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                limit.CancelAfter(patience);
                try
                {
                    return await OpenAsync(address, port, limit.Token);
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    // The next one gets its chance.
                    silent?.Invoke(address);
                }
                catch (SocketException)
                {
                    left.Remove(address);
                }
            }
        }

        return await OpenAsync(left[0], port, cancellationToken);
    }

    private static async ValueTask<Stream> OpenAsync(IPAddress given, int port, CancellationToken cancellationToken)
    {
        // A socket of version 6 does not reach those that stand for one of version 4.
        var address = given.IsIPv4MappedToIPv6 ? given.MapToIPv4() : given;
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
