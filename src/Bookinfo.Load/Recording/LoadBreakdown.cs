using System.Numerics;
using System.Runtime.InteropServices;
using HdrHistogram;

namespace Bookinfo.Load;

/// <summary>
/// Divides the requests of a run by what was sent, by the version that answered, and by which hops the answer reports. A hop is part of
/// another, or of the whole answer, only within one request: percentiles over different requests could make a part look longer than its
/// whole.
/// </summary>
public sealed class LoadBreakdown : ILoadObserver
{
    /// <summary>What is reported in place of further paths when there are very many.</summary>
    public const string OtherPaths = "other paths";

    /// <summary>How many groups there are at most: each path has histograms of its own, which take memory.</summary>
    private const int MostGroups = 256;

    /// <summary>
    /// With so many parts, further ones are not divided by hops: a server that reports other hops each time must not fill the memory.
    /// </summary>
    private const int MostParts = 64;

    private readonly Dictionary<(byte Group, byte Version, byte Hops), RequestPart> _parts = [];
    private readonly byte[] _groups;
    private readonly ErrorCounts _errors = new();

    /// <summary>Prepares to divide the requests of a run.</summary>
    /// <param name="mix">What is sent.</param>
    public LoadBreakdown(TrafficMix mix)
    {
        Mix = mix;
        var all = mix.Templates
            .Select(template => new RequestGroup(template.Kind, template.Kind == RequestKind.Path ? template.Path : null))
            .ToList();
        var groups = all.Distinct().ToList();
        Groups = groups.Count <= MostGroups
            ? groups
            : [.. groups.Take(MostGroups - 1), new RequestGroup(RequestKind.Path, OtherPaths)];
        var indices = groups.Index().ToDictionary(group => group.Item, group => (byte)Math.Min(group.Index, MostGroups - 1));
        _groups = [.. all.Select(group => indices[group])];
    }

    /// <summary>What is sent.</summary>
    public TrafficMix Mix { get; }

    /// <summary>
    /// The groups of requests: each kind is one, and of <see cref="RequestKind.Path"/> each path. With more than 256, the last is
    /// <see cref="OtherPaths"/>.
    /// </summary>
    public IReadOnlyList<RequestGroup> Groups { get; }

    /// <summary>The parts, each with a request at least.</summary>
    public IReadOnlyCollection<RequestPart> Parts => _parts.Values;

    /// <summary>The failed requests.</summary>
    public IEnumerable<ErrorCount> Errors => _errors.All;

    /// <summary>The index in <see cref="Groups"/> of what a template stands for.</summary>
    /// <param name="template">The index of the template in the mix.</param>
    public int GroupOf(int template) => _groups[template];

    /// <inheritdoc/>
    public void Add(in Sample sample)
    {
        // Requests of the setup have negative numbers.
        if (sample.Index < 0)
        {
            return;
        }

        byte hops = 0;
        for (var hop = 0; hop < Mix.Answers.Hops.Count; hop++)
        {
            hops |= (byte)(sample.Hops[hop] == HopTimes.Unknown ? 0 : 1 << hop);
        }

        Part(_groups[sample.Template], sample.Version, hops).Add(sample);
        if (sample.Error != ErrorKind.None)
        {
            _errors.Add(sample);
        }
    }

    /// <summary>Adds what another worker has recorded, which sent the same requests. Nothing is lost.</summary>
    /// <param name="other">That.</param>
    public void Add(LoadBreakdown other)
    {
        foreach (var part in other.Parts)
        {
            Part((byte)part.Group, part.Version, part.Hops).Add(part);
        }

        _errors.Add(other.Errors);
    }

    /// <summary>Adds what another worker has sent.</summary>
    /// <param name="data">That.</param>
    /// <exception cref="FormatException">It cannot come from such a run.</exception>
    internal void Add(BreakdownData data)
    {
        foreach (var part in data.Parts)
        {
            if (part.Group >= Groups.Count || part.Version > Mix.Answers.Versions.Count
                || part.Times.Count != BitOperations.PopCount(part.Hops))
            {
                throw new FormatException("requests are counted that were not sent");
            }

            Part(part.Group, part.Version, part.Hops).Add(RequestPart.From(part));
        }

        _errors.Add(ErrorCounts.Require(data.Errors, Mix));
    }

    /// <summary>Writes it down.</summary>
    internal BreakdownData ToData() => new([.. Parts.Select(part => part.ToData())], [.. Errors]);

    private RequestPart Part(byte group, byte version, byte hops)
    {
        if (!_parts.TryGetValue((group, version, hops), out var part))
        {
            hops = _parts.Count < MostParts ? hops : (byte)0;
            ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(_parts, (group, version, hops), out _);
            part = place ??= new RequestPart(group, version, hops);
        }

        return part;
    }
}

/// <summary>Requests that a report counts together.</summary>
/// <param name="Kind">What they stand for.</param>
/// <param name="Path">
/// The path that the user named, or <see cref="LoadBreakdown.OtherPaths"/>; <see langword="null"/> for other kinds.
/// </param>
public sealed record RequestGroup(RequestKind Kind, string? Path);

/// <summary>Requests of one group, one version and the same hops.</summary>
/// <param name="group">The index in <see cref="LoadBreakdown.Groups"/>.</param>
/// <param name="version">The number of the version, as in <see cref="Sample.Version"/>.</param>
/// <param name="hops">A bit for each hop that the answers report.</param>
public sealed class RequestPart(int group, byte version, byte hops)
{
    private readonly LongHistogram?[] _hops =
        [.. Enumerable.Range(0, HopTimes.Most).Select(hop => (hops & (1 << hop)) == 0 ? null : Recording.NewHistogram())];

    /// <summary>The index in <see cref="LoadBreakdown.Groups"/>.</summary>
    public int Group => group;

    /// <summary>The number of the version, as in <see cref="Sample.Version"/>.</summary>
    public byte Version => version;

    /// <summary>A bit for each hop that the answers of all these requests report, in the order of <see cref="AnswerModel.Hops"/>.</summary>
    public byte Hops => hops;

    /// <summary>How many requests were sent.</summary>
    public long Sent => FromDue.TotalCount;

    /// <summary>How many of these failed, or were answered with an error.</summary>
    public long Failed { get; private set; }

    /// <summary>Latency from due time, in microseconds.</summary>
    public LongHistogram FromDue { get; } = Recording.NewHistogram();

    /// <summary>Latency from send time, in microseconds.</summary>
    public LongHistogram FromSend { get; } = Recording.NewHistogram();

    /// <summary>The duration of a hop in microseconds; <see langword="null"/> if the answers do not report it.</summary>
    /// <param name="hop">The index of the hop in <see cref="AnswerModel.Hops"/>.</param>
    public LongHistogram? this[int hop] => _hops[hop];

    internal void Add(RequestPart other)
    {
        Failed += other.Failed;
        FromDue.Add(other.FromDue);
        FromSend.Add(other.FromSend);
        for (var hop = 0; hop < HopTimes.Most; hop++)
        {
            if (other[hop] is { } times)
            {
                _hops[hop]?.Add(times);
            }
        }
    }

    internal static RequestPart From(PartData data)
    {
        var part = new RequestPart(data.Group, data.Version, data.Hops) { Failed = data.Failed };
        part.FromDue.Add(HistogramBytes.Decode(data.FromDue));
        part.FromSend.Add(HistogramBytes.Decode(data.FromSend));
        foreach (var (own, bytes) in part._hops.OfType<LongHistogram>().Zip(data.Times))
        {
            own.Add(HistogramBytes.Decode(bytes));
        }

        return part;
    }

    internal PartData ToData() => new(
        (byte)Group, Version, Hops, Failed, HistogramBytes.Encode(FromDue), HistogramBytes.Encode(FromSend),
        [.. _hops.OfType<LongHistogram>().Select(HistogramBytes.Encode)]);

    internal void Add(in Sample sample)
    {
        Failed += sample.Error == ErrorKind.None ? 0 : 1;
        FromDue.RecordValue(Recording.Microseconds(sample.Done - sample.Due));
        FromSend.RecordValue(Recording.Microseconds(sample.Done - sample.Sent));
        for (var hop = 0; hop < HopTimes.Most; hop++)
        {
            _hops[hop]?.RecordValue(Recording.HopMicroseconds(sample.Hops[hop]));
        }
    }
}

/// <summary>A <see cref="LoadBreakdown"/> as a worker sends it.</summary>
/// <param name="Parts">See <see cref="LoadBreakdown.Parts"/>.</param>
/// <param name="Errors">See <see cref="LoadBreakdown.Errors"/>.</param>
public sealed record BreakdownData(IReadOnlyList<PartData> Parts, IReadOnlyList<ErrorCount> Errors);

/// <summary>A <see cref="RequestPart"/> as a worker sends it.</summary>
/// <param name="Group">See <see cref="RequestPart.Group"/>.</param>
/// <param name="Version">See <see cref="RequestPart.Version"/>.</param>
/// <param name="Hops">See <see cref="RequestPart.Hops"/>.</param>
/// <param name="Failed">See <see cref="RequestPart.Failed"/>.</param>
/// <param name="FromDue">See <see cref="RequestPart.FromDue"/>.</param>
/// <param name="FromSend">See <see cref="RequestPart.FromSend"/>.</param>
/// <param name="Times">A histogram for each bit that is set in <paramref name="Hops"/>, from the lowest.</param>
public sealed record PartData(
    byte Group, byte Version, byte Hops, long Failed, byte[] FromDue, byte[] FromSend, IReadOnlyList<byte[]> Times);
