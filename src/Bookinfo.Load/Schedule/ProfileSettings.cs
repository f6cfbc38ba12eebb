using System.Globalization;

namespace Bookinfo.Load;

/// <summary>What a <see cref="RateProfile"/> is made of.</summary>
/// <param name="Kind">Which profile.</param>
/// <param name="Rate">The rate that it is named by, in requests a second: that of a constant one, the highest of a ramp, and so on.</param>
/// <param name="Seconds">How long it is.</param>
/// <param name="From">
/// The rate that a ramp or a day begins with; <see langword="null"/> for the usual one, which is 0 for a ramp and
/// <see cref="UsualNight"/> times <paramref name="Rate"/> for a day.
/// </param>
/// <param name="Peak">
/// The rate in a spike; <see langword="null"/> for the usual one, which is <see cref="UsualPeak"/> times <paramref name="Rate"/>.
/// </param>
/// <param name="Steps">How many steps.</param>
public sealed record ProfileSettings(
    ProfileKind Kind, double Rate, double Seconds, double? From = null, double? Peak = null, int Steps = ProfileSettings.UsualSteps)
{
    /// <summary>The rate of a spike, as a multiple of the rate around it, when nothing else is said.</summary>
    public const double UsualPeak = 5;

    /// <summary>The rate at night, as a part of that at noon, when nothing else is said.</summary>
    public const double UsualNight = 0.1;

    /// <summary>The number of steps when nothing else is said.</summary>
    public const int UsualSteps = 5;

    /// <summary>The most steps.</summary>
    public const int MostSteps = 1000;

    /// <summary>The lowest rate that can be asked for: one request in ten seconds.</summary>
    public const double LowestRate = 0.1;

    /// <summary>The highest rate.</summary>
    public const double HighestRate = 1_000_000;

    /// <summary>The names of all profiles, as users write them.</summary>
    public static IReadOnlyList<string> KindNames { get; } = [.. Enum.GetValues<ProfileKind>().Select(NameOf)];

    private const double Longest = 24 * 3600;

    /// <summary>The name of a profile, as users write it.</summary>
    /// <param name="kind">The profile.</param>
    public static string NameOf(ProfileKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>Makes the profile.</summary>
    public RateProfile Create() => Kind switch
    {
        ProfileKind.Ramp => new RampProfile(From ?? 0, Rate, Seconds),
        ProfileKind.Steps => new StepsProfile(Rate, Steps, Seconds),
        ProfileKind.Spike => new SpikeProfile(Rate, Peak ?? (UsualPeak * Rate), Seconds),
        ProfileKind.Diurnal => new DiurnalProfile(From ?? (UsualNight * Rate), Rate, Seconds),
        _ => new ConstantProfile(Rate, Seconds),
    };

    /// <summary>Looks for what is wrong with it.</summary>
    /// <returns>The first thing that is, in a sentence without its end; <see langword="null"/> when nothing is.</returns>
    public string? FindProblem()
    {
        FormattableString? problem = this switch
        {
            _ when !Enum.IsDefined(Kind) => $"there is no profile {Kind}",
            { Rate: not (>= LowestRate and <= HighestRate) } => $"rate {Rate} must be {LowestRate} to {HighestRate}",
            { Seconds: not (> 0 and <= Longest) } => $"seconds {Seconds} must be above 0 and at most {Longest}",
            { From: not (null or (>= 0 and <= HighestRate)) } => $"from {From} must be 0 to {HighestRate}",
            { Peak: not (null or (>= 0 and <= HighestRate)) } => $"peak {Peak} must be 0 to {HighestRate}",
            { Steps: not (>= 1 and <= MostSteps) } => $"steps {Steps} must be 1 to {MostSteps}",
            _ => null,
        };
        return problem?.ToString(CultureInfo.InvariantCulture);
    }
}
