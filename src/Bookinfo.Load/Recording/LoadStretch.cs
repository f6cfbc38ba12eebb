using HdrHistogram;

namespace Bookinfo.Load;

/// <summary>The requests of a run that were due between two times.</summary>
/// <param name="from">When the stretch begins, in seconds since the start of the run.</param>
/// <param name="to">When it ends, likewise.</param>
/// <param name="digits">How many significant digits the latencies have.</param>
public sealed class LoadStretch(double from, double to, int digits)
{
    private readonly ErrorCounts _errors = new();
    private LongHistogram? _fromDue;
    private double? _cut;

    /// <summary>When it begins, in seconds since the start of the run.</summary>
    public double From => from;

    /// <summary>When it ends, likewise; earlier than planned if the run was ended in it, and at its begin if before it.</summary>
    public double To => _cut ?? to;

    /// <summary>How many requests that were due in it were sent.</summary>
    public long Sent { get; private set; }

    /// <summary>How many of these failed, or were answered with an error.</summary>
    public long Failed { get; private set; }

    /// <summary>How many requests ended in it, whenever they were due.</summary>
    public long Ended { get; internal set; }

    /// <summary>The latency from due time of the requests that were due in it, in microseconds.</summary>
    public LongHistogram FromDue => _fromDue ??= new LongHistogram(Recording.Longest, digits);

    /// <summary>The errors of the requests that were due in it.</summary>
    public IEnumerable<ErrorCount> Errors => _errors.All;

    /// <summary>Whether at least half of the planned time is there.</summary>
    internal bool IsMostlyThere => To - from >= (to - from) / 2;

    /// <summary>Ends it where the run was ended.</summary>
    /// <param name="end">The end of the run, in seconds since its start.</param>
    internal void CutAt(double end) => _cut = Math.Clamp(end, from, to);

    /// <summary>Adds the same stretch of another worker. Nothing is lost.</summary>
    /// <param name="other">That.</param>
    internal void Add(LoadStretch other) => Add(other.Sent, other.Failed, other.Ended, other.Errors, other._fromDue);

    /// <summary>Adds what another worker has sent.</summary>
    /// <param name="data">That.</param>
    /// <param name="mix">What was sent.</param>
    /// <exception cref="FormatException">It cannot come from such a run.</exception>
    internal void Add(StretchData data, TrafficMix mix)
    {
        var fromDue = data.FromDue.Length > 0 ? HistogramBytes.Decode(data.FromDue) : null;
        if (data.Sent != (fromDue?.TotalCount ?? 0))
        {
            throw new FormatException($"the latencies of a stretch do not add up to its {data.Sent} requests");
        }

        Add(data.Sent, data.Failed, data.Ended, ErrorCounts.Require(data.Errors, mix), fromDue);
    }

    /// <summary>Writes it down.</summary>
    internal StretchData ToData() =>
        new(Sent, Failed, Ended, _fromDue is { TotalCount: > 0 } known ? HistogramBytes.Encode(known) : [], [.. Errors]);

    private void Add(long sent, long failed, long ended, IEnumerable<ErrorCount> errors, HistogramBase? fromDue)
    {
        Sent += sent;
        Failed += failed;
        Ended += ended;
        _errors.Add(errors);
        if (fromDue is { TotalCount: > 0 })
        {
            FromDue.Add(fromDue);
        }
    }

    internal void Add(in Sample sample)
    {
        Sent++;
        FromDue.RecordValue(Recording.Microseconds(sample.Done - sample.Due));
        if (sample.Error != ErrorKind.None)
        {
            Failed++;
            _errors.Add(sample);
        }
    }
}

/// <summary>A <see cref="LoadStretch"/> as a worker sends it.</summary>
/// <param name="Sent">See <see cref="LoadStretch.Sent"/>.</param>
/// <param name="Failed">See <see cref="LoadStretch.Failed"/>.</param>
/// <param name="Ended">See <see cref="LoadStretch.Ended"/>.</param>
/// <param name="FromDue">See <see cref="LoadStretch.FromDue"/>; empty when nothing was sent.</param>
/// <param name="Errors">See <see cref="LoadStretch.Errors"/>.</param>
public sealed record StretchData(long Sent, long Failed, long Ended, byte[] FromDue, IReadOnlyList<ErrorCount> Errors);
