using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Configuration;

namespace Bookinfo.Ratings;

/// <summary>The settings of ratings.</summary>
/// <param name="Misbehavior">What the service does wrong on purpose, from <c>SERVICE_VERSION</c>.</param>
/// <param name="RandomSeed">
/// What the random choices start from (<c>RANDOM_SEED</c>), so that a run can be repeated; <see langword="null"/> for other choices each
/// time.
/// </param>
public sealed record RatingsOptions(MisbehaviorKind Misbehavior, int? RandomSeed)
{
    /// <summary>Reads <c>SERVICE_VERSION</c> and <c>RANDOM_SEED</c> (0 to 2147483647).</summary>
    /// <param name="settings">The settings.</param>
    /// <returns>The options.</returns>
    /// <exception cref="InvalidSettingException">A setting is not allowed.</exception>
    public static RatingsOptions Read(Settings settings)
    {
        const string Version = SettingNames.ServiceVersion;
        var misbehavior = settings.Text(Version) switch
        {
            "v-faulty" => MisbehaviorKind.Faulty,
            "v-delayed" => MisbehaviorKind.Delayed,
            "v-unavailable" => MisbehaviorKind.Unavailable,
            "v-unhealthy" => MisbehaviorKind.Unhealthy,
            // v2 promises what is in a database; made-up ratings under that name would be a lie.
            { } other when other.Trim().Equals("v2", StringComparison.OrdinalIgnoreCase) =>
                throw new InvalidSettingException(Version, other, "v1 until ratings can be read from a database"),
            // Any other name is only a label, but a mistyped misbehavior must not pass for a well-behaved version.
            { } other when other.Trim().StartsWith("v-", StringComparison.OrdinalIgnoreCase) =>
                throw new InvalidSettingException(
                    Version, other, "v1, v-faulty, v-delayed, v-unavailable, v-unhealthy, or a label that does not begin with 'v-'"),
            _ => MisbehaviorKind.None,
        };
        const string Seed = SettingNames.RandomSeed;
        int? seed = settings.Text(Seed) is null ? null : settings.Number(Seed, standard: 0, least: 0, most: int.MaxValue);
        return new RatingsOptions(misbehavior, seed);
    }
}
