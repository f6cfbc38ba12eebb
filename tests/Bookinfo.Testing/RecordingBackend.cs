using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace Bookinfo.Testing;

/// <summary>
/// A backend that writes down the bytes of every request and answers whatever it is told to, down to what is no HTTP. It speaks to the
/// socket itself, so that nothing between the wire and the test can make up for a mistake.
/// </summary>
public sealed class RecordingBackend : IAsyncDisposable
{
    private readonly LoopbackServer _server;
    private readonly ConcurrentQueue<RecordedRequest> _requests = new();
    private readonly Func<RecordedRequest, Func<Stream, CancellationToken, Task>> _answer;

    /// <summary>Starts a backend on a free port of 127.0.0.1.</summary>
    /// <param name="answer">Says for each request what is written in return. The connection is closed when that throws.</param>
    public RecordingBackend(Func<RecordedRequest, Func<Stream, CancellationToken, Task>> answer)
    {
        _answer = answer;
        _server = new LoopbackServer(ServeAsync);
    }

    /// <summary>Starts one that gives the same answer to every request.</summary>
    /// <param name="status">The status.</param>
    /// <param name="body">The body.</param>
    public RecordingBackend(int status, string body)
        : this(_ => Answer(status, body))
    {
    }

    public Uri Address => _server.Address;

    /// <summary>The requests so far, in the order in which they came.</summary>
    public IReadOnlyList<RecordedRequest> Requests => [.. _requests];

    /// <summary>A complete answer.</summary>
    public static Func<Stream, CancellationToken, Task> Answer(int status, string body) => (stream, token) =>
        stream.WriteAsync(
            Encoding.UTF8.GetBytes($"HTTP/1.1 {status} Whatever\r\nContent-Type: application/json\r\nContent-Length: "
                + $"{Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"),
            token).AsTask();

    /// <summary>Bytes as they are, and then the end of the connection.</summary>
    public static Func<Stream, CancellationToken, Task> RawThenClose(string bytes) => async (stream, token) =>
    {
        await stream.WriteAsync(Encoding.Latin1.GetBytes(bytes), token);
        throw new IOException("closed on purpose");
    };

    /// <summary>No answer at all, for as long as the backend lives.</summary>
    public static Func<Stream, CancellationToken, Task> Hang { get; } = static (_, token) => Task.Delay(Timeout.Infinite, token);

    /// <summary>The head of an answer and the beginning of its body, and then nothing more.</summary>
    public static Func<Stream, CancellationToken, Task> HangInBody { get; } = static async (stream, token) =>
    {
        await stream.WriteAsync(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"id\":"u8.ToArray(), token);
        await Task.Delay(Timeout.Infinite, token);
    };

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task ServeAsync(TcpClient client, int connection, CancellationToken cancellationToken)
    {
        var stream = client.GetStream();
        await using var input = new BufferedStream(stream);
        while (await RequestHead.ReadAsync(input, cancellationToken) is { } head)
        {
            var request = head.Parse(connection);
            _requests.Enqueue(request);
            await _answer(request)(stream, cancellationToken);
            if (request.Values("connection") is ["close"])
            {
                return;
            }
        }
    }
}
