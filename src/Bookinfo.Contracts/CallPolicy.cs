namespace Bookinfo.Contracts;

/// <summary>
/// The timeout and the number of tries of a call to a backend. Those of the calls between services stand in <see cref="ServiceCatalog"/>,
/// with the calls; the rest is here. Mesh tutorials depend on these figures.
/// </summary>
/// <param name="Timeout">The most that one try may take, from the start of the request to the last byte of the answer.</param>
/// <param name="Tries">How many times the call is tried at most, the first included; a retry follows at once.</param>
public sealed record CallPolicy(TimeSpan Timeout, int Tries)
{
    /// <summary>reviews to ratings with black stars (v2), in place of the policy in the catalog: 10 s, once.</summary>
    public static CallPolicy BlackReviewsToRatings { get; } = Once(10);

    /// <summary>details-v2 to the external book service: 5 s, once.</summary>
    public static CallPolicy DetailsToBooks { get; } = Once(5);

    /// <summary>The policy of a call that is tried once.</summary>
    /// <param name="seconds">The timeout.</param>
    public static CallPolicy Once(double seconds) => new(TimeSpan.FromSeconds(seconds), Tries: 1);

    /// <summary>The policy of a call that is tried again, once, when the first try fails.</summary>
    /// <param name="seconds">The timeout of each try.</param>
    public static CallPolicy AtMostTwice(double seconds) => new(TimeSpan.FromSeconds(seconds), Tries: 2);
}
