using System.Net.Sockets;
using System.Text;

namespace Bookinfo.Testing;

/// <summary>
/// Sends any bytes whatever to a server and reads what comes back: an HTTP client would refuse to send most of what matters here.
/// </summary>
public static class RawHttp
{

    /// <summary>Sends bytes on a connection of their own and reads until the server closes it.</summary>
    /// <param name="server">Where to send to.</param>
    /// <param name="request">What to send. A well-formed request must ask for <c>Connection: close</c>.</param>
    /// <param name="endAfterwards">
    /// Whether to close the sending side then, which says that this is all. A server that waits for more gives up, and one that does not
    /// may take it for the end of a client that does not care for the answer.
    /// </param>
    /// <returns>The first response, or <see langword="null"/> when the server closed the connection without one.</returns>
    public static async Task<RawResponse?> SendAsync(Uri server, ReadOnlyMemory<byte> request, bool endAfterwards = false)
    {
        using var client = new TcpClient();
        using var patience = new CancellationTokenSource(Eventually.Never);
        await client.ConnectAsync(server.Host.Trim('[', ']'), server.Port, patience.Token);
        var stream = client.GetStream();
        using var received = new MemoryStream();
        try
        {
            await stream.WriteAsync(request, patience.Token);
            if (endAfterwards)
            {
                client.Client.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // The server answered and closed before it had read everything. The answer is there to be read all the same.
        }

        var buffer = new byte[64 * 1024];
        try
        {
            int count;
            while ((count = await stream.ReadAsync(buffer, patience.Token)) > 0)
            {
                received.Write(buffer, 0, count);
                if (!endAfterwards && RawResponse.Parse(received.GetBuffer().AsSpan(0, (int)received.Length)) is { IsLast: true })
                {
                    // Who has all of the last answer closes his side. A server that was not sent everything waits for that.
                    client.Client.Shutdown(SocketShutdown.Send);
                    endAfterwards = true;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // Reset after the answer.
        }

        return RawResponse.Parse(received.GetBuffer().AsSpan(0, (int)received.Length));
    }

    /// <summary>Sends bytes and drops the connection.</summary>
    /// <param name="server">Where to send to.</param>
    /// <param name="request">What to send.</param>
    public static async Task ResetAsync(Uri server, ReadOnlyMemory<byte> request)
    {
        using var client = new TcpClient();
        using var patience = new CancellationTokenSource(Eventually.Never);
        await client.ConnectAsync(server.Host.Trim('[', ']'), server.Port, patience.Token);
        try
        {
            await client.GetStream().WriteAsync(request, patience.Token);
        }
        catch (IOException)
        {
            // The server was faster.
        }

        Reset(client);
    }

    /// <summary>Drops a connection (RST). Disposed as it is, a client says first that nothing more comes (FIN).</summary>
    /// <param name="client">The client.</param>
    public static void Reset(TcpClient client)
    {
        client.LingerState = new LingerOption(enable: true, seconds: 0);
        client.Client.Close();
    }

    /// <summary>Sends text, one character a byte.</summary>
    /// <inheritdoc cref="SendAsync(Uri, ReadOnlyMemory{byte}, bool)"/>
    public static Task<RawResponse?> SendAsync(Uri server, string request, bool endAfterwards = false) =>
        SendAsync(server, Encoding.Latin1.GetBytes(request), endAfterwards);

    /// <summary>Sends a GET with header lines of one's own.</summary>
    /// <param name="server">Where to send to.</param>
    /// <param name="target">The request target.</param>
    /// <param name="headers">Header lines without their ends.</param>
    /// <returns>The response.</returns>
    public static Task<RawResponse?> GetAsync(Uri server, string target, params string[] headers) => SendAsync(
        server,
        $"GET {target} HTTP/1.1\r\nHost: {server.Authority}\r\nConnection: "
        + $"close\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n");
}
