namespace Bookinfo.Ratings;

/// <summary>What ratings does wrong on purpose.</summary>
public enum MisbehaviorKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>503 to half of the GETs, at random (<c>v-faulty</c>).</summary>
    Faulty,

    /// <summary>7 s of delay for half of the GETs, at random (<c>v-delayed</c>).</summary>
    Delayed,

    /// <summary>60 s of normal service and 60 s of 503 by turns (<c>v-unavailable</c>).</summary>
    Unavailable,

    /// <summary>15 min of normal service and 15 min of 503 by turns, with failing health checks (<c>v-unhealthy</c>).</summary>
    Unhealthy,
}
