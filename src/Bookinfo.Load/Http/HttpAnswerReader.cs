using System.Text;
using Bookinfo.Common;

namespace Bookinfo.Load;

/// <summary>Reads answers of HTTP/1.1 (RFC 9112) off a transport, each into the same buffer.</summary>
/// <param name="transport">Where they come from.</param>
internal sealed class HttpAnswerReader(HttpTransport transport)
{
    /// <summary>The longest head of an answer, in bytes; also the longest line between chunks and the longest trailer.</summary>
    public const int LongestHead = 32 * 1024;

    private const int MostInterimAnswers = 8;

    /// <summary>
    /// The type of the frame with which each side of HTTP/2 begins, behind its length in three bytes (RFC 9113, 3.4 and 4.1).
    /// </summary>
    private const byte SettingsFrame = 4;

    private readonly byte[] _input = new byte[LongestHead];
    private int _start;
    private int _end;
    private bool _mayKeep;
    private bool _mustClose;

    /// <summary>
    /// Whether another request may be sent on the connection: the answer allows that, has come to its end, and nothing has come on top of
    /// it.
    /// </summary>
    public bool IsAtEnd => _mayKeep && !_mustClose && _start == _end;

    /// <summary>Why the answer could not be read.</summary>
    public ErrorKind Error { get; private set; }

    /// <summary>Whether the other side has begun to speak HTTP/2 in place of an answer, as one does that speaks nothing else.</summary>
    public bool IsHttp2 { get; private set; }

    /// <summary>Forgets what is left of another connection.</summary>
    public void Clear() => _start = _end = 0;

    /// <summary>Reads an answer to its end.</summary>
    /// <param name="answer">Where it goes.</param>
    /// <returns>Whether it was one; <see cref="Error"/> says what else.</returns>
    public bool Read(HttpAnswer answer)
    {
        _mayKeep = false;
        for (var interim = 0; interim <= MostInterimAnswers; interim++)
        {
            if (interim > 0)
            {
                // What an answer says that is none yet is not said of the one that is to come.
                answer.Clear();
            }

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

        // What came is not an answer, and neither is its status one.
        answer.Clear();
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
            if (!IsBeginning(_input.AsSpan(_start, _end - _start)))
            {
                IsHttp2 = _input.AsSpan(_start, _end - _start) is [0, 0, _, SettingsFrame, ..];
                return Fail(ErrorKind.BadAnswer);
            }

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
            || !HttpFields.IsStatus(head[9..12], out var status) || head[12] is not ((byte)' ' or (byte)'\r'))
        {
            return Fail(ErrorKind.BadAnswer);
        }

        answer.Status = status;
        _mayKeep = head[7] == '1';
        _mustClose = false;
        head = head[(head.IndexOf("\r\n"u8) + 2)..];
        if (!HttpFields.Unfold(head))
        {
            return Fail(ErrorKind.BadAnswer);
        }

        while (!head.IsEmpty)
        {
            var end = head.IndexOf("\r\n"u8);
            var colon = head[..end].IndexOf((byte)':');
            // A line break or a null in a field: to others it may be more than one, and a cookie with it would be sent back.
            if (colon <= 0 || head[..end].ContainsAny((byte)'\r', (byte)'\n', (byte)'\0')
                || !ReadField(answer, head[..colon], head[(colon + 1)..end].Trim(" \t"u8), ref length, ref chunked))
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
                _mustClose |= HttpFields.Contains(value, "close"u8);
                _mayKeep |= HttpFields.Contains(value, "keep-alive"u8);
                return true;
            case 10 when answer.WantsCookies && Ascii.EqualsIgnoreCase(name, "set-cookie"u8):
                answer.Cookies.Add(Encoding.Latin1.GetString(value));
                return true;
            case 8 when answer is { WantsLocation: true, Status: >= 300 and < 400 } && Ascii.EqualsIgnoreCase(name, "location"u8):
                answer.Location = value.IsEmpty ? null : Encoding.Latin1.GetString(value);
                return true;
            case 12 when Ascii.EqualsIgnoreCase(name, "content-type"u8):
                answer.IsHtml = HttpFields.StartsWith(value, "text/html"u8);
                answer.IsJson = HttpFields.StartsWith(value, "application/json"u8);
                return true;
            case 13 when Ascii.EqualsIgnoreCase(name, "server-timing"u8):
                var hops = answer.Hops;
                ServerTimingReader.Read(value, answer.Model.HopNames, hops);
                answer.Hops = hops;
                return true;
            case 14 when Ascii.EqualsIgnoreCase(name, "content-length"u8):
                return HttpFields.IsNumber(value, 10, out var given) && (length < 0 || length == given) && (length = given) >= 0;
            case 16 when Ascii.EqualsIgnoreCase(name, "content-encoding"u8):
                answer.IsCoded |= !value.IsEmpty && !Ascii.EqualsIgnoreCase(value, "identity"u8);
                return true;
            case 17 when Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8):
                // We ask for no other coding, and none is applied twice.
                return !chunked && (chunked = Ascii.EqualsIgnoreCase(value, "chunked"u8));
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
        return Error == ErrorKind.Closed;
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
            if (!HttpFields.IsNumber((semicolon < 0 ? line : line[..semicolon]).Trim(" \t"u8), 16, out var size))
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

        if (!transport.Receive(_input.AsSpan(_end), out var read))
        {
            return Fail(transport.Error);
        }

        _end += read;
        return read > 0 || Fail(ErrorKind.Closed);
    }

    private bool Fail(ErrorKind error)
    {
        Error = error;
        return false;
    }

    /// <summary>
    /// Whether what has come so far can be the beginning of an answer. A server of another protocol may wait for us as long as we wait for
    /// it.
    /// </summary>
    private static bool IsBeginning(ReadOnlySpan<byte> head)
    {
        var expected = "HTTP/1."u8;
        var length = Math.Min(head.Length, expected.Length);
        return head[..length].SequenceEqual(expected[..length]) && head.IndexOf("\n\n"u8) < 0;
    }
}
