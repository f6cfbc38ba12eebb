namespace Bookinfo.Load;

/// <summary>
/// Records a run over time: its phases, and slices of about a second. A request belongs to when it was due, not to when it was answered:
/// what a spike does to its requests is the spike's, even if they are answered after it.
/// </summary>
public sealed class LoadTimeline : ILoadObserver
{
    /// <summary>The longest slice when a run is not long: a second.</summary>
    private const double UsualSlice = 1;

    /// <summary>
    /// How many requests a slice has on average, at least: half as many again as a median needs, for where chance sends fewer.
    /// </summary>
    private static readonly double FewestInSlice = 1.5 * Percentiles.Needed(50);

    /// <summary>How many slices a run has at most, besides one for each phase: longer runs have longer slices.</summary>
    private const double MostSlices = 600;

    /// <summary>With more phases than this, their latencies have two digits, which take a seventh of the memory.</summary>
    private const int ManyPhases = 32;

    private const double NanosecondsPerSecond = 1e9;

    private readonly PhaseTimes _times;
    private readonly LoadStretch[] _phases;
    private readonly LoadStretch[][] _slices;
    private long _end;

    /// <summary>Prepares to record a run.</summary>
    /// <param name="profile">The rate over time, which has the phases.</param>
    public LoadTimeline(RateProfile profile)
    {
        var phases = profile.Phases;
        _times = new PhaseTimes(profile);
        _end = _times.End;
        _phases = [.. phases.Select(phase => new LoadStretch(phase.From, phase.To, digits: phases.Count > ManyPhases ? 2 : 3))];
        _slices = [.. phases.Select(phase => Slice(phase, profile))];
    }

    /// <summary>The phases that the run has reached, in the order of <see cref="RateProfile.Phases"/>; at least the first.</summary>
    public IReadOnlyList<LoadStretch> Phases => [.. _phases.Where((phase, index) => index == 0 || phase.To > phase.From)];

    /// <summary>
    /// The slices of each phase, of equal length within it: about a second, longer in a run of more than ten minutes or in a phase with
    /// fewer than thirty requests a second. Their latencies have two significant digits. A slice that was cut to less than half by the end
    /// of the run is left out: a few requests in a moment say nothing about a rate.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<LoadStretch>> Slices =>
        [.. _slices.Select(slices => (IReadOnlyList<LoadStretch>)[.. slices.Where(slice => slice.IsMostlyThere)])];

    /// <inheritdoc/>
    public void Add(in Sample sample)
    {
        // Requests of the setup have negative numbers.
        if (sample.Index < 0)
        {
            return;
        }

        var (phase, slice) = At(sample.Due);
        _phases[phase].Add(sample);
        _slices[phase][slice].Add(sample);
        if (sample.Done < _end)
        {
            var (endPhase, endSlice) = At(sample.Done);
            _phases[endPhase].Ended++;
            _slices[endPhase][endSlice].Ended++;
        }
    }

    /// <inheritdoc/>
    public void Stopped(long end)
    {
        _end = Math.Min(end, _end);
        foreach (var stretch in _phases.Concat(_slices.SelectMany(static slices => slices)))
        {
            stretch.CutAt(_end / NanosecondsPerSecond);
        }
    }

    /// <summary>Adds what another worker has recorded of the same profile. Nothing is lost.</summary>
    /// <param name="other">That.</param>
    public void Add(LoadTimeline other)
    {
        foreach (var (own, part) in All.Zip(other.All))
        {
            own.Add(part);
        }
    }

    /// <summary>Adds what another worker has sent.</summary>
    /// <param name="data">That.</param>
    /// <param name="mix">What was sent.</param>
    /// <exception cref="FormatException">It is of another profile, or damaged.</exception>
    internal void Add(TimelineData data, TrafficMix mix)
    {
        var all = All;
        if (data.Stretches.Count != all.Count)
        {
            throw new FormatException($"there are {data.Stretches.Count} stretches of time, and should be {all.Count}");
        }

        foreach (var (own, part) in all.Zip(data.Stretches))
        {
            own.Add(part, mix);
        }
    }

    /// <summary>Writes it down.</summary>
    internal TimelineData ToData() => new([.. All.Select(stretch => stretch.ToData())]);

    /// <summary>The phases, and then the slices.</summary>
    private List<LoadStretch> All => [.. _phases, .. _slices.SelectMany(slices => slices)];

    private static LoadStretch[] Slice(LoadPhase phase, RateProfile profile)
    {
        var arrivals = profile.ArrivalsBy(phase.To) - profile.ArrivalsBy(phase.From);
        var wanted = Math.Round((phase.To - phase.From) / Math.Max(UsualSlice, profile.Duration / MostSlices));
        var count = (int)Math.Max(1, Math.Min(wanted, Math.Floor((arrivals / FewestInSlice) + 1e-9)));
        double At(int index) => phase.From + ((phase.To - phase.From) * index / count);
        return [.. Enumerable.Range(0, count).Select(index => new LoadStretch(At(index), At(index + 1), digits: 2))];
    }

    private (int Phase, int Slice) At(long time)
    {
        var phase = _times.IndexOf(time);
        var slices = _slices[phase].Length;
        return (phase, (int)Math.Clamp(_times.PartOf(phase, time) * slices, 0, slices - 1));
    }
}

/// <summary>A <see cref="LoadTimeline"/> as a worker sends it.</summary>
/// <param name="Stretches">The phases, and then the slices of all phases.</param>
public sealed record TimelineData(IReadOnlyList<StretchData> Stretches);
