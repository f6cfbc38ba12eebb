namespace Bookinfo.Contracts;

/// <summary>
/// The timeout and the number of tries of a call to a backend. All of them are defined here; mesh tutorials depend on these figures.
/// </summary>
/// <param name="Timeout">The most that one try may take, from the start of the request to the last byte of the answer.</param>
/// <param name="Tries">How many times the call is tried at most, the first included; a retry follows at once.</param>
public sealed record CallPolicy(TimeSpan Timeout, int Tries)
{
    /// <summary>productpage to details: 3 s, once.</summary>
    public static CallPolicy ProductPageToDetails { get; } = new(TimeSpan.FromSeconds(3), Tries: 1);

    /// <summary>
    /// productpage to reviews: 3 s, at most twice. The second try is the original's deliberate bug: with the 7 s delay that the fault
    /// injection tutorial puts in front of ratings, the page gives up after 6 s although reviews (10 s) would still have answered.
    /// </summary>
    public static CallPolicy ProductPageToReviews { get; } = new(TimeSpan.FromSeconds(3), Tries: 2);

    /// <summary>productpage to ratings (API only): 3 s, once.</summary>
    public static CallPolicy ProductPageToRatings { get; } = new(TimeSpan.FromSeconds(3), Tries: 1);

    /// <summary>reviews to ratings with black stars (v2): 10 s, once.</summary>
    public static CallPolicy BlackReviewsToRatings { get; } = new(TimeSpan.FromSeconds(10), Tries: 1);

    /// <summary>
    /// reviews to ratings with stars of any other color (v3): 2.5 s, once. Short enough for productpage's 3 s: this is the version in which
    /// the tutorials' bug is fixed.
    /// </summary>
    public static CallPolicy ColoredReviewsToRatings { get; } = new(TimeSpan.FromSeconds(2.5), Tries: 1);

    /// <summary>details-v2 to the external book service: 5 s, once.</summary>
    public static CallPolicy DetailsToBooks { get; } = new(TimeSpan.FromSeconds(5), Tries: 1);
}
