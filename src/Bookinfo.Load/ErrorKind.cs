namespace Bookinfo.Load;

/// <summary>What was wrong with a request. The numbers are in ledgers, and so never change their meaning.</summary>
internal enum ErrorKind : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The connection was refused: nothing listens there.</summary>
    Refused = 1,

    /// <summary>The connection was not there in time.</summary>
    ConnectTimeout = 2,

    /// <summary>There is no way to the address, or it does not exist.</summary>
    Unreachable = 3,

    /// <summary>TLS could not be agreed on, or the certificate is not trusted.</summary>
    Tls = 4,

    /// <summary>The other side reset the connection.</summary>
    Reset = 5,

    /// <summary>The other side closed the connection before the answer was complete.</summary>
    Closed = 6,

    /// <summary>The answer was not complete in time.</summary>
    Timeout = 7,

    /// <summary>What came is no HTTP, or beyond the limits of <see cref="HttpAnswerReader"/>.</summary>
    BadAnswer = 8,

    /// <summary>It was under way when the run was interrupted, and did not end soon.</summary>
    Interrupted = 9,

    /// <summary>This machine had no port, no memory or no file descriptor left for a connection: the generator's own fault.</summary>
    NoResources = 10,

    /// <summary>A status of 400 or above.</summary>
    Status = 11,

    /// <summary>A page that says that it could not get the details.</summary>
    PageDetails = 16,

    /// <summary>A page that says that it could not get the reviews.</summary>
    PageReviews = 17,

    /// <summary>A page, or an answer with reviews, that says that the ratings are unavailable.</summary>
    PageRatings = 18,
}
