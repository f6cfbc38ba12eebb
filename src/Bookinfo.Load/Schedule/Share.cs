namespace Bookinfo.Load;

/// <summary>
/// Which arrivals of a run are one worker's, when several do it together: every <paramref name="Count"/>-th, beginning with number
/// <paramref name="Index"/>. So each arrival is exactly one worker's, and even arrivals of all lie as evenly as those of one: at a constant
/// rate, worker i begins i intervals of the whole rate after the start, and goes on at its part of the rate.
/// </summary>
/// <param name="Index">Which worker, from 0.</param>
/// <param name="Count">How many workers there are.</param>
public readonly record struct Share(int Index, int Count)
{
    /// <summary>All of it.</summary>
    public static Share Whole { get; } = new(0, 1);

    /// <summary>Whether an arrival is in it.</summary>
    /// <param name="arrival">The number of the arrival in the whole run, from 0.</param>
    public bool Has(long arrival) => arrival % Count == Index;

    /// <summary>How many of the first arrivals are in it.</summary>
    /// <param name="arrivals">How many arrivals of the whole run.</param>
    public long CountOf(long arrivals) => (arrivals - Index + Count - 1) / Count;

    /// <summary>
    /// The part of something that cannot be divided further, such as connections. The parts of all workers add up to the whole.
    /// </summary>
    /// <param name="whole">How many there are of it.</param>
    public int PartOf(int whole) => (int)CountOf(whole);
}
