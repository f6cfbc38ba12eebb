using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Bookinfo.Common;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary>
/// The body of a request, guarded so that nothing a visitor sends looks like a failure of the service: a read ends with the bytes, with
/// <see cref="BadHttpRequestException"/>, or with <see cref="VisitorLeftException"/>.
/// </summary>
/// <remarks>
/// It is read without the caller's cancellation token, which would make it a matter of chance how the end of a connection is reported:
/// Kestrel ends a pending read in any case, and says whether the visitor closed the connection too early (a bad request) or reset it (the
/// visitor has left).
/// </remarks>
/// <param name="body">The body as Kestrel gives it.</param>
/// <param name="length">How long it is; <see langword="null"/> when only its end tells.</param>
/// <param name="input">What has come over the connection; <see langword="null"/> when that is not known.</param>
internal sealed class GuardedBody(Stream body, long? length, PipeReader? input) : ReadStream
{
    private long _read;

    /// <summary>The rest of a body that is complete although the visitor has closed the connection.</summary>
    private Stream? _rest;

    /// <summary>Whether it was read to its end.</summary>
    public bool IsRead { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="BadHttpRequestException">The body is malformed, too large, too slow, or ends early.</exception>
    /// <exception cref="VisitorLeftException">The connection was reset or aborted.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var count = await (_rest ?? body).ReadAsync(buffer, CancellationToken.None);
            _read += count;
            IsRead |= count == 0 && buffer.Length > 0;
            return count;
        }
        catch (BadHttpRequestException) when (TakeRest())
        {
            return await ReadAsync(buffer, cancellationToken);
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
            // For example, an IOException for a chunk size that is not a 32-bit number. Whatever Kestrel throws here, it throws because of
            // what was sent.
            throw new BadHttpRequestException("The body of the request could not be read.", StatusCodes.Status400BadRequest, exception);
        }
    }

    /// <summary>
    /// Takes the rest of the body from the connection, if all of it has come. A client may close its sending side right after its request.
    /// Kestrel then reports a body that has a Content-Length as incomplete, even if all of it has come; one in chunks is read as usual.
    /// </summary>
    private bool TakeRest()
    {
        if (_rest is not null || length - _read is not (> 0 and <= ServiceProgram.LargestRequestBody and var missing) || input is null)
        {
            return false;
        }

        try
        {
            // Kestrel gave up in the middle of a read: that read ends here, and consumes nothing.
            input.AdvanceTo(default);
        }
        catch (InvalidOperationException)
        {
            // There was no such read.
        }

        try
        {
            if (!input.TryRead(out var come) || come.Buffer.Length < missing)
            {
                return false;
            }

            _rest = new MemoryStream(come.Buffer.Slice(0, missing).ToArray(), writable: false);
            input.AdvanceTo(come.Buffer.GetPosition(missing));
            return true;
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException)
        {
            // The connection was reset, or is no longer there.
            return false;
        }
    }
}
