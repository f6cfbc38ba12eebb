using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Bookinfo.Load;

/// <summary>A request with places left free for what differs each time: the trace context and the request id.</summary>
public sealed class RequestTemplate
{
    private const string FreeTraceparent = "00-00000000000000000000000000000000-0000000000000000-01";
    private const string FreeRequestId = "00000000-0000-0000-0000-000000000000";
    private const string UserAgent = "bookinfo-load";

    private readonly byte[] _bytes;
    private readonly int _traceparent;
    private readonly int _requestId;

    /// <summary>Builds the request.</summary>
    /// <param name="kind">What it stands for.</param>
    /// <param name="host">The value of <c>Host</c>.</param>
    /// <param name="path">Path and query.</param>
    /// <param name="headers">Headers of the user, which go over ours; but cookies are sent together.</param>
    /// <param name="cookie">The session of a user who has signed in.</param>
    /// <param name="form">The fields of a form, in which case it is sent by POST.</param>
    public RequestTemplate(
        RequestKind kind, string host, string path, IReadOnlyList<KeyValuePair<string, string>> headers, string? cookie = null,
        string? form = null)
    {
        Kind = kind;
        Path = path;
        Method = form is null ? "GET" : "POST";
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{Method} {path} HTTP/1.1\r\n");
        void Add(string name, string value)
        {
            if (!headers.Any(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                text.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
            }
        }

        Add("Host", host);
        Add("User-Agent", UserAgent);
        Add("Accept", kind is RequestKind.Visitor or RequestKind.User ? "text/html" : "*/*");
        if (cookie is not null)
        {
            Add("Cookie", cookie);
        }

        var session = cookie;
        foreach (var (name, value) in headers)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}: {value}");
            if (session is not null && name.Equals("Cookie", StringComparison.OrdinalIgnoreCase))
            {
                // Beside the user's own: without the session it would be the request of somebody else.
                text.Append(CultureInfo.InvariantCulture, $"; {session}");
                session = null;
            }

            text.Append("\r\n");
        }

        if (form is not null)
        {
            text.Append(
                CultureInfo.InvariantCulture, $"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {form.Length}\r\n");
        }

        text.Append("traceparent: ");
        _traceparent = text.Length;
        text.Append(CultureInfo.InvariantCulture, $"{FreeTraceparent}\r\nx-request-id: ");
        _requestId = text.Length;
        text.Append(CultureInfo.InvariantCulture, $"{FreeRequestId}\r\n\r\n{form}");
        _bytes = Encoding.Latin1.GetBytes(text.ToString());
    }

    /// <summary>Headers that are ours to set: a request is what it says because of them.</summary>
    public static IReadOnlyList<string> Reserved { get; } =
        ["Connection", "Content-Length", "Content-Type", "Transfer-Encoding", "Expect", "traceparent", "tracestate", "x-request-id"];

    /// <summary>Whether a text can be a path, with a query or without; a fragment is never sent.</summary>
    /// <param name="text">The text.</param>
    public static bool IsPath(string text) => text.StartsWith('/') && text.All(static c => c is > ' ' and < '\x7f' and not '#');

    /// <summary>Whether a header can be sent as one of the user's.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    public static bool IsAllowedHeader(string name, string value) =>
        name.Length > 0
        && name.All(static c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c))
        && IsHeaderValue(value)
        && !Reserved.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a text can be the value of a header: each character is sent as one byte, as those of ISO 8859-1 are.</summary>
    /// <param name="value">The text.</param>
    public static bool IsHeaderValue(string value) => value.All(static c => c is '\t' or >= ' ' and <= '\xff' and not '\x7f');

    /// <summary>What it stands for.</summary>
    public RequestKind Kind { get; }

    /// <summary>The name of the user who has signed in, which the page shows; <see langword="null"/> for a visitor.</summary>
    public byte[]? User { get; init; }

    /// <summary>Whether a good answer shows which of <see cref="AnswerModel.Versions"/> it came from.</summary>
    public bool ShowsVersion { get; init; }

    /// <summary>
    /// What a good answer must contain, as a number that <see cref="AnswerModel"/> gives a meaning to; 0 if anything will do.
    /// </summary>
    public byte Content { get; init; }

    /// <summary>GET or POST.</summary>
    public string Method { get; }

    /// <summary>Path and query.</summary>
    public string Path { get; }

    /// <summary>The length of the request in bytes.</summary>
    public int Length => _bytes.Length;

    /// <summary>Writes the request.</summary>
    /// <param name="identity">Its trace context; its request id is the same number as the trace id, so that either finds the other.</param>
    /// <param name="buffer">Where to; at least <see cref="Length"/> bytes.</param>
    /// <returns>The request.</returns>
    public ReadOnlySpan<byte> Write(RequestIdentity identity, Span<byte> buffer)
    {
        _bytes.CopyTo(buffer);
        var hex = new StandardFormat('x', 16);
        Span<byte> trace = stackalloc byte[32];
        Utf8Formatter.TryFormat(identity.TraceHigh, trace, out _, hex);
        Utf8Formatter.TryFormat(identity.TraceLow, trace[16..], out _, hex);
        trace.CopyTo(buffer[(_traceparent + 3)..]);
        Utf8Formatter.TryFormat(identity.Span, buffer[(_traceparent + 36)..], out _, hex);

        // 8-4-4-4-12
        var id = buffer[_requestId..];
        trace[..8].CopyTo(id);
        trace[8..12].CopyTo(id[9..]);
        trace[12..16].CopyTo(id[14..]);
        trace[16..20].CopyTo(id[19..]);
        trace[20..].CopyTo(id[24..]);
        return buffer[.._bytes.Length];
    }
}

/// <summary>What a request stands for. The numbers are in ledgers, and so never change their meaning.</summary>
public enum RequestKind : byte
{
    /// <summary>A path that the user named.</summary>
    Path = 0,

    /// <summary>A look at the page by a visitor.</summary>
    Visitor = 1,

    /// <summary>A look at the page by somebody who has signed in.</summary>
    User = 2,

    /// <summary>A call to the API.</summary>
    Api = 3,

    /// <summary>Something that the page is made of: style sheet, script, picture.</summary>
    Asset = 4,

    /// <summary>Sent before the start, to find the assets and to sign users in. It is in the ledger and in no figure.</summary>
    Setup = 5,
}

/// <summary>The names of the kinds of requests, in reports, conditions, ledgers and metrics.</summary>
public static class RequestKindName
{
    /// <summary>The name of <see cref="RequestKind.Path"/>.</summary>
    public const string Path = "path";

    /// <summary>The name of <see cref="RequestKind.Visitor"/>.</summary>
    public const string Visitor = "visitor";

    /// <summary>The name of <see cref="RequestKind.User"/>.</summary>
    public const string User = "user";

    /// <summary>The name of <see cref="RequestKind.Api"/>.</summary>
    public const string Api = "api";

    /// <summary>The name of <see cref="RequestKind.Asset"/>.</summary>
    public const string Asset = "asset";

    /// <summary>The name of <see cref="RequestKind.Setup"/>.</summary>
    public const string Setup = "setup";

    /// <summary>The name of a kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>The name; the number of a kind that only a later version of ledgers has.</returns>
    public static string Of(RequestKind kind) => kind switch
    {
        RequestKind.Path => Path,
        RequestKind.Visitor => Visitor,
        RequestKind.User => User,
        RequestKind.Api => Api,
        RequestKind.Asset => Asset,
        RequestKind.Setup => Setup,
        _ => kind.ToString(),
    };
}

/// <summary>The trace context that a request is sent with (https://www.w3.org/TR/trace-context/).</summary>
/// <param name="TraceHigh">The first eight bytes of the trace id, the most significant first.</param>
/// <param name="TraceLow">Its last eight bytes.</param>
/// <param name="Span">The span id: the parent of the first span that the platform sees.</param>
public readonly record struct RequestIdentity(ulong TraceHigh, ulong TraceLow, ulong Span)
{
    /// <summary>The identity of an arrival.</summary>
    /// <param name="random">The numbers of the run.</param>
    /// <param name="index">The number of the arrival.</param>
    public static RequestIdentity Of(IndexedRandom random, long index) => new(
        random.Bits(RandomStream.TraceHigh, index),
        // Neither id may be all zeros; that is how the standard says that there is none.
        random.Bits(RandomStream.TraceLow, index) | 1,
        random.Bits(RandomStream.Span, index) | 1);

    /// <summary>The trace id as it is written in <c>traceparent</c>: 32 hexadecimal digits.</summary>
    public string TraceId => $"{TraceHigh:x16}{TraceLow:x16}";

    /// <summary>The span id as it is written there: 16 hexadecimal digits.</summary>
    public string SpanId => $"{Span:x16}";
}
