namespace Bookinfo.Load;

/// <summary>
/// Records a run over time: its phases, and slices of about a second. A request belongs to when it was due, not to when it was answered:
/// what a spike does to its requests is the spike's, even if they are answered after it.
/// </summary>
public sealed class LoadTimeline : ILoadObserver
{
    /// <summary>The longest slice when a run is not long: a second.</summary>
    private const double UsualSlice = 1;

    /// <summary>How many requests a slice has on average, at least: a median of fewer says little.</summary>
    private const double FewestInSlice = 10;

    /// <summary>How many slices a run has at most, besides one for each phase: longer runs have longer slices.</summary>
    private const double MostSlices = 600;

    /// <summary>With more phases than this, their latencies have two digits, which take a seventh of the memory.</summary>
    private const int ManyPhases = 32;

    private const double NanosecondsPerSecond = 1e9;

    private readonly long[] _ends;
    private readonly LoadStretch[] _phases;
    private readonly LoadStretch[][] _slices;

    /// <summary>Prepares to record a run.</summary>
    /// <param name="profile">The rate over time, which has the phases.</param>
    public LoadTimeline(RateProfile profile)
    {
        var phases = profile.Phases;
        _ends = [.. phases.Select(phase => (long)(phase.To * NanosecondsPerSecond))];
        _phases = [.. phases.Select(phase => new LoadStretch(phase.From, phase.To, digits: phases.Count > ManyPhases ? 2 : 3))];
        _slices = [.. phases.Select(phase => Slice(phase, profile))];
    }

    /// <summary>The phases, in the order of <see cref="RateProfile.Phases"/>.</summary>
    public IReadOnlyList<LoadStretch> Phases => _phases;

    /// <summary>
    /// The slices of each phase, of equal length within it: about a second, longer in a run of more than ten minutes or in a phase with
    /// fewer than ten requests a second. Their latencies have two significant digits.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<LoadStretch>> Slices => _slices;

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
        if (sample.Done < _ends[^1])
        {
            var (endPhase, endSlice) = At(sample.Done);
            _phases[endPhase].Ended++;
            _slices[endPhase][endSlice].Ended++;
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
        var meanRate = (profile.ArrivalsBy(phase.To) - profile.ArrivalsBy(phase.From)) / (phase.To - phase.From);
        var length = Math.Max(
            Math.Max(UsualSlice, FewestInSlice / Math.Max(meanRate, double.Epsilon)), profile.Duration / MostSlices);
        var count = Math.Max(1, (int)Math.Round((phase.To - phase.From) / length));
        double At(int index) => phase.From + ((phase.To - phase.From) * index / count);
        return [.. Enumerable.Range(0, count).Select(index => new LoadStretch(At(index), At(index + 1), digits: 2))];
    }

    /// <summary>Where a time is. A phase begins where the one before it ends; what is after the end is in the last.</summary>
    private (int Phase, int Slice) At(long time)
    {
        var found = Array.BinarySearch(_ends, time);
        var phase = Math.Min(found >= 0 ? found + 1 : ~found, _ends.Length - 1);
        var begin = phase == 0 ? 0 : _ends[phase - 1];
        var slices = _slices[phase].Length;
        return (phase, (int)Math.Clamp((time - begin) * (double)slices / (_ends[phase] - begin), 0, slices - 1));
    }
}

/// <summary>A <see cref="LoadTimeline"/> as a worker sends it.</summary>
/// <param name="Stretches">The phases, and then the slices of all phases.</param>
public sealed record TimelineData(IReadOnlyList<StretchData> Stretches);
