using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace Bookinfo.Testing;

/// <summary>
/// Stands in front of a backend and passes everything through byte for byte, but for the requests that it is told to spoil. Which those
/// are is decided by what is in them and never by chance or time, so that a test can say beforehand what has to come of each.
/// </summary>
/// <remarks>It writes down every request. Callers must not send a request before the last one of the connection is answered.</remarks>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly LoopbackServer _server;
    private readonly Uri _backend;
    private readonly Func<RecordedRequest, Fault?> _rule;
    private readonly ConcurrentQueue<RecordedRequest> _requests = new();

    /// <summary>Starts a proxy on a free port of 127.0.0.1.</summary>
    /// <param name="backend">What it stands in front of, which need not be there yet.</param>
    /// <param name="rule">Says how a request is spoiled; <see langword="null"/> for one that is passed on.</param>
    public FaultProxy(Uri backend, Func<RecordedRequest, Fault?> rule)
    {
        _backend = backend;
        _rule = rule;
        _server = new LoopbackServer(ServeAsync);
    }

    /// <summary>Starts a proxy that spoils the requests for some products.</summary>
    /// <param name="backend">What it stands in front of.</param>
    /// <param name="faults">How, by the id at the end of the path, such as <c>1503</c> of <c>/ratings/1503</c>.</param>
    public FaultProxy(Uri backend, IReadOnlyDictionary<string, Fault> faults)
        : this(backend, request => faults.GetValueOrDefault(request.Target[(request.Target.LastIndexOf('/') + 1)..]))
    {
    }

    public Uri Address => _server.Address;

    /// <summary>The requests so far, spoiled or not, in the order in which they came.</summary>
    public IReadOnlyList<RecordedRequest> Requests => [.. _requests];

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task ServeAsync(TcpClient client, int connection, CancellationToken cancellationToken)
    {
        client.NoDelay = true;
        var caller = client.GetStream();
        await using var input = new BufferedStream(caller);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Upstream? upstream = null;
        try
        {
            while (await RequestHead.ReadAsync(input, ended.Token) is { } head)
            {
                var request = head.Parse(connection);
                var fault = _rule(request);
                _requests.Enqueue(request);
                if (fault is not null)
                {
                    await SpoilAsync(fault, head, caller, input, ended.Token);
                    if (request.Values("connection") is ["close"])
                    {
                        return;
                    }

                    continue;
                }

                upstream ??= await Upstream.ConnectAsync(_backend, caller, ended);
                await upstream.Stream.WriteAsync(head.Bytes, ended.Token);
                await CopyBodyAsync(request, input, upstream.Stream, ended.Token);
            }
        }
        finally
        {
            // The backend learns at once that the caller has left, as it would without a proxy.
            await ended.CancelAsync();
            upstream?.Dispose();
        }
    }

    private async Task SpoilAsync(Fault fault, RequestHead head, NetworkStream caller, Stream input, CancellationToken cancellationToken)
    {
        switch (fault.Kind)
        {
            case FaultKind.Answer:
                await AnswerAsync(caller, fault.Status!.Value, cancellationToken);
                return;
            case FaultKind.Replace:
                await AskAsync(head, cancellationToken);
                await AnswerAsync(caller, fault.Status!.Value, cancellationToken);
                return;
            case FaultKind.Hang:
                await WaitForEndAsync(input, cancellationToken);
                return;
            case FaultKind.HangInBody:
                await HalfAnAnswerAsync(caller, cancellationToken);
                await WaitForEndAsync(input, cancellationToken);
                return;
            case FaultKind.CloseInBody:
                await HalfAnAnswerAsync(caller, cancellationToken);
                break;
            case FaultKind.NoHttp:
                await caller.WriteAsync("what is this?\r\n\r\n"u8.ToArray(), cancellationToken);
                break;
        }

        throw new IOException("closed on purpose");
    }

    private static async Task AnswerAsync(NetworkStream caller, int status, CancellationToken cancellationToken)
    {
        const string Body = """{"error":"injected"}""";
        await caller.WriteAsync(
            Encoding.Latin1.GetBytes(
                $"HTTP/1.1 {status} Injected\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n{Body}"),
            cancellationToken);
    }

    private static async Task HalfAnAnswerAsync(NetworkStream caller, CancellationToken cancellationToken) =>
        await caller.WriteAsync(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"id\":"u8.ToArray(), cancellationToken);

    private static async Task WaitForEndAsync(Stream input, CancellationToken cancellationToken)
    {
        if (await input.ReadAsync(new byte[1], cancellationToken) > 0)
        {
            throw new InvalidOperationException("The caller sent something before it had an answer.");
        }

        throw new IOException("the caller has left");
    }

    /// <summary>Asks the backend and waits until it has answered in full.</summary>
    private async Task AskAsync(RequestHead head, CancellationToken cancellationToken)
    {
        // Asked to close, the backend says by that where its answer ends.
        var text = Encoding.Latin1.GetString(head.Bytes);
        if (!text.Contains("\r\nconnection: close\r\n", StringComparison.OrdinalIgnoreCase))
        {
            text = text[..^2] + "Connection: close\r\n\r\n";
        }

        using var client = new TcpClient();
        await client.ConnectAsync(_backend.Host, _backend.Port, cancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(text), cancellationToken);
        await stream.CopyToAsync(Stream.Null, cancellationToken);
    }

    private static async Task CopyBodyAsync(RecordedRequest request, Stream from, NetworkStream to, CancellationToken cancellationToken)
    {
        if (request.Values("transfer-encoding").Count > 0)
        {
            throw new NotSupportedException("The services send no chunked requests.");
        }

        var length = request.Values("content-length") is [var value]
            ? int.Parse(value, System.Globalization.CultureInfo.InvariantCulture)
            : 0;
        var body = new byte[length];
        await from.ReadExactlyAsync(body, cancellationToken);
        await to.WriteAsync(body, cancellationToken);
    }

    /// <summary>A connection to the backend, from which everything goes straight to the caller.</summary>
    private sealed class Upstream : IDisposable
    {
        private readonly TcpClient _client;

        private Upstream(TcpClient client) => _client = client;

        public NetworkStream Stream => _client.GetStream();

        public static async Task<Upstream> ConnectAsync(Uri backend, NetworkStream caller, CancellationTokenSource ended)
        {
            var client = new TcpClient { NoDelay = true };
            try
            {
                await client.ConnectAsync(backend.Host, backend.Port, ended.Token);
            }
            catch
            {
                client.Dispose();
                throw;
            }

            var upstream = new Upstream(client);
            _ = upstream.CopyAnswersAsync(caller, ended);
            return upstream;
        }

        public void Dispose() => _client.Dispose();

        private async Task CopyAnswersAsync(NetworkStream caller, CancellationTokenSource ended)
        {
            try
            {
                await Stream.CopyToAsync(caller, ended.Token);
                // What the backend closes is closed for the caller too, once everything has gone out.
                caller.Socket.Shutdown(SocketShutdown.Send);
                await ended.CancelAsync();
            }
            catch (Exception exception) when (
                exception is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // One of the two sides has ended, and the other is told by the end of this connection.
                await CancelAsync(ended);
            }
        }

        private static async Task CancelAsync(CancellationTokenSource ended)
        {
            try
            {
                await ended.CancelAsync();
            }
            catch (ObjectDisposedException)
            {
                // Both ended at once.
            }
        }
    }
}
