using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Bookinfo.Load;

/// <summary>
/// A client's side of HTTP/1.1 (RFC 9112) on a blocking socket: one request at a time, nothing repeated, nothing allocated for a request. A client that does
/// more for its caller would cost as much as the services that are measured, and one that repeats a request would send more than is written down.
/// </summary>
/// <remarks>
/// Blocking calls have no time limits of their own here: another thread calls <see cref="AbortIfLate"/>, which closes the socket under them. That holds
/// for connecting, TLS, sending and a body that comes in drops alike.
/// </remarks>
/// <param name="target">The other side.</param>
/// <param name="time">The clock.</param>
internal sealed class HttpConnection(LoadTarget target, TimeProvider time) : IDisposable
{
    /// <summary>The longest head of an answer, in bytes; also the longest line between chunks and the longest trailer.</summary>
    public const int LongestHead = 32 * 1024;

    private const int MostInterimAnswers = 8;
    private const long Aborted = -1;

    /// <summary>A connection that was used this recently is not asked whether it is still there: the question costs as much as a tenth of a request.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(2);

    private readonly byte[] _input = new byte[LongestHead];
    private readonly long _freshTicks = (long)(Fresh.TotalSeconds * time.TimestampFrequency);
    private Socket? _socket;
    private SslStream? _tls;
    private int _start;
    private int _end;
    private ErrorKind _error;
    private bool _mayKeep;
    private bool _connecting;
    private bool _interrupted;
    private long _lastUsed;
    private bool _used;

    /// <summary>When what goes on must be done, as a timestamp of the clock; 0 when nothing goes on, <see cref="Aborted"/> when it was too late.</summary>
    private long _deadline;

    /// <summary>Whether a request is under way.</summary>
    public bool IsBusy => Volatile.Read(ref _deadline) > 0;

    /// <summary>How many connections have been opened.</summary>
    public int Opened { get; private set; }

    /// <summary>Opens the connection if it is not open.</summary>
    /// <param name="deadline">When to give up, as a timestamp.</param>
    public ErrorKind Open(long deadline)
    {
        Interlocked.Exchange(ref _deadline, deadline);
        return End(_socket is not null || Connect() ? ErrorKind.None : _error);
    }

    /// <summary>Sends a request and reads the answer to its end.</summary>
    /// <param name="request">The request.</param>
    /// <param name="answer">Where the answer goes.</param>
    /// <param name="deadline">When to give up, as a timestamp.</param>
    /// <returns>What went wrong on the way; a status is not looked at.</returns>
    public ErrorKind Exchange(ReadOnlySpan<byte> request, HttpAnswer answer, long deadline)
    {
        answer.Clear();
        Interlocked.Exchange(ref _deadline, deadline);
        if (_socket is not null && _used && time.GetTimestamp() - _lastUsed > _freshTicks && _socket.Poll(0, SelectMode.SelectRead))
        {
            // Nothing is asked, so what there is to read is its end. Before the first answer it may also be a TLS session ticket.
            Close();
        }

        _mayKeep = false;
        var done = (_socket is not null || Connect()) && Send(request) && Read(answer);
        _used = done;
        return End(done ? ErrorKind.None : _error);
    }

    /// <summary>Closes the connection under whoever uses it if its time is over. May be called by any thread.</summary>
    /// <param name="now">A timestamp.</param>
    public void AbortIfLate(long now)
    {
        var deadline = Volatile.Read(ref _deadline);
        if (deadline > 0 && now >= deadline && Interlocked.CompareExchange(ref _deadline, Aborted, deadline) == deadline)
        {
            Volatile.Read(ref _socket)?.Dispose();
        }
    }

    /// <summary>Closes the connection under whoever uses it, because the run is interrupted. May be called by any thread.</summary>
    public void Interrupt()
    {
        Volatile.Write(ref _interrupted, true);
        AbortIfLate(long.MaxValue);
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    private ErrorKind End(ErrorKind error)
    {
        var aborted = Interlocked.Exchange(ref _deadline, 0) == Aborted;
        if (error != ErrorKind.None || aborted || !_mayKeep || _start != _end)
        {
            // What is left of an answer, or has come on top of it, would be taken for the next one.
            Close();
        }
        else
        {
            _lastUsed = time.GetTimestamp();
        }

        return error == ErrorKind.None || !aborted ? error
            : Volatile.Read(ref _interrupted) ? ErrorKind.Interrupted
            : _connecting ? ErrorKind.ConnectTimeout
            : ErrorKind.Timeout;
    }

    private bool Connect()
    {
        _connecting = true;
        _used = false;
        _start = _end = 0;
        for (var attempt = 0; attempt < target.Addresses; attempt++)
        {
            var endPoint = target.EndPoint(attempt);
            try
            {
                var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                // Seen by whoever aborts, or else sees that it was aborted.
                Interlocked.Exchange(ref _socket, socket);
                if (Volatile.Read(ref _deadline) == Aborted)
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

                _connecting = false;
                _mayKeep = true;
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

    private bool Send(ReadOnlySpan<byte> request)
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

    private bool Read(HttpAnswer answer)
    {
        for (var interim = 0; interim <= MostInterimAnswers; interim++)
        {
            if (!ReadHead(answer, out var length, out var chunked))
            {
                return false;
            }

            if (answer.Status is >= 100 and < 200)
            {
                // 100 Continue, 103 Early Hints: the answer is yet to come. 101 was never asked for.
                if (answer.Status == 101)
                {
                    break;
                }

                continue;
            }

            if (answer.Status is 204 or 304)
            {
                return true;
            }

            if (chunked)
            {
                return ReadChunks(answer);
            }

            if (length >= 0)
            {
                return ReadPart(answer, length);
            }

            _mayKeep = false;
            return ReadToEnd(answer);
        }

        return Fail(ErrorKind.BadAnswer);
    }

    private bool ReadHead(HttpAnswer answer, out long length, out bool chunked)
    {
        length = -1;
        chunked = false;
        var searched = 0;
        int found;
        while ((found = _input.AsSpan(_start + searched, _end - _start - searched).IndexOf("\r\n\r\n"u8)) < 0)
        {
            // The first three bytes of the end may be there already.
            searched = Math.Max(0, _end - _start - 3);
            if (!Fill())
            {
                return false;
            }
        }

        var head = _input.AsSpan(_start, searched + found + 2);
        _start += head.Length + 2;

        // HTTP/1.1 200 OK
        if (head.Length < 14 || !head.StartsWith("HTTP/1."u8) || head[7] is not ((byte)'0' or (byte)'1') || head[8] != ' '
            || !IsStatus(head[9..12], out var status) || head[12] is not ((byte)' ' or (byte)'\r'))
        {
            return Fail(ErrorKind.BadAnswer);
        }

        answer.Status = status;
        _mayKeep = head[7] == '1';
        head = head[(head.IndexOf("\r\n"u8) + 2)..];
        while (!head.IsEmpty)
        {
            var end = head.IndexOf("\r\n"u8);
            var colon = head[..end].IndexOf((byte)':');
            if (colon <= 0 || !ReadField(answer, head[..colon], head[(colon + 1)..end].Trim(" \t"u8), ref length, ref chunked))
            {
                return Fail(ErrorKind.BadAnswer);
            }

            head = head[(end + 2)..];
        }

        // RFC 9112, 6.1: both would be a way to smuggle an answer in.
        return !chunked || length < 0 || Fail(ErrorKind.BadAnswer);
    }

    private bool ReadField(HttpAnswer answer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, ref long length, ref bool chunked)
    {
        if (name is [.., (byte)' ' or (byte)'\t'])
        {
            return false;
        }

        switch (name.Length)
        {
            case 10 when Ascii.EqualsIgnoreCase(name, "connection"u8):
                _mayKeep = !Contains(value, "close"u8) && (_mayKeep || Contains(value, "keep-alive"u8));
                return true;
            case 10 when answer.WantsCookie && Ascii.EqualsIgnoreCase(name, "set-cookie"u8):
                var semicolon = value.IndexOf((byte)';');
                answer.Cookie = Encoding.Latin1.GetString(semicolon < 0 ? value : value[..semicolon]);
                return true;
            case 12 when Ascii.EqualsIgnoreCase(name, "content-type"u8):
                answer.IsHtml = value.StartsWith("text/html"u8);
                answer.IsJson = value.StartsWith("application/json"u8);
                return true;
            case 13 when Ascii.EqualsIgnoreCase(name, "server-timing"u8):
                var hops = answer.Hops;
                ServerTimingReader.Read(value, ref hops);
                answer.Hops = hops;
                return true;
            case 14 when Ascii.EqualsIgnoreCase(name, "content-length"u8):
                return IsNumber(value, 10, out var given) && (length < 0 || length == given) && (length = given) >= 0;
            case 17 when Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8):
                // We ask for no other coding.
                return chunked = Ascii.EqualsIgnoreCase(value, "chunked"u8);
            default:
                return true;
        }
    }

    private bool ReadPart(HttpAnswer answer, long length)
    {
        while (length > 0)
        {
            if (_start == _end && !Fill())
            {
                return false;
            }

            var part = (int)Math.Min(length, _end - _start);
            answer.Append(_input.AsSpan(_start, part));
            _start += part;
            length -= part;
        }

        return true;
    }

    private bool ReadToEnd(HttpAnswer answer)
    {
        do
        {
            answer.Append(_input.AsSpan(_start, _end - _start));
            _start = _end;
        }
        while (Fill());

        // Nothing else tells where such an answer ends.
        return _error == ErrorKind.Closed;
    }

    private bool ReadChunks(HttpAnswer answer)
    {
        while (true)
        {
            if (!ReadLine(out var line))
            {
                return false;
            }

            var semicolon = line.IndexOf((byte)';');
            if (!IsNumber((semicolon < 0 ? line : line[..semicolon]).Trim(" \t"u8), 16, out var size))
            {
                return Fail(ErrorKind.BadAnswer);
            }

            if (size == 0)
            {
                return ReadTrailer();
            }

            if (!ReadPart(answer, size) || !ReadLine(out line))
            {
                return false;
            }

            if (!line.IsEmpty)
            {
                return Fail(ErrorKind.BadAnswer);
            }
        }
    }

    private bool ReadTrailer()
    {
        var length = 0;
        while (ReadLine(out var line))
        {
            if (line.IsEmpty)
            {
                return true;
            }

            if ((length += line.Length) > LongestHead)
            {
                return Fail(ErrorKind.BadAnswer);
            }
        }

        return false;
    }

    private bool ReadLine(out ReadOnlySpan<byte> line)
    {
        int end;
        while ((end = _input.AsSpan(_start, _end - _start).IndexOf("\r\n"u8)) < 0)
        {
            if (!Fill())
            {
                line = default;
                return false;
            }
        }

        line = _input.AsSpan(_start, end);
        _start += end + 2;
        return true;
    }

    /// <summary>Reads more. What there is stays, if need be elsewhere in the buffer.</summary>
    private bool Fill()
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == _input.Length)
        {
            if (_start == 0)
            {
                return Fail(ErrorKind.BadAnswer);
            }

            _input.AsSpan(_start, _end - _start).CopyTo(_input);
            _end -= _start;
            _start = 0;
        }

        int read;
        try
        {
            if (_tls is { } tls)
            {
                read = tls.Read(_input, _end, _input.Length - _end);
            }
            else
            {
                read = _socket!.Receive(_input.AsSpan(_end), SocketFlags.None, out var error);
                if (error != SocketError.Success)
                {
                    return Fail(KindOf(error));
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            return Fail(ErrorKind.Reset);
        }

        _end += read;
        return read > 0 || Fail(ErrorKind.Closed);
    }

    private bool Fail(ErrorKind error)
    {
        _error = error;
        return false;
    }

    private void Close()
    {
        _tls?.Dispose();
        _tls = null;
        Interlocked.Exchange(ref _socket, null)?.Dispose();
    }

    private ErrorKind KindOf(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => ErrorKind.Refused,
        SocketError.TimedOut => _connecting ? ErrorKind.ConnectTimeout : ErrorKind.Timeout,
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.NetworkDown
            or SocketError.AddressFamilyNotSupported => ErrorKind.Unreachable,
        SocketError.AddressNotAvailable or SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable
            or SocketError.AddressAlreadyInUse => ErrorKind.NoResources,
        _ => ErrorKind.Reset,
    };

    private static bool IsStatus(ReadOnlySpan<byte> digits, out int status)
    {
        var valid = IsNumber(digits, 10, out var number) && number >= 100;
        status = (int)number;
        return valid;
    }

    private static bool IsNumber(ReadOnlySpan<byte> digits, int radix, out long number)
    {
        number = 0;
        // Fifteen digits are more than any body has, and cannot overflow.
        if (digits.Length is 0 or > 15)
        {
            return false;
        }

        foreach (var digit in digits)
        {
            var value = digit switch
            {
                >= (byte)'0' and <= (byte)'9' => digit - '0',
                >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
                >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
                _ => radix,
            };
            if (value >= radix)
            {
                return false;
            }

            number = (number * radix) + value;
        }

        return true;
    }

    /// <summary>Whether a list of tokens, in a header, has one.</summary>
    private static bool Contains(ReadOnlySpan<byte> list, ReadOnlySpan<byte> token)
    {
        while (true)
        {
            var comma = list.IndexOf((byte)',');
            if (Ascii.EqualsIgnoreCase((comma < 0 ? list : list[..comma]).Trim(" \t"u8), token))
            {
                return true;
            }

            if (comma < 0)
            {
                return false;
            }

            list = list[(comma + 1)..];
        }
    }
}
