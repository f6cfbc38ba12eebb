namespace Bookinfo.Load;

/// <summary>
/// When each request is due, whatever becomes of those before it: that is what makes the loop an open one. The times are given out in
/// order, each once, to whoever asks; they depend on the profile, the process and the seed, and on no clock.
/// </summary>
/// <param name="profile">The rate over time.</param>
/// <param name="process">How arrivals lie around it.</param>
/// <param name="random">The numbers of the run.</param>
/// <param name="share">Which of the arrivals are given out. The others are another worker's.</param>
internal sealed class ArrivalSchedule(RateProfile profile, ArrivalProcess process, IndexedRandom random, Share share)
{
    /// <summary>The most that a jittered arrival is late, as a part of the distance between even ones.</summary>
    private const double MostJitter = 0.5;

    private readonly Lock _lock = new();
    private long _next;
    private double _expected;
    private bool _closed;

    /// <summary>Takes the next arrival.</summary>
    /// <param name="index">Its number in the whole run, counted from 0.</param>
    /// <param name="due">When it is due, in nanoseconds since the start.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryTake(out long index, out long due)
    {
        // Held for some ten nanoseconds: at 100,000 requests a second nobody is in another's way.
        lock (_lock)
        {
            (index, due) = (_next, 0);
            return !_closed && TryNext(out index, out due);
        }
    }

    /// <summary>Gives nothing out any more.</summary>
    /// <param name="until">A time in nanoseconds since the start.</param>
    /// <returns>How many arrivals were due by then that nobody has taken.</returns>
    public long Close(long until)
    {
        lock (_lock)
        {
            _closed = true;
            return process == ArrivalProcess.Even ? CountEven(until) : CountOneByOne(until);
        }
    }

    /// <summary>Even arrivals can be looked up, so the millions that pile up before a slow server are counted in no time.</summary>
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

    private long CountOneByOne(long until)
    {
        long left = 0;
        while (TryNext(out _, out var due) && due <= until)
        {
            left++;
        }

        return left;
    }

    private bool TryNext(out long index, out long due)
    {
        // Those of the others are passed over rather than left out of the reckoning: a Poisson arrival depends on the one before it, whose
        // ever that is.
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
        // Even: the first at once, then one whenever the expected number reaches the next whole one. Poisson: a process of rate one,
        // stretched to the profile, which is the standard way to one of changing rate.
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

/// <summary>How arrivals lie around the rate that is asked for.</summary>
public enum ArrivalProcess
{
    /// <summary>
    /// Equal distances, as far as the rate is constant: the same count each time, and no queue of the generator's making.
    /// </summary>
    Even,

    /// <summary>
    /// Independent of each other, as those of many visitors are: distances are exponentially distributed, and some come in bursts.
    /// </summary>
    Poisson,

    /// <summary>
    /// Even, but each up to half a distance later, by chance: never close to each other, and in step with nothing that happens at regular
    /// intervals.
    /// </summary>
    Jittered,
}

/// <summary>
/// Which arrivals of a run are one worker's, when several do it together: of each <paramref name="Count"/> that follow each other exactly
/// one. Without <see cref="Order"/> it is always number <paramref name="Index"/>, so that even arrivals of all lie as evenly as those of
/// one: at a constant rate, worker i begins i intervals of the whole rate after the start, and goes on at its part of the rate.
/// </summary>
/// <param name="Index">Which worker, from 0.</param>
/// <param name="Count">How many workers there are.</param>
public readonly record struct Share(int Index, int Count)
{
    /// <summary>All of it.</summary>
    public static Share Whole { get; } = new(0, 1);

    /// <summary>
    /// Where the order of the workers comes from, which is then another in each group of arrivals, by chance. All workers of a run have the
    /// same.
    /// </summary>
    public IndexedRandom? Order { get; init; }

    /// <summary>Whether an arrival is in it.</summary>
    /// <param name="arrival">The number of the arrival in the whole run, from 0.</param>
    public bool Has(long arrival) => arrival % Count == PlaceIn(arrival / Count);

    /// <summary>How many of the first arrivals are in it.</summary>
    /// <param name="arrivals">How many arrivals of the whole run.</param>
    public long CountOf(long arrivals) => (arrivals / Count) + (arrivals % Count > PlaceIn(arrivals / Count) ? 1 : 0);

    /// <summary>
    /// The part of something that cannot be divided further, such as connections. The parts of all workers add up to the whole.
    /// </summary>
    /// <param name="whole">How many there are of it.</param>
    public int PartOf(int whole) => (int)CountOf(whole);

    /// <summary>The place of this worker in a group of as many arrivals as there are workers.</summary>
    private int PlaceIn(long group)
    {
        if (Order is not { } random)
        {
            return Index;
        }

        // Each worker has a number, and they are in the order of their numbers.
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
