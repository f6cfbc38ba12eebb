namespace Bookinfo.Contracts;

/// <summary>
/// The texts by which a page, or an answer of reviews, shows its state. They are the original's and part of the contract: the services
/// write them; the load generator and checks look for them.
/// </summary>
public static class PageTexts
{
    /// <summary>Appears in a page that could not get the details of the book.</summary>
    public const string DetailsMissing = "Error fetching product details";

    /// <summary>Appears in a page that could not get the reviews.</summary>
    public const string ReviewsMissing = "Error fetching product reviews";

    /// <summary>Appears in reviews, and so in the page, when ratings could not be reached.</summary>
    public const string RatingsMissing = "Ratings service is currently unavailable";

    /// <summary>Appears in a page with reviews, before the name of the pod that they came from.</summary>
    public const string ReviewsServedBy = "Reviews served by:";
}
