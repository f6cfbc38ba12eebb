namespace Bookinfo.Verification;

/// <summary>
/// Whether what a platform lacks of a run is the oldest: nothing that is there is older than what is absent. A platform that keeps so many
/// has let those go.
/// </summary>
internal sealed class OldestAbsent
{
    /// <summary>Why such things are absent, and what to do.</summary>
    public const string Why = "it keeps so many and lets the oldest go. Raise its limit, or send fewer requests.";

    private long _lastAbsent = long.MinValue;
    private long _firstPresent = long.MaxValue;

    /// <summary>Whether all that is absent is older than all that is there.</summary>
    public bool Holds => _lastAbsent <= _firstPresent;

    /// <summary>Takes in something that is absent.</summary>
    /// <param name="time">When it came about, at the earliest.</param>
    public void AddAbsent(long time) => _lastAbsent = Math.Max(_lastAbsent, time);

    /// <summary>Takes in something that is there.</summary>
    /// <param name="time">When it came about, at the latest.</param>
    public void AddPresent(long time) => _firstPresent = Math.Min(_firstPresent, time);
}
