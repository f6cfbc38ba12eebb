namespace Bookinfo.Cli.Baseline;

/// <summary>The latencies that a baseline has, by their names in files and on the command line.</summary>
internal static class Measure
{
    /// <summary>The whole request, from when it was due: what its sender would have seen.</summary>
    public const string Page = "page";

    /// <summary>The whole request, from when it was sent.</summary>
    public const string PageFromSend = "page-from-send";

    /// <summary>The whole answer, as the service that answered saw it.</summary>
    public const string Server = "server";

    /// <summary>productpage's call to details.</summary>
    public const string Details = "productpage->details";

    /// <summary>productpage's call to reviews.</summary>
    public const string Reviews = "productpage->reviews";

    /// <summary>The call of reviews to ratings.</summary>
    public const string Ratings = "reviews->ratings";

    /// <summary>All, in the order of reports.</summary>
    public static IReadOnlyList<string> All { get; } = [Page, PageFromSend, Server, Details, Reviews, Ratings];
}
