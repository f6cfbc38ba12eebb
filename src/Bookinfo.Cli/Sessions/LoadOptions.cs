using Bookinfo.Cli.Terminal;
using Bookinfo.Load;

namespace Bookinfo.Cli.Sessions;

/// <summary>What the user asked <c>load</c> for.</summary>
/// <param name="Url">Where to.</param>
/// <param name="Paths">Which paths; none for the usual mix.</param>
/// <param name="Headers">Further headers.</param>
/// <param name="Rate">Requests a second.</param>
/// <param name="Duration">How long.</param>
/// <param name="Profile">The rate over time.</param>
/// <param name="From">The rate that a ramp or a day begins with; <see langword="null"/> for the usual one.</param>
/// <param name="Peak">The rate in a spike; <see langword="null"/> for the usual one.</param>
/// <param name="Steps">How many steps.</param>
/// <param name="Arrivals">How arrivals lie around the rate.</param>
/// <param name="Seed">Makes what is left to chance repeatable.</param>
/// <param name="Connections">How many connections.</param>
/// <param name="Timeout">How long a request may take.</param>
/// <param name="Insecure">Whether any certificate will do.</param>
/// <param name="Objective">
/// What the p99 must stay under, when the highest rate for that is to be found; else <see langword="null"/>.
/// </param>
/// <param name="Ledger">The file for the ledger, if one is to be kept.</param>
/// <param name="Hdr">The file for the log of histograms, if one is to be written.</param>
/// <param name="Output">How to write the outcome.</param>
internal sealed record LoadOptions(
    Uri Url,
    IReadOnlyList<string> Paths,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    double Rate,
    TimeSpan Duration,
    ProfileKind Profile,
    double? From,
    double? Peak,
    int Steps,
    ArrivalProcess Arrivals,
    ulong Seed,
    int Connections,
    TimeSpan Timeout,
    bool Insecure,
    TimeSpan? Objective,
    string? Ledger,
    string? Hdr,
    OutputFormat Output)
{
    /// <summary>The rate of a spike, as a multiple of the rate around it, when nothing else is said.</summary>
    public const double UsualPeak = 5;

    /// <summary>The rate at night, as a part of that at noon, when nothing else is said.</summary>
    public const double UsualNight = 0.1;

    /// <summary>Makes the profile.</summary>
    public RateProfile CreateProfile() => Profile switch
    {
        ProfileKind.Ramp => new RampProfile(From ?? 0, Rate, Duration.TotalSeconds),
        ProfileKind.Steps => new StepsProfile(Rate, Steps, Duration.TotalSeconds),
        ProfileKind.Spike => new SpikeProfile(Rate, Peak ?? (UsualPeak * Rate), Duration.TotalSeconds),
        ProfileKind.Diurnal => new DiurnalProfile(From ?? (UsualNight * Rate), Rate, Duration.TotalSeconds),
        _ => new ConstantProfile(Rate, Duration.TotalSeconds),
    };
}
