using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary>
/// Connection middleware that ends connections as RFC 9112 section 9.6 asks: when a request was answered before all of it was read, what
/// the client still sends is read and thrown away for a while. If the connection were closed at once, the next bytes to arrive would reset
/// it, and a client that sends everything before it reads would lose the answer.
/// </summary>
/// <param name="next">The server's handling of the connection.</param>
/// <param name="options">How much to read, and for how long.</param>
internal sealed class LingeringClose(ConnectionDelegate next, LingerOptions options, TimeProvider time)
{
    /// <summary>Handles a connection.</summary>
    /// <param name="connection">The connection.</param>
    public async Task InvokeAsync(ConnectionContext connection)
    {
        var end = new ConnectionEnd(connection);
        connection.Features.Set(end);
        await next(connection);
        if (end.RejectionBody is { } body)
        {
            // Even when the client has closed its side: it may still be reading.
            await connection.Transport.Output.WriteAsync(body);
        }

        if (end.IsEarly)
        {
            await ReadOnAsync(connection);
        }
    }

    private async Task ReadOnAsync(ConnectionContext connection)
    {
        // A service that is stopping does not wait for clients that are still sending.
        var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested
            ?? CancellationToken.None;
        using var longest = new CancellationTokenSource(options.Longest, time);
        using var pause = new CancellationTokenSource(options.LongestPause, time);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(
            stopping, longest.Token, pause.Token, connection.ConnectionClosed);
        var input = connection.Transport.Input;
        try
        {
            for (var left = options.MostBytes; left > 0;)
            {
                var read = await input.ReadAsync(enough.Token);
                left -= read.Buffer.Length;
                input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    return;
                }

                pause.CancelAfter(options.LongestPause);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or InvalidOperationException)
        {
            // Enough was read; or the connection is gone, or was left in the middle of a read. The answer is on its way in any case.
        }
    }
}
