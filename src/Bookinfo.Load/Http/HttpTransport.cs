using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Bookinfo.Common;

namespace Bookinfo.Load;

/// <summary>
/// A blocking socket, with TLS where the target speaks it. Its calls have no time limits: another thread calls <see cref="Abort"/>, which
/// closes the socket under them.
/// </summary>
/// <param name="target">The other side.</param>
internal sealed class HttpTransport(LoadTarget target, TimeProvider time) : IDisposable
{
    private const int TcpLevel = 6; // IPPROTO_TCP
    private const int TcpInfo = 11; // TCP_INFO
    private const byte TcpEstablished = 1; // TCP_ESTABLISHED

    private readonly long _firstPatience = (long)(AddressConnection.FirstPatience.TotalSeconds * time.TimestampFrequency);
    private Socket? _socket;
    private SslStream? _tls;
    private ConnectAttempt? _attempt;

    /// <summary>Whether there is a connection.</summary>
    public bool IsOpen => _socket is not null;

    /// <summary>Whether the last connection was not complete, TLS included.</summary>
    public bool IsConnecting { get; private set; }

    /// <summary>How many connections have been opened.</summary>
    public int Opened { get; private set; }

    /// <summary>Why the last call failed that did.</summary>
    public ErrorKind Error { get; private set; }

    /// <summary>
    /// Why the certificate of the other side was not trusted the last time, if it was not: see <see cref="CertificateProblem"/>.
    /// </summary>
    public string? CertificateProblem { get; private set; }

    /// <summary>
    /// What the library of TLS says of the last failure, such as the alert that the other side has sent; <see langword="null"/> when there
    /// was none.
    /// </summary>
    public string? TlsProblem { get; private set; }

    /// <summary>
    /// Whether the connection, on which nothing is asked, cannot be used again: the other side has closed it, or has sent what would be
    /// taken for the next answer, such as a proxy's 408 on a connection that was opened ahead of time.
    /// </summary>
    /// <param name="isFirstUse">
    /// Whether nothing was received on it yet. Then what there is to read over TLS may also be session tickets, which end nothing.
    /// </param>
    public bool IsSpent(bool isFirstUse)
    {
        try
        {
            return _socket!.Poll(0, SelectMode.SelectRead) && (_tls is null || !isFirstUse || IsClosedByOtherSide(_socket));
        }
        catch (ObjectDisposedException)
        {
            // Aborted at this moment: whoever connects next sees that.
            return true;
        }
    }

    /// <summary>
    /// Connects to one of the addresses of the target: to each in turn for a while, as one that does not answer must not keep from one that
    /// does; those that refuse are not asked again.
    /// </summary>
    /// <param name="isAborted">Whether <see cref="Abort"/> was called for this, possibly before there was a socket to close.</param>
    /// <returns>Whether it worked; <see cref="Error"/> says why not.</returns>
    public bool Connect(Func<bool> isAborted)
    {
        IsConnecting = true;
        CertificateProblem = null;
        TlsProblem = null;
        var endPoints = new List<IPEndPoint>(target.Addresses);
        for (var attempt = 0; attempt < target.Addresses; attempt++)
        {
            endPoints.Add(target.EndPoint(attempt));
        }

        for (var patience = _firstPatience; endPoints.Count > 0; patience *= 2)
        {
            for (var index = 0; index < endPoints.Count;)
            {
                var deadline = endPoints.Count == 1 ? long.MaxValue : time.GetTimestamp() + patience;
                if (Connect(endPoints[index], deadline, isAborted, out var answered))
                {
                    target.Prefer(endPoints[index]);
                    if (target.IsTls && !StartTls(_socket!))
                    {
                        return false;
                    }

                    IsConnecting = false;
                    return true;
                }

                if (isAborted())
                {
                    return Fail(ErrorKind.ConnectTimeout);
                }

                if (answered)
                {
                    endPoints.RemoveAt(index);
                }
                else
                {
                    index++;
                }
            }
        }

        return false;
    }

    /// <summary>
    /// Closes the socket under whoever connects it, when the next address is to have a chance. May be called by any thread.
    /// </summary>
    /// <param name="now">A timestamp.</param>
    public void CutAttemptIfLate(long now) => Volatile.Read(ref _attempt)?.CutIfLate(now);

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
                return FailTls(exception, ErrorKind.Reset);
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
            return FailTls(exception, ErrorKind.Reset);
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

    private bool Connect(IPEndPoint endPoint, long deadline, Func<bool> isAborted, out bool answered)
    {
        answered = false;
        ConnectAttempt? attempt = null;
        try
        {
            var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            // Seen by whoever aborts, or else sees that it was aborted.
            Interlocked.Exchange(ref _socket, socket);
            if (isAborted())
            {
                return false;
            }

            Volatile.Write(ref _attempt, attempt = new ConnectAttempt(socket, deadline));
            socket.Connect(endPoint);
            if (attempt.End())
            {
                Opened++;
                return true;
            }
        }
        catch (SocketException exception)
        {
            answered = attempt is not { IsCut: true };
            Fail(KindOf(exception.SocketErrorCode));
        }
        catch (ObjectDisposedException)
        {
            Fail(ErrorKind.ConnectTimeout);
        }

        Close();
        return false;
    }

    /// <summary>Whether there will be nothing more to read than what has come.</summary>
    private static bool IsClosedByOtherSide(Socket socket)
    {
        if (!OperatingSystem.IsLinux())
        {
            // Behind bytes that nobody has read yet, the end cannot be seen.
            return socket.Available == 0;
        }

        // The first byte of tcp_info is the state.
        Span<byte> info = stackalloc byte[8];
        return socket.GetRawSocketOption(TcpLevel, TcpInfo, info) > 0 && info[0] != TcpEstablished;
    }

    private bool StartTls(Socket socket)
    {
        _tls = new SslStream(new NetworkStream(socket), leaveInnerStreamOpen: false);
        try
        {
            _tls.AuthenticateAsClient(new SslClientAuthenticationOptions
            {
                TargetHost = target.Name,
                RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                {
                    CertificateProblem = target.Insecure
                        ? null
                        : Load.CertificateProblem.Describe(errors, certificate as X509Certificate2, chain, target.Name, time.GetUtcNow());
                    return CertificateProblem is null;
                },
            });
            return true;
        }
        // Which exception depends on where it goes wrong: in the handshake, in the library of TLS, or in the files that it opens.
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return FailTls(exception, ErrorKind.Tls);
        }
    }

    /// <summary>
    /// An alert of TLS 1.3 about what the client has sent comes when the handshake is over for the client, in place of the first answer.
    /// </summary>
    private bool FailTls(Exception exception, ErrorKind error)
    {
        TlsProblem = Load.TlsProblem.Describe(exception);
        return Fail(TlsProblem is null ? error : ErrorKind.Tls);
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
        SocketError.ConnectionReset or SocketError.ConnectionAborted => ErrorKind.Reset,
        // A firewall of this machine that forbids it, an address without the zone that it needs, and the like.
        _ => IsConnecting ? ErrorKind.Unreachable : ErrorKind.Reset,
    };
}

/// <summary>A try to connect to one of several addresses, which may be cut short in favor of the next.</summary>
/// <param name="socket">The socket.</param>
/// <param name="deadline">When the next address gets its chance, as a timestamp of the clock.</param>
internal sealed class ConnectAttempt(Socket socket, long deadline)
{
    private const int Running = 0;
    private const int Ended = 1;
    private const int Cut = 2;

    private int _state;

    /// <summary>Whether it was cut short.</summary>
    public bool IsCut => Volatile.Read(ref _state) == Cut;

    /// <summary>Notes that it has come to its end.</summary>
    /// <returns>Whether it has; <see langword="false"/> when it was cut short just before.</returns>
    public bool End() => Interlocked.CompareExchange(ref _state, Ended, Running) == Running;

    /// <summary>Closes the socket under whoever connects it, if its time is over. May be called by any thread.</summary>
    /// <param name="now">A timestamp.</param>
    public void CutIfLate(long now)
    {
        if (now >= deadline && Interlocked.CompareExchange(ref _state, Cut, Running) == Running)
        {
            socket.Dispose();
        }
    }
}
