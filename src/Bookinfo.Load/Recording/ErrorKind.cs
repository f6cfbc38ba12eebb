namespace Bookinfo.Load;

/// <summary>What was wrong with a request. The numbers are stored in ledgers, so their meaning never changes.</summary>
public enum ErrorKind : byte
{
    /// <summary>Nothing was wrong.</summary>
    None = 0,

    /// <summary>The connection was refused: nothing listens there.</summary>
    Refused = 1,

    /// <summary>The connection was not established in time.</summary>
    ConnectTimeout = 2,

    /// <summary>There is no route to the address, or the address does not exist.</summary>
    Unreachable = 3,

    /// <summary>TLS could not be agreed on, or the certificate is not trusted.</summary>
    Tls = 4,

    /// <summary>The other side reset the connection.</summary>
    Reset = 5,

    /// <summary>The other side closed the connection before the answer was complete.</summary>
    Closed = 6,

    /// <summary>The answer was not complete in time.</summary>
    Timeout = 7,

    /// <summary>What came is not HTTP, or exceeds the limits of <see cref="HttpAnswerReader"/>.</summary>
    BadAnswer = 8,

    /// <summary>The request was under way when the run was interrupted, and did not end soon.</summary>
    Interrupted = 9,

    /// <summary>This machine had no port, no memory or no file descriptor left for a connection: the generator's own fault.</summary>
    NoResources = 10,

    /// <summary>A status of 400 or above.</summary>
    Status = 11,

    /// <summary>
    /// The first of the flaws that an answer with a good status may have, as <see cref="AnswerModel.Flaws"/> names them; the others follow.
    /// </summary>
    FirstFlaw = 16,
}

/// <summary>The names, in reports and in JSON, of the kinds of errors that any application may have.</summary>
internal static class ErrorText
{
    /// <summary>The name of a kind.</summary>
    /// <param name="kind">The kind.</param>
    public static string Of(ErrorKind kind) => kind switch
    {
        ErrorKind.None => "none",
        ErrorKind.Refused => "connection refused",
        ErrorKind.ConnectTimeout => "connect timeout",
        ErrorKind.Unreachable => "unreachable",
        ErrorKind.Tls => "TLS failed",
        ErrorKind.Reset => "connection reset",
        ErrorKind.Closed => "connection closed early",
        ErrorKind.Timeout => "timeout",
        ErrorKind.BadAnswer => "bad answer",
        ErrorKind.Interrupted => "interrupted",
        ErrorKind.NoResources => "no port or descriptor left here",
        ErrorKind.Status => "status",
        _ => $"kind {(byte)kind}",
    };
}
