using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary>
/// The body of a request, from which nothing that a visitor sends can come as an exception of ours: reading it ends with the bytes, with
/// <see cref="BadHttpRequestException"/>, or with <see cref="VisitorLeftException"/>.
/// </summary>
/// <remarks>
/// It is read without the token of whoever reads, which would make it a matter of chance what the end of a connection is taken for: Kestrel
/// ends a read that waits in any case, and says whether the visitor closed his side too early (a bad request) or reset the connection (he
/// has left).
/// </remarks>
/// <param name="body">The body as Kestrel gives it.</param>
internal sealed class GuardedBody(Stream body) : Stream
{
    /// <summary>Whether it was read to its end.</summary>
    public bool IsRead { get; private set; }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    /// <exception cref="BadHttpRequestException">The body is malformed, too large, too slow, or ends early.</exception>
    /// <exception cref="VisitorLeftException">The connection was reset.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var count = await body.ReadAsync(buffer, CancellationToken.None);
            IsRead |= count == 0 && buffer.Length > 0;
            return count;
        }
        catch (BadHttpRequestException)
        {
            throw;
        }
        catch (Exception exception) when (exception is OperationCanceledException or ConnectionResetException or SocketException)
        {
            throw new VisitorLeftException(exception);
        }
        catch (Exception exception)
        {
            // Such as the IOException for the size of a chunk that is no 32-bit number. What Kestrel throws here it throws because of what
            // was sent.
            throw new BadHttpRequestException("The body of the request could not be read.", StatusCodes.Status400BadRequest, exception);
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
