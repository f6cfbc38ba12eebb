using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Bookinfo.Load;

/// <summary>
/// A blocking socket, with TLS where the target speaks it. Its calls have no time limits: another thread calls <see cref="Abort"/>, which closes the socket under
/// them.
/// </summary>
/// <param name="target">The other side.</param>
internal sealed class HttpTransport(LoadTarget target) : IDisposable
{
    private Socket? _socket;
    private SslStream? _tls;

    /// <summary>Whether there is a connection.</summary>
    public bool IsOpen => _socket is not null;

    /// <summary>Whether the last connection was not complete, TLS included.</summary>
    public bool IsConnecting { get; private set; }

    /// <summary>How many connections have been opened.</summary>
    public int Opened { get; private set; }

    /// <summary>Why the last call failed that did.</summary>
    public ErrorKind Error { get; private set; }

    /// <summary>Whether there is something to read, the end of the connection included.</summary>
    public bool HasInput => _socket!.Poll(0, SelectMode.SelectRead);

    /// <summary>Connects to one of the addresses of the target.</summary>
    /// <param name="isAborted">Whether <see cref="Abort"/> was called for this, possibly before there was a socket to close.</param>
    /// <returns>Whether it worked; <see cref="Error"/> says why not.</returns>
    public bool Connect(Func<bool> isAborted)
    {
        IsConnecting = true;
        for (var attempt = 0; attempt < target.Addresses; attempt++)
        {
            var endPoint = target.EndPoint(attempt);
            try
            {
                var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                // Seen by whoever aborts, or else sees that it was aborted.
                Interlocked.Exchange(ref _socket, socket);
                if (isAborted())
                {
                    return Fail(ErrorKind.ConnectTimeout);
                }

                socket.Connect(endPoint);
                Opened++;
                target.Prefer(attempt);
                if (target.IsTls && !StartTls(socket))
                {
                    return false;
                }

                IsConnecting = false;
                return true;
            }
            catch (SocketException exception)
            {
                Close();
                Fail(KindOf(exception.SocketErrorCode));
            }
            catch (ObjectDisposedException)
            {
                return Fail(ErrorKind.ConnectTimeout);
            }
        }

        return false;
    }

    /// <summary>Sends all of it.</summary>
    /// <param name="request">What to send.</param>
    /// <returns>Whether it worked; <see cref="Error"/> says why not.</returns>
    public bool Send(ReadOnlySpan<byte> request)
    {
        if (_tls is { } tls)
        {
            try
            {
                tls.Write(request);
                return true;
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
            {
                return Fail(ErrorKind.Reset);
            }
        }

        try
        {
            while (!request.IsEmpty)
            {
                var sent = _socket!.Send(request, SocketFlags.None, out var error);
                if (error != SocketError.Success)
                {
                    return Fail(KindOf(error));
                }

                request = request[sent..];
            }

            return true;
        }
        catch (ObjectDisposedException)
        {
            return Fail(ErrorKind.Timeout);
        }
    }

    /// <summary>Receives what has come, or waits for something.</summary>
    /// <param name="buffer">Where it goes.</param>
    /// <param name="read">How many bytes; 0 when the other side has ended the connection.</param>
    /// <returns>Whether it worked; <see cref="Error"/> says why not.</returns>
    public bool Receive(Span<byte> buffer, out int read)
    {
        read = 0;
        try
        {
            if (_tls is { } tls)
            {
                read = tls.Read(buffer);
                return true;
            }

            read = _socket!.Receive(buffer, SocketFlags.None, out var error);
            return error == SocketError.Success || Fail(KindOf(error));
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            return Fail(ErrorKind.Reset);
        }
    }

    /// <summary>Closes the socket under whoever uses it. May be called by any thread.</summary>
    public void Abort() => Volatile.Read(ref _socket)?.Dispose();

    /// <summary>Ends the connection.</summary>
    public void Close()
    {
        _tls?.Dispose();
        _tls = null;
        Interlocked.Exchange(ref _socket, null)?.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    private bool StartTls(Socket socket)
    {
        _tls = new SslStream(new NetworkStream(socket), leaveInnerStreamOpen: false);
        try
        {
            _tls.AuthenticateAsClient(new SslClientAuthenticationOptions
            {
                TargetHost = target.Uri.DnsSafeHost,
                RemoteCertificateValidationCallback = (_, _, _, errors) => target.Insecure || errors == SslPolicyErrors.None,
            });
            return true;
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException or ObjectDisposedException)
        {
            return Fail(ErrorKind.Tls);
        }
    }

    private bool Fail(ErrorKind error)
    {
        Error = error;
        return false;
    }

    private ErrorKind KindOf(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => ErrorKind.Refused,
        SocketError.TimedOut => IsConnecting ? ErrorKind.ConnectTimeout : ErrorKind.Timeout,
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.NetworkDown
            or SocketError.AddressFamilyNotSupported => ErrorKind.Unreachable,
        SocketError.AddressNotAvailable or SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable
            or SocketError.AddressAlreadyInUse => ErrorKind.NoResources,
        _ => ErrorKind.Reset,
    };
}
