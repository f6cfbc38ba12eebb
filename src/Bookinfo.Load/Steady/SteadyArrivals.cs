namespace Bookinfo.Load;

/// <summary>
/// Arrivals without an end, whose rate can be changed at any time. Several runs may share them, so that one can take over from another. An
/// arrival is given out only shortly before it is due: a sender that holds one for seconds would keep to a rate that is not asked for any
/// more. One that nobody has taken in time is counted, and never sent: a server that was stuck for an hour must not get the requests of
/// that hour at once.
/// </summary>
/// <param name="random">Where arrivals lie.</param>
/// <param name="patience">How late an arrival may be sent.</param>
/// <param name="time">The clock, which must be the system's.</param>
internal sealed class SteadyArrivals(IndexedRandom random, TimeSpan patience, TimeProvider time)
{
    /// <summary>
    /// How long before it is due an arrival is given out, in seconds: longer than a thread may take to wake up, which the sender makes up
    /// for.
    /// </summary>
    private const double Ahead = 0.005;

    /// <summary>How many arrivals that were missed are gone through one by one. Of more, those before these are only counted.</summary>
    private const long MostWalked = 1000;

    private readonly object _gate = new();
    private SteadySettings _settings = SteadySettings.None;
    private RateProfile? _profile;

    /// <summary>When the profile began, in seconds of the clock's timestamps.</summary>
    private double _began;

    /// <summary>How many arrivals of the profile are expected before the next one.</summary>
    private double _position;

    /// <summary>When the next arrival is due, in seconds of the clock's timestamps; <see langword="null"/> when there is none.</summary>
    private double? _due;

    private long _index;
    private long _missed;
    private bool _isLed;

    /// <summary>How many arrivals nobody took in time.</summary>
    public long Missed
    {
        get
        {
            lock (_gate)
            {
                Skip();
                return _missed;
            }
        }
    }

    /// <summary>The rate that is asked for now, in requests a second.</summary>
    public double Rate
    {
        get
        {
            lock (_gate)
            {
                // The profile of the next arrival may not have begun yet; each is like the one before it.
                return _profile is not { } profile ? 0
                    : profile.RateAt((((Now - _began) % profile.Duration) + profile.Duration) % profile.Duration);
            }
        }
    }

    private bool IsPoisson => _settings.Arrivals == ArrivalProcess.Poisson;

    private double Now => time.GetTimestamp() / Frequency;

    private double Frequency => time.TimestampFrequency;

    /// <summary>Changes what is to be sent, from now on.</summary>
    /// <param name="settings">What that is.</param>
    public void Follow(SteadySettings settings)
    {
        lock (_gate)
        {
            if (settings == _settings)
            {
                return;
            }

            Miss(Now);
            _settings = settings;
            _profile = settings.Profile?.Create();
            var into = _profile is null || settings.Profile!.Kind == ProfileKind.Constant
                ? 0
                : time.GetUtcNow().TimeOfDay.TotalSeconds % _profile.Duration;
            _began = Now - into;
            _position = (_profile?.ArrivalsBy(into) ?? 0) + (IsPoisson ? Gap() : 0);
            Place();
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Ends it: what is due by now and was not taken is missed.</summary>
    public void End()
    {
        lock (_gate)
        {
            Miss(Now);
            _profile = null;
            _due = null;
        }
    }

    /// <summary>A part of the arrivals for one run, which ends when it is closed.</summary>
    public Lease Take() => new(this);

    /// <summary>Misses what nobody took in time.</summary>
    private void Skip() => Miss(Now - patience.TotalSeconds);

    /// <summary>Counts what was due before a time and was not taken as missed.</summary>
    private void Miss(double until)
    {
        if (_due < until)
        {
            Leap(until);
        }

        for (; _due < until; Advance())
        {
            _missed++;
        }
    }

    /// <summary>
    /// Misses most of what was due before a time at once, if that is a lot, as it is when the program was paused for hours: others wait
    /// meanwhile. Of a Poisson process, it takes as many as are expected.
    /// </summary>
    private void Leap(double until)
    {
        var profile = _profile!;
        var periods = Math.Floor((until - _began) / profile.Duration);
        var expected = (periods * profile.ArrivalsBy(profile.Duration))
            + profile.ArrivalsBy(until - _began - (periods * profile.Duration)) - _position;
        var count = Math.Max(0, (long)expected - MostWalked);
        _missed += count;
        _index += count;
        _position += count;
        Place();
    }

    /// <summary>Goes on to the next arrival.</summary>
    private void Advance()
    {
        _index++;
        _position += IsPoisson ? Gap() : 1;
        Place();
    }

    /// <summary>How many arrivals are expected, on average one, between an arrival of a Poisson process and the one before it.</summary>
    private double Gap() => -Math.Log(1 - random.Fraction(RandomStream.Arrival, _index));

    /// <summary>Finds when the arrival at the position is due.</summary>
    private void Place()
    {
        if (_profile is not { } profile)
        {
            _due = null;
            return;
        }

        var jitter = _settings.Arrivals == ArrivalProcess.Jittered
            ? ArrivalSchedule.MostJitter * random.Fraction(RandomStream.Arrival, _index)
            : 0;
        // At a low rate, many times the length of the profile may lie before it.
        var inPeriod = profile.ArrivalsBy(profile.Duration);
        var periods = Math.Max(0, Math.Floor((_position + jitter) / inPeriod));
        _position -= periods * inPeriod;
        _began += periods * profile.Duration;
        // A jittered arrival may lie before the beginning of the profile, if that begins between the arrival and its even place; and
        // rounding may put one at its very end.
        var place = _position + jitter;
        _due = _began + (place <= 0 ? 0 : Math.Min(profile.TimeOf(place), profile.Duration));
    }

    private bool TryTake(Lease lease, out long index, out double due)
    {
        lock (_gate)
        {
            while (!lease.IsClosed)
            {
                Skip();
                if (_due is { } next && next - Now <= Ahead)
                {
                    (index, due) = (_index, next);
                    Advance();
                    // Whoever waits next waits for the arrival after this one.
                    Monitor.Pulse(_gate);
                    return true;
                }

                Wait();
            }

            // It may have been the one that the others rely on.
            Monitor.Pulse(_gate);
            (index, due) = (0, 0);
            return false;
        }
    }

    /// <summary>
    /// Waits for what comes next. Of all who wait, one looks at the clock; the others sleep until it has taken an arrival.
    /// </summary>
    private void Wait()
    {
        if (_isLed || _due is not { } next)
        {
            Monitor.Wait(_gate);
            return;
        }

        _isLed = true;
        Monitor.Wait(_gate, TimeSpan.FromSeconds(Math.Clamp(next - Now - Ahead, 0.001, 3600)));
        _isLed = false;
    }

    /// <summary>What one run takes of the arrivals.</summary>
    /// <param name="arrivals">All of them.</param>
    internal sealed class Lease(SteadyArrivals arrivals) : IArrivals
    {
        /// <summary>Whether the run is over.</summary>
        public bool IsClosed { get; private set; }

        /// <inheritdoc/>
        public bool TryTake(RunClock clock, out long index, out long due)
        {
            var taken = arrivals.TryTake(this, out index, out var seconds);
            due = clock.At((long)(seconds * arrivals.Frequency));
            return taken;
        }

        /// <summary>Gives the run no more arrivals. Those that it has taken it sends.</summary>
        public void Close()
        {
            lock (arrivals._gate)
            {
                IsClosed = true;
                Monitor.PulseAll(arrivals._gate);
            }
        }

        /// <inheritdoc/>
        public long[] Close(params IReadOnlyList<long> until)
        {
            Close();
            return new long[until.Count];
        }
    }
}
