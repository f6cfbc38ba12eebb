using System.Buffers;
using System.IO.Pipelines;

namespace Bookinfo.ServiceDefaults.Answers;

/// <summary>A pipe writer without a reader: it keeps what is written in memory that it borrows until it is disposed.</summary>
public sealed class BorrowedBuffer : PipeWriter, IDisposable
{
    private byte[] _buffer;
    private int _length;

    /// <summary>Borrows a buffer from the shared pool.</summary>
    /// <param name="size">How many bytes fit before more memory has to be borrowed.</param>
    public BorrowedBuffer(int size) => _buffer = ArrayPool<byte>.Shared.Rent(size);

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _buffer.Length - _length);
        _length += bytes;
    }

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.AsMemory(_length);
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.AsSpan(_length);
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _length) = ([], 0);
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(default(FlushResult));

    /// <inheritdoc/>
    public override void CancelPendingFlush()
    {
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
    }

    private void MakeRoom(int size)
    {
        var needed = _length + Math.Max(size, 1);
        if (needed <= _buffer.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, 2 * _buffer.Length));
        Written.Span.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
