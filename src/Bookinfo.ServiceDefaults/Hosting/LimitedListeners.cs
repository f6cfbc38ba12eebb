using System.IO.Pipelines;
using System.Net;
using Bookinfo.ServiceDefaults.Logging;
using Bookinfo.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary>
/// Accepts connections for the server, and closes those over the limit at once. The server's own limit would close them later, on a thread
/// of the pool; and when files run out meanwhile, the server retries without a pause.
/// </summary>
/// <param name="sockets">What accepts connections.</param>
/// <param name="limits">How many there may be.</param>
/// <param name="refused">Where those are counted that are closed.</param>
/// <param name="logger">Where reaching the limit is logged.</param>
internal sealed class LimitedListeners(
    IConnectionListenerFactory sockets,
    ConnectionLimits limits,
    RefusedConnections refused,
    TimeProvider time,
    ILogger<LimitedListeners> logger)
    : IConnectionListenerFactory
{
    private readonly SeldomReport _report = new(
        time, connections => LogEvents.ConnectionsRefused(logger, connections, limits.Visitors));

    private int _open;

    /// <inheritdoc/>
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(this, await sockets.BindAsync(endpoint, cancellationToken));

    private bool TryBegin()
    {
        if (Interlocked.Increment(ref _open) <= limits.Visitors)
        {
            return true;
        }

        End();
        return false;
    }

    private void End() => Interlocked.Decrement(ref _open);

    private void Refuse()
    {
        refused.CountOne();
        _report.Add();
    }

    private sealed class Listener(LimitedListeners all, IConnectionListener inner) : IConnectionListener
    {
        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (await inner.AcceptAsync(cancellationToken) is { } connection)
            {
                if (all.TryBegin())
                {
                    return new Connection(all, connection);
                }

                all.Refuse();
                await connection.DisposeAsync();
            }

            return null;
        }

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            await inner.UnbindAsync(cancellationToken);
            all._report.TellRest();
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    /// <summary>A connection that counts until its socket is closed.</summary>
    private sealed class Connection(LimitedListeners all, ConnectionContext inner) : ConnectionContext
    {
        public override string ConnectionId
        {
            get => inner.ConnectionId;
            set => inner.ConnectionId = value;
        }

        public override IFeatureCollection Features => inner.Features;

        public override IDictionary<object, object?> Items
        {
            get => inner.Items;
            set => inner.Items = value;
        }

        public override IDuplexPipe Transport
        {
            get => inner.Transport;
            set => inner.Transport = value;
        }

        public override CancellationToken ConnectionClosed
        {
            get => inner.ConnectionClosed;
            set => inner.ConnectionClosed = value;
        }

        public override EndPoint? LocalEndPoint
        {
            get => inner.LocalEndPoint;
            set => inner.LocalEndPoint = value;
        }

        public override EndPoint? RemoteEndPoint
        {
            get => inner.RemoteEndPoint;
            set => inner.RemoteEndPoint = value;
        }

        public override void Abort(ConnectionAbortedException abortReason) => inner.Abort(abortReason);

        public override async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            await base.DisposeAsync();
            all.End();
        }
    }
}
