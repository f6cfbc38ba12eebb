namespace Bookinfo.Load;

/// <summary>
/// Decides when each request is due, no matter how earlier ones are answered: that makes the loop an open one. The times are given out in
/// order, each once, to the connection that asks next. They depend on the profile, the process and the seed, and not on any clock.
/// </summary>
/// <param name="profile">The rate over time.</param>
/// <param name="process">How arrivals are distributed around it.</param>
/// <param name="random">The random numbers of the run.</param>
/// <param name="share">Which of the arrivals are given out. The others belong to other workers or systems.</param>
internal sealed class ArrivalSchedule(RateProfile profile, ArrivalProcess process, IndexedRandom random, Share share) : IArrivals
{
    /// <summary>The most by which a jittered arrival is delayed, as a part of the interval between even ones.</summary>
    public const double MostJitter = 0.5;

    private readonly Lock _lock = new();
    private long _next;
    private double _expected;
    private bool _closed;
    private long _firstUntaken;

    /// <summary>Takes the next arrival.</summary>
    /// <param name="index">Its number in the whole run, counted from 0.</param>
    /// <param name="due">When it is due, in nanoseconds since the start.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryTake(out long index, out long due)
    {
        // Held for some ten nanoseconds: even at 100,000 requests a second, threads hardly ever wait for it.
        lock (_lock)
        {
            (index, due) = (_next, 0);
            return !_closed && TryNext(out index, out due);
        }
    }

    /// <inheritdoc/>
    bool IArrivals.TryTake(RunClock clock, out long index, out long due) => TryTake(out index, out due);

    /// <inheritdoc/>
    public long[] Close(params IReadOnlyList<long> until)
    {
        lock (_lock)
        {
            (_closed, _firstUntaken) = (true, _next);
            return process == ArrivalProcess.Even ? [.. until.Select(CountEven)] : CountOneByOne(until);
        }
    }

    /// <inheritdoc/>
    public IEnumerable<long> Untaken
    {
        get
        {
            for (var index = _firstUntaken; ; index++)
            {
                if (share.Has(index))
                {
                    yield return index;
                }
            }
        }
    }

    /// <summary>Even arrivals can be computed, so even the millions that pile up before a slow server are counted at once.</summary>
    private long CountEven(long until)
    {
        var (low, high) = (_next, (long)profile.ArrivalsBy(profile.Duration) + 1);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var seconds = profile.TimeOf(middle);
            if (double.IsFinite(seconds) && Nanoseconds(seconds) <= until)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return share.CountOf(low) - share.CountOf(_next);
    }

    private long[] CountOneByOne(IReadOnlyList<long> until)
    {
        var counts = new long[until.Count];
        long left = 0;
        var reached = 0;
        while (TryNext(out _, out var due))
        {
            for (; reached < counts.Length && due > until[reached]; reached++)
            {
                counts[reached] = left;
            }

            if (reached == counts.Length)
            {
                return counts;
            }

            left++;
        }

        counts.AsSpan(reached).Fill(left);
        return counts;
    }

    private bool TryNext(out long index, out long due)
    {
        // The arrivals of others are computed as well and then skipped, because a Poisson arrival depends on the one before it, no matter
        // whose that is.
        do
        {
            index = _next;
            if (!TryAdvance(out due))
            {
                return false;
            }
        }
        while (!share.Has(index));
        return true;
    }

    private bool TryAdvance(out long due)
    {
        // Even: the first at once, then one whenever the expected number reaches the next whole number. Jittered: the same, each delayed by
        // chance. Poisson: a process of rate one, stretched to the profile, which is the standard way to get a changing rate.
        var expected = process switch
        {
            ArrivalProcess.Even => _next,
            ArrivalProcess.Jittered => _next + (MostJitter * random.Fraction(RandomStream.Arrival, _next)),
            _ => _expected - Math.Log(1 - random.Fraction(RandomStream.Arrival, _next)),
        };
        var seconds = profile.TimeOf(expected);
        if (double.IsPositiveInfinity(seconds))
        {
            due = 0;
            return false;
        }

        due = Nanoseconds(seconds);
        _expected = expected;
        _next++;
        return true;
    }

    private static long Nanoseconds(double seconds) => (long)Math.Round(seconds * 1e9);
}

/// <summary>Gives out the times at which requests are due, each once, to whoever asks next. May be asked from any thread.</summary>
internal interface IArrivals
{
    /// <summary>Takes the next arrival.</summary>
    /// <param name="clock">The time of the run.</param>
    /// <param name="index">Its number.</param>
    /// <param name="due">When it is due, in nanoseconds since the start of the run.</param>
    /// <returns>Whether there is one.</returns>
    bool TryTake(RunClock clock, out long index, out long due);

    /// <summary>Stops giving out arrivals.</summary>
    /// <param name="until">Times in nanoseconds since the start, ascending.</param>
    /// <returns>For each time, how many arrivals were due by then but not taken.</returns>
    long[] Close(params IReadOnlyList<long> until);

    /// <summary>The numbers of the arrivals that had not been taken when it was closed, in order and without end.</summary>
    IEnumerable<long> Untaken => [];
}

/// <summary>How arrivals are distributed around the rate that is asked for.</summary>
public enum ArrivalProcess
{
    /// <summary>
    /// Equal intervals while the rate is constant: the same number of requests in each run, and no queue caused by the generator itself.
    /// </summary>
    Even,

    /// <summary>
    /// Independent of each other, like those of many visitors: intervals are exponentially distributed, and some arrivals come in bursts.
    /// </summary>
    Poisson,

    /// <summary>
    /// Even, but each delayed by a random part of half an interval: at least half an interval apart, and not in step with anything that
    /// happens at regular intervals.
    /// </summary>
    Jittered,
}

/// <summary>
/// Which arrivals of a run belong to one worker, if several share the run: exactly one of every <paramref name="Count"/> consecutive ones.
/// Without <see cref="Order"/> it is always number <paramref name="Index"/> of them, so even arrivals stay even: at a constant rate, worker
/// i begins i intervals of the whole rate after the start, and continues at its part of the rate.
/// </summary>
/// <param name="Index">Which worker, from 0.</param>
/// <param name="Count">How many workers there are.</param>
public readonly record struct Share(int Index, int Count)
{
    /// <summary>All arrivals.</summary>
    public static Share Whole { get; } = new(0, 1);

    /// <summary>
    /// The random numbers that give the order of the workers, which is then different in each group of arrivals. All workers of a run must
    /// have the same ones. <see langword="null"/> for a fixed order.
    /// </summary>
    public IndexedRandom? Order { get; init; }

    /// <summary>Whether an arrival belongs to the share.</summary>
    /// <param name="arrival">The number of the arrival in the whole run, from 0.</param>
    public bool Has(long arrival) => arrival % Count == PlaceIn(arrival / Count);

    /// <summary>How many of the first arrivals of the run belong to the share.</summary>
    /// <param name="arrivals">The number of these first arrivals.</param>
    public long CountOf(long arrivals) => (arrivals / Count) + (arrivals % Count > PlaceIn(arrivals / Count) ? 1 : 0);

    /// <summary>
    /// The worker's part of a number of indivisible things, such as connections. The parts of all workers add up to the whole.
    /// </summary>
    /// <param name="whole">How many there are altogether.</param>
    public int PartOf(int whole) => (int)CountOf(whole);

    /// <summary>The place of this worker in a group of as many arrivals as there are workers.</summary>
    private int PlaceIn(long group)
    {
        if (Order is not { } random)
        {
            return Index;
        }

        // Each worker gets a random number, and they are ordered by these numbers.
        var place = 0;
        var own = random.Bits(RandomStream.Turn, (group * Count) + Index);
        for (var other = 0; other < Count; other++)
        {
            var number = random.Bits(RandomStream.Turn, (group * Count) + other);
            place += number < own || (number == own && other < Index) ? 1 : 0;
        }

        return place;
    }
}
