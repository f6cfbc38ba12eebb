namespace Bookinfo.Load;

/// <summary>
/// The phases of a profile in nanoseconds since the start of a run. A phase begins where the one before it ends; what is after the end of
/// the run is in the last.
/// </summary>
/// <param name="profile">The profile.</param>
internal sealed class PhaseTimes(RateProfile profile)
{
    private const double NanosecondsPerSecond = 1e9;

    private readonly long[] _ends =
    [
        .. profile.Phases.SkipLast(1).Select(phase => (long)(phase.To * NanosecondsPerSecond)),
        (long)(profile.Duration * NanosecondsPerSecond),
    ];

    /// <summary>When the profile ends.</summary>
    public long End => _ends[^1];

    /// <summary>The last nanosecond of each phase: one before its end, which is the next one's, or the end of the run.</summary>
    public IEnumerable<long> Last => _ends.Select((end, phase) => phase == _ends.Length - 1 ? end : end - 1);

    /// <summary>The index of the phase that a time belongs to.</summary>
    /// <param name="time">The time.</param>
    public int IndexOf(long time)
    {
        var found = Array.BinarySearch(_ends, time);
        return Math.Min(found >= 0 ? found + 1 : ~found, _ends.Length - 1);
    }

    /// <summary>How far a phase has gone at a time: 0 at its begin, 1 at its end, and beyond these before and after it.</summary>
    /// <param name="phase">The index of the phase.</param>
    /// <param name="time">The time.</param>
    public double PartOf(int phase, long time)
    {
        var begin = phase == 0 ? 0 : _ends[phase - 1];
        return (time - begin) / (double)(_ends[phase] - begin);
    }
}
