using System.Globalization;
using Bookinfo.Common;

namespace Bookinfo.Verification;

/// <summary>The body of an answer, as long as it goes on: one that stops in the middle, or never ends, cannot be read.</summary>
/// <param name="body">The body, which is disposed with this.</param>
/// <param name="most">How many bytes it may have.</param>
/// <param name="patience">How long to wait for some more of it.</param>
internal sealed class AnswerStream(Stream body, long most, TimeSpan patience) : ReadStream
{
    private long _length;

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
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            body.Dispose();
        }

        base.Dispose(disposing);
    }
}
