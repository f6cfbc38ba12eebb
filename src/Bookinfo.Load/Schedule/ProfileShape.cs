namespace Bookinfo.Load;

/// <summary>A rate over time that is as long as one likes: what users say of one, from which <see cref="RateProfile"/> is made.</summary>
/// <param name="Kind">Which profile.</param>
/// <param name="Rate">Requests a second: all the time, at the end of a ramp or of steps, around a spike, or at noon.</param>
/// <param name="From">The rate that a ramp or a day begins with; <see langword="null"/> for the usual one.</param>
/// <param name="Peak">The rate in a spike; <see langword="null"/> for the usual one.</param>
/// <param name="Steps">How many steps.</param>
public sealed record ProfileShape(ProfileKind Kind, double Rate, double? From, double? Peak, int Steps)
{
    /// <summary>How many steps there are when nothing else is said.</summary>
    public const int UsualSteps = 5;

    /// <summary>The rate of a spike, as a multiple of the rate around it, when nothing else is said.</summary>
    private const double UsualPeak = 5;

    /// <summary>The rate at night, as a part of that at noon, when nothing else is said.</summary>
    private const double UsualNight = 0.1;

    /// <summary>Makes the profile.</summary>
    /// <param name="duration">How long it is.</param>
    public RateProfile Over(TimeSpan duration) => Kind switch
    {
        ProfileKind.Ramp => new RampProfile(From ?? 0, Rate, duration.TotalSeconds),
        ProfileKind.Steps => new StepsProfile(Rate, Steps, duration.TotalSeconds),
        ProfileKind.Spike => new SpikeProfile(Rate, Peak ?? (UsualPeak * Rate), duration.TotalSeconds),
        ProfileKind.Diurnal => new DiurnalProfile(From ?? (UsualNight * Rate), Rate, duration.TotalSeconds),
        _ => new ConstantProfile(Rate, duration.TotalSeconds),
    };
}
