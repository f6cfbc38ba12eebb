namespace Bookinfo.ProductPage;

/// <summary>What visitors are told when a backend does not answer; the words are the wire contract's.</summary>
public static class BackendErrors
{
    /// <summary>Of details.</summary>
    public const string Details = "Sorry, product details are currently unavailable for this book.";

    /// <summary>Of reviews.</summary>
    public const string Reviews = "Sorry, product reviews are currently unavailable for this book.";

    /// <summary>Of ratings.</summary>
    public const string Ratings = "Sorry, product ratings are currently unavailable for this book.";
}
