using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary>What remains to be done on a connection when the server is done with it.</summary>
/// <param name="connection">The connection.</param>
internal sealed class ConnectionEnd(ConnectionContext connection)
{
    /// <summary>The id of the connection.</summary>
    public string ConnectionId => connection.ConnectionId;

    /// <summary>What has come from the client and was not read yet.</summary>
    public PipeReader Input => connection.Transport.Input;

    /// <summary>The body, still to be sent, of the answer to a request that the server itself turned away.</summary>
    public ReadOnlyMemory<byte>? RejectionBody { get; set; }

    /// <summary>The body of the last request that had one.</summary>
    public GuardedBody? LastBody { get; set; }

    /// <summary>Whether the client may still be sending what nobody will read.</summary>
    public bool IsEarly => RejectionBody is not null || LastBody is { IsRead: false };
}
