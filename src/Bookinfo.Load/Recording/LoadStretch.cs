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
