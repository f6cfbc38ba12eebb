namespace Bookinfo.Verification;

/// <summary>
/// Whether all that a platform lacks of a run may be older than all that it has, as on a platform that keeps a limited number and drops the
/// oldest. All times are in one unit, whichever that is.
/// </summary>
internal sealed class OldestAbsent
{
    /// <summary>Why such things are absent, and what to do.</summary>
    public const string Why =
        "the platform probably keeps a limited number, and drops the oldest. Raise its limit, or send fewer requests.";

    private long _lastAbsent = long.MinValue;
    private long _firstPresent = long.MaxValue;

    /// <summary>Whether all that is absent may be older than all that is there; true if there is nothing of one of them.</summary>
    public bool Holds => _lastAbsent <= _firstPresent;

    /// <summary>Adds something that is absent.</summary>
    /// <param name="time">When it came about, at the earliest.</param>
    public void AddAbsent(long time) => _lastAbsent = Math.Max(_lastAbsent, time);

    /// <summary>Adds something that is there.</summary>
    /// <param name="time">When it came about, at the latest.</param>
    public void AddPresent(long time) => _firstPresent = Math.Min(_firstPresent, time);
}
