namespace Bookinfo.Load;

/// <summary>What the kinds of errors are called, in reports and in JSON.</summary>
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
        ErrorKind.PageDetails => "page without details",
        ErrorKind.PageReviews => "page without reviews",
        ErrorKind.PageRatings => "reviews without ratings",
        _ => $"kind {(byte)kind}",
    };
}
