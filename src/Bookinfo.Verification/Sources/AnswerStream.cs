using System.Globalization;

namespace Bookinfo.Verification;

/// <summary>The body of an answer, as long as it goes on: one that stops in the middle, or never ends, cannot be read.</summary>
/// <param name="body">The body, which is disposed with this.</param>
/// <param name="most">How many bytes it may have.</param>
/// <param name="patience">How long to wait for some more of it.</param>
internal sealed class AnswerStream(Stream body, long most, TimeSpan patience) : Stream
{
    private long _length;

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
    /// <exception cref="IOException">Nothing more has come for too long, or too much has come.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ending.CancelAfter(patience);
        int read;
        try
        {
            read = await body.ReadAsync(buffer, ending.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException(string.Create(
                CultureInfo.InvariantCulture, $"it stops in the middle: nothing more has come for {patience.TotalSeconds:0} s"));
        }

        _length += read;
        return _length <= most
            ? read
            : throw new IOException(string.Create(CultureInfo.InvariantCulture, $"it has more than {most:N0} bytes"));
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            body.Dispose();
        }

        base.Dispose(disposing);
    }
}
