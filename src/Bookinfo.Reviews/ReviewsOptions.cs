using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Configuration;

namespace Bookinfo.Reviews;

/// <summary>The settings of reviews.</summary>
/// <param name="EnableRatings">Whether the reviews carry stars (v2, v3) or not (v1).</param>
/// <param name="StarColor">The color of the stars.</param>
/// <param name="PodName">The pod, or the string <c>null</c>.</param>
/// <param name="ClusterName">The cluster, or the string <c>null</c>.</param>
public sealed record ReviewsOptions(bool EnableRatings, string StarColor, string PodName, string ClusterName)
{
    /// <summary>The color for which a slow ratings service is waited for the longest, and the one when nothing is said.</summary>
    public const string Black = "black";

    /// <summary>The color of v3.</summary>
    public const string Red = "red";

    /// <summary>Which of the versions of the contract this is nearest to: v1 without stars, v3 with red ones, v2 with any others.</summary>
    public string Version => (EnableRatings, StarColor) switch
    {
        (false, _) => "v1",
        (true, Red) => "v3",
        _ => "v2",
    };

    /// <summary>How ratings is called, which depends on the color: it is how v2 and v3 differ in the tutorials.</summary>
    public CallPolicy RatingsPolicy =>
        StarColor == Black ? CallPolicy.BlackReviewsToRatings : ServiceCatalog.Reviews.CallTo(ServiceCatalog.Ratings).Policy;

    /// <summary>
    /// Reads <c>ENABLE_RATINGS</c> (true or false, false when not set), <c>STAR_COLOR</c> (a color name, black when not set),
    /// <c>HOSTNAME</c> and <c>CLUSTER_NAME</c>.
    /// </summary>
    /// <param name="settings">The settings.</param>
    /// <returns>The options.</returns>
    /// <exception cref="InvalidSettingException">A setting is not allowed.</exception>
    public static ReviewsOptions Read(Settings settings)
    {
        var color = settings.Text(SettingNames.StarColor) ?? Black;
        // It becomes part of the name of a CSS class in the page.
        if (color.Length > 32 || !color.All(char.IsAsciiLetter))
        {
            throw new InvalidSettingException(SettingNames.StarColor, color, "the name of a color: 1 to 32 letters");
        }

        return new ReviewsOptions(
            settings.Flag(SettingNames.EnableRatings, standard: false),
            color,
            settings.Text(SettingNames.Hostname) ?? "null",
            settings.Text(SettingNames.ClusterName) ?? "null");
    }
}
