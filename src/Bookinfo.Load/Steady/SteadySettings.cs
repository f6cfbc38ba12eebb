namespace Bookinfo.Load;

/// <summary>What traffic without an end is to be.</summary>
/// <param name="Profile">
/// The rate over time, repeated for as long as it is followed; <see langword="null"/> for none. Those that are not constant keep to the
/// clock: one of 24 hours begins at midnight UTC, whenever the traffic was started.
/// </param>
/// <param name="Arrivals">How arrivals lie around that rate.</param>
public sealed record SteadySettings(ProfileSettings? Profile, ArrivalProcess Arrivals)
{
    /// <summary>No traffic.</summary>
    public static SteadySettings None { get; } = new(null, ArrivalProcess.Even);
}
