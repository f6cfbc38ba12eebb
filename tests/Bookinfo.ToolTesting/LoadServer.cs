using System.Net.Sockets;
using System.Text;
using Bookinfo.Testing;

namespace Bookinfo.ToolTesting;

/// <summary>
/// A server whose behavior is known: for each request a script says what it sends and when. It counts what it was asked, so that the counts
/// of a client can be compared with it.
/// </summary>
public sealed class LoadServer : IAsyncDisposable
{
    private readonly LoopbackServer _server;
    private readonly Func<int, string, NetworkStream, CancellationToken, Task<bool>> _script;
    private readonly List<string> _heads = [];
    private int _requests;

    /// <param name="script">Answers a request, which has a number, counted from 1; returns whether to keep the connection.</param>
    public LoadServer(Func<int, NetworkStream, CancellationToken, Task<bool>> script)
        : this((number, _, stream, cancellationToken) => script(number, stream, cancellationToken))
    {
    }

    /// <param name="script">The same, and is given the head of the request as well.</param>
    public LoadServer(Func<int, string, NetworkStream, CancellationToken, Task<bool>> script)
    {
        _script = script;
        _server = new LoopbackServer(ServeAsync);
    }

    /// <param name="answer">What every request is answered with.</param>
    public LoadServer(string answer)
        : this(async (_, stream, cancellationToken) =>
        {
            await SendAsync(stream, answer, cancellationToken);
            return true;
        })
    {
    }

    public Uri Address => _server.Address;

    public int Connections => _server.Connections;

    public int Requests => Volatile.Read(ref _requests);

    /// <summary>The heads of the requests, in the order in which they came.</summary>
    public IReadOnlyList<string> Heads
    {
        get
        {
            lock (_heads)
            {
                return [.. _heads];
            }
        }
    }

    public static string Ok(string body = "ok", string headers = "Content-Type: text/plain\r\n") =>
        $"HTTP/1.1 200 OK\r\n{headers}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    public static ValueTask SendAsync(NetworkStream stream, string text, CancellationToken cancellationToken) =>
        stream.WriteAsync(Encoding.Latin1.GetBytes(text), cancellationToken);

    /// <summary>
    /// Waits for at least a time, as the clock measures it that samples are taken with: a timer may end some milliseconds early.
    /// </summary>
    public static async Task HoldAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        var time = TimeProvider.System;
        var began = time.GetTimestamp();
        while (duration - time.GetElapsedTime(began) is { Ticks: > 0 } left)
        {
            await Task.Delay(left + TimeSpan.FromMilliseconds(1), cancellationToken);
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task ServeAsync(TcpClient client, int connection, CancellationToken cancellationToken)
    {
        client.NoDelay = true;
        var stream = client.GetStream();
        var buffer = new byte[16 * 1024];
        var filled = 0;
        while (true)
        {
            int end;
            while ((end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8)) < 0)
            {
                var read = await stream.ReadAsync(buffer.AsMemory(filled), cancellationToken);
                if (read == 0)
                {
                    return;
                }

                filled += read;
            }

            var head = Encoding.Latin1.GetString(buffer, 0, end);
            lock (_heads)
            {
                _heads.Add(head);
            }

            // A client that sent a second request before its answer would be found out by what is left. What is posted is not looked at.
            Assert.True(end + 4 == filled || buffer.AsSpan().StartsWith("POST "u8));
            filled = 0;
            if (!await _script(Interlocked.Increment(ref _requests), head, stream, cancellationToken))
            {
                return;
            }
        }
    }
}
