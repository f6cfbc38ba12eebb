using System.Runtime.CompilerServices;

namespace Bookinfo.ServiceDefaults.Backends;

/// <summary>
/// A connection that tells a server which hangs up on a new connection from one that has closed an idle one. To the HTTP client both look
/// alike, and it repeats the request up to three times. That is right for an idle connection, where the request was never seen (RFC 9112
/// section 9.3.1), and wrong for a new one: what the server did with the request counts as a try.
/// </summary>
/// <remarks>
/// An idle connection may also be reset: the server had closed it when the request came, or whatever stands between has forgotten it. The
/// client takes that for a failure of the call, so it is told that the connection has ended.
/// </remarks>
/// <param name="inner">The connection.</param>
internal sealed class FreshConnection(Stream inner) : Stream
{
    private bool _answered;

    /// <summary>Whether a request was sent and nothing of its answer is there.</summary>
    private bool _waiting;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count;
        try
        {
            count = await inner.ReadAsync(buffer, cancellationToken);
        }
        catch (IOException exception) when (!_answered)
        {
            throw new HungUpException(exception);
        }
        catch (IOException) when (_waiting)
        {
            // The client began to read before it wrote, so this was not known when the read began.
            return 0;
        }

        if (count > 0)
        {
            _answered = true;
            _waiting = false;
        }
        else if (!_answered && !buffer.IsEmpty)
        {
            throw new HungUpException(cause: null);
        }

        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _waiting = true;
        var writing = inner.WriteAsync(buffer, cancellationToken);
        return writing.IsCompletedSuccessfully || !_answered ? writing : LeaveToReadAsync(writing);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // The client of this connection is asynchronous throughout.
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Waits for a write to an idle connection. That it failed, the read that follows says as well.</summary>
    private static async ValueTask LeaveToReadAsync(ValueTask writing)
    {
        try
        {
            await writing;
        }
        catch (IOException)
        {
        }
    }
}
