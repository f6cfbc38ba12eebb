namespace Bookinfo.Load;

/// <summary>A part of an answer whose time its <c>Server-Timing</c> header tells.</summary>
internal enum Hop
{
    /// <summary>productpage's call to details.</summary>
    Details,

    /// <summary>productpage's call to reviews.</summary>
    Reviews,

    /// <summary>The call to ratings, by reviews or, for the API, by productpage.</summary>
    Ratings,

    /// <summary>The whole answer, as the service that answered saw it.</summary>
    Total,
}
