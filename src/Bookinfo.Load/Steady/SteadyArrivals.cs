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

            Skip();
            CountDue();
            _settings = settings;
            _profile = settings.Profile?.Create();
            var into = _profile is null || settings.Profile!.Kind == ProfileKind.Constant
                ? 0
                : time.GetUtcNow().TimeOfDay.TotalSeconds % _profile.Duration;
            _began = Now - into;
            _position = _profile?.ArrivalsBy(into) ?? 0;
            Advance(first: true);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Ends it: what is due by now and was not taken is missed.</summary>
    public void End()
    {
        lock (_gate)
        {
            CountDue();
            _profile = null;
            _due = null;
        }
    }

    /// <summary>A part of the arrivals for one run, which ends when it is closed.</summary>
    public Lease Take() => new(this);

    private void CountDue()
    {
        for (var now = Now; _due <= now; Advance())
        {
            _missed++;
        }
    }

    private void Skip()
    {
        for (var latest = Now - patience.TotalSeconds; _due < latest; Advance())
        {
            _missed++;
        }
    }

    /// <summary>Finds the next arrival.</summary>
    private void Advance(bool first = false)
    {
        if (_profile is not { } profile)
        {
            _due = null;
            return;
        }

        _index += first ? 0 : 1;
        _position += _settings.Arrivals == ArrivalProcess.Poisson ? -Math.Log(1 - random.Fraction(RandomStream.Arrival, _index))
            : first ? 0
            : 1;
        var jitter = _settings.Arrivals == ArrivalProcess.Jittered
            ? ArrivalSchedule.MostJitter * random.Fraction(RandomStream.Arrival, _index)
            : 0;
        while (_position + jitter >= profile.ArrivalsBy(profile.Duration))
        {
            _position -= profile.ArrivalsBy(profile.Duration);
            _began += profile.Duration;
        }

        // A jittered arrival may lie before the beginning of the profile, if that begins between the arrival and its even place.
        _due = _began + (_position + jitter <= 0 ? 0 : profile.TimeOf(_position + jitter));
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
