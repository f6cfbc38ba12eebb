using HdrHistogram;

namespace Bookinfo.Load;

/// <summary>
/// The counts and measurements of an interval, of a run, or of several added together: every figure of a report comes from one of these.
/// Latencies are in histograms of 1 us to 60 s with three significant digits, so that adding two loses nothing. Used by one thread at a
/// time.
/// </summary>
/// <param name="model">What the answers say beyond their status.</param>
public sealed class Recording(AnswerModel model)
{
    /// <summary>The longest time that a histogram can tell from longer ones, in microseconds: 60 s.</summary>
    public const long Longest = 60_000_000;

    private const int SignificantDigits = 3;
    private const int StatusLimit = 1000;

    private readonly long[] _errors = new long[byte.MaxValue + 1];
    private readonly long[] _statuses = new long[StatusLimit];
    private readonly long[] _versions = new long[byte.MaxValue + 1];
    private readonly long[] _kinds = new long[byte.MaxValue + 1];
    private readonly SortedDictionary<string, long> _setupErrors = new(StringComparer.Ordinal);
    private readonly LongHistogram[] _hops = [.. model.Hops.Select(_ => NewHistogram())];

    /// <summary>What the answers say beyond their status.</summary>
    public AnswerModel Model => model;

    /// <summary>How many requests were sent; each has an answer or an error.</summary>
    public long Sent { get; private set; }

    /// <summary>How many requests found all connections busy when they fell due.</summary>
    public long Waited { get; private set; }

    /// <summary>The bytes of the answers' bodies.</summary>
    public long Bytes { get; private set; }

    /// <summary>Requests of the setup, which count in no other figure.</summary>
    public long Setup { get; private set; }

    /// <summary>The names and counts of what was wrong with requests of the setup, which no other figure counts either.</summary>
    public IReadOnlyDictionary<string, long> SetupErrors => _setupErrors;

    /// <summary>Requests whose answer had nothing wrong.</summary>
    public long Good => _errors[(int)ErrorKind.None];

    /// <summary>Requests with a complete answer, whatever it said.</summary>
    public long Answered => Good + Count(ErrorKind.Status) + _errors.Skip((int)ErrorKind.FirstFlaw).Sum();

    /// <summary>Requests that failed, or were answered with an error.</summary>
    public long Failed => Sent - Good;

    /// <summary>
    /// From when a request was due to the end of its answer, in microseconds: what its sender would have seen. Includes failed requests.
    /// </summary>
    public LongHistogram FromDue { get; } = NewHistogram();

    /// <summary>From when a request was sent to the end of its answer, in microseconds: what most tools report.</summary>
    public LongHistogram FromSend { get; } = NewHistogram();

    /// <summary>
    /// From when a request was due to when it was sent, in microseconds, for requests that a free connection was waiting for: how late the
    /// generator itself was.
    /// </summary>
    public LongHistogram SchedulingDelay { get; } = NewHistogram();

    /// <summary>Counts a request.</summary>
    /// <param name="sample">The request.</param>
    /// <param name="kind">What it stood for.</param>
    public void Add(in Sample sample, RequestKind kind)
    {
        if (kind == RequestKind.Setup)
        {
            Setup++;
            if (sample.Error != ErrorKind.None)
            {
                AddSetupErrors(model.NameOf(sample.Error, sample.Status), 1);
            }

            return;
        }

        Sent++;
        Bytes += sample.Length;
        _errors[(int)sample.Error]++;
        _versions[sample.Version]++;
        _kinds[(int)kind]++;
        if (sample.Status < StatusLimit)
        {
            _statuses[sample.Status]++;
        }

        FromDue.RecordValue(Microseconds(sample.Done - sample.Due));
        FromSend.RecordValue(Microseconds(sample.Done - sample.Sent));
        if (sample.WasAwaited)
        {
            SchedulingDelay.RecordValue(Microseconds(sample.Sent - sample.Due));
        }
        else
        {
            Waited++;
        }

        for (var hop = 0; hop < _hops.Length; hop++)
        {
            if (sample.Hops[hop] != HopTimes.Unknown)
            {
                _hops[hop].RecordValue(HopMicroseconds(sample.Hops[hop]));
            }
        }
    }

    /// <summary>Adds another recording to this one. Nothing is lost.</summary>
    /// <param name="other">The other recording.</param>
    public void Add(Recording other)
    {
        Sent += other.Sent;
        Waited += other.Waited;
        Bytes += other.Bytes;
        Setup += other.Setup;
        AddUp(_errors, other._errors);
        AddUp(_statuses, other._statuses);
        AddUp(_versions, other._versions);
        AddUp(_kinds, other._kinds);
        foreach (var (name, count) in other._setupErrors)
        {
            AddSetupErrors(name, count);
        }

        FromDue.Add(other.FromDue);
        FromSend.Add(other.FromSend);
        SchedulingDelay.Add(other.SchedulingDelay);
        for (var hop = 0; hop < _hops.Length; hop++)
        {
            _hops[hop].Add(other._hops[hop]);
        }
    }

    /// <summary>Resets everything to zero.</summary>
    public void Clear()
    {
        Sent = Waited = Bytes = Setup = 0;
        Array.Clear(_errors);
        Array.Clear(_statuses);
        Array.Clear(_versions);
        Array.Clear(_kinds);
        _setupErrors.Clear();
        FromDue.Reset();
        FromSend.Reset();
        SchedulingDelay.Reset();
        foreach (var hop in _hops)
        {
            hop.Reset();
        }
    }

    /// <summary>The duration of a hop, in microseconds, over the answers that report it.</summary>
    /// <param name="hop">The index of the hop in <see cref="AnswerModel.Hops"/>.</param>
    public LongHistogram this[int hop] => _hops[hop];

    /// <summary>The duration of a hop, in microseconds, over the answers that report it.</summary>
    /// <param name="hop">The name of the hop in <see cref="AnswerModel.Hops"/>.</param>
    /// <exception cref="ArgumentException">The application has no such hop.</exception>
    public LongHistogram this[string hop] => model.Hops.Index().FirstOrDefault(one => one.Item.Name == hop) is { Item: not null } found
        ? _hops[found.Index]
        : throw new ArgumentException($"There is no hop '{hop}'.", nameof(hop));

    /// <summary>How many requests had a kind of error.</summary>
    /// <param name="kind">The kind.</param>
    public long Count(ErrorKind kind) => _errors[(int)kind];

    /// <summary>How many answers came from a version.</summary>
    /// <param name="version">Its number in <see cref="AnswerModel.Versions"/>, from 1; 0 for answers that do not say.</param>
    public long CountVersion(int version) => _versions[version];

    /// <summary>How many answers came from each version, by name; versions without any are left out.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Versions() =>
        [.. model.Versions.Select((name, index) => KeyValuePair.Create(name, CountVersion(index + 1))).Where(version => version.Value > 0)];

    /// <summary>How many requests were of a kind.</summary>
    /// <param name="kind">The kind.</param>
    public long Count(RequestKind kind) => _kinds[(int)kind];

    /// <summary>How many answers had a status; for 0, how many requests had no answer.</summary>
    /// <param name="status">The status, 0 to 999.</param>
    public long Count(int status) => _statuses[status];

    /// <summary>How many answers had each status that occurred, by status.</summary>
    public IReadOnlyList<KeyValuePair<int, long>> Statuses() =>
        [.. Enumerable.Range(1, StatusLimit - 1)
            .Select(status => KeyValuePair.Create(status, Count(status))).Where(status => status.Value > 0)];

    /// <summary>The names and counts of the errors that occurred, the most frequent first; each status counts separately.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Errors() =>
    [
        .. Enum.GetValues<ErrorKind>()
            .Where(kind => kind is not (ErrorKind.None or ErrorKind.Status or ErrorKind.FirstFlaw))
            .Concat(model.Flaws.Select((_, index) => (ErrorKind)((int)ErrorKind.FirstFlaw + index)))
            .Select(kind => KeyValuePair.Create(model.NameOf(kind), Count(kind)))
            .Concat(Enumerable.Range(400, StatusLimit - 400).Select(status => KeyValuePair.Create($"status {status}", Count(status))))
            .Where(error => error.Value > 0)
            .OrderByDescending(error => error.Value),
    ];

    /// <summary>Everything in this recording, to be sent elsewhere.</summary>
    public RecordingData ToData() => new(
        Sent,
        Waited,
        Bytes,
        Setup,
        new Dictionary<string, long>(_setupErrors),
        NotZero(_errors),
        NotZero(_statuses),
        NotZero(_versions),
        NotZero(_kinds),
        HistogramBytes.Encode(FromDue),
        HistogramBytes.Encode(FromSend),
        HistogramBytes.Encode(SchedulingDelay),
        [.. _hops.Select(HistogramBytes.Encode)]);

    /// <summary>Restores a recording from its data. Every value is the same as before.</summary>
    /// <param name="data">The data.</param>
    /// <param name="model">What the answers say beyond their status.</param>
    /// <exception cref="FormatException">The data is not a recording of such answers.</exception>
    public static Recording From(RecordingData data, AnswerModel model)
    {
        if (data.Hops.Count != model.Hops.Count)
        {
            throw new FormatException($"there are {data.Hops.Count} hops, and should be {model.Hops.Count}");
        }

        var recording = new Recording(model) { Sent = data.Sent, Waited = data.Waited, Bytes = data.Bytes, Setup = data.Setup };
        foreach (var (name, count) in data.SetupErrors)
        {
            recording.AddSetupErrors(name, count);
        }

        Fill(recording._errors, data.Errors);
        Fill(recording._statuses, data.Statuses);
        Fill(recording._versions, data.Versions);
        Fill(recording._kinds, data.Kinds);
        recording.FromDue.Add(HistogramBytes.Decode(data.FromDue));
        recording.FromSend.Add(HistogramBytes.Decode(data.FromSend));
        recording.SchedulingDelay.Add(HistogramBytes.Decode(data.SchedulingDelay));
        for (var hop = 0; hop < model.Hops.Count; hop++)
        {
            recording._hops[hop].Add(HistogramBytes.Decode(data.Hops[hop]));
        }

        // Each request is in each of these once, so they show whether something was lost.
        if (recording._errors.Sum() != data.Sent || recording.FromDue.TotalCount != data.Sent || recording.FromSend.TotalCount != data.Sent)
        {
            throw new FormatException($"the counts do not add up to the {data.Sent} requests that were sent");
        }

        return recording;
    }

    private void AddSetupErrors(string name, long count) => _setupErrors[name] = _setupErrors.GetValueOrDefault(name) + count;

    private static Dictionary<int, long> NotZero(long[] counts) =>
        counts.Index().Where(count => count.Item != 0).ToDictionary(count => count.Index, count => count.Item);

    private static void Fill(long[] counts, IReadOnlyDictionary<int, long> data)
    {
        foreach (var (index, count) in data)
        {
            counts[index >= 0 && index < counts.Length ? index : throw new FormatException($"{index} is not counted")] = count;
        }
    }

    /// <summary>A histogram of microseconds without values.</summary>
    public static LongHistogram NewHistogram() => new(Longest, SignificantDigits);

    /// <summary>A time as a histogram records it, in microseconds.</summary>
    /// <param name="nanoseconds">The time.</param>
    internal static long Microseconds(long nanoseconds) =>
        Math.Clamp((nanoseconds / 1000) + (nanoseconds % 1000 >= 500 ? 1 : 0), 1, Longest);

    /// <summary>The duration of a hop as a histogram records it.</summary>
    /// <param name="microseconds">The duration.</param>
    internal static long HopMicroseconds(uint microseconds) => Math.Clamp(microseconds, 1, Longest);

    private static void AddUp(long[] sums, long[] others)
    {
        for (var index = 0; index < sums.Length; index++)
        {
            sums[index] += others[index];
        }
    }
}

/// <summary>
/// A <see cref="Recording"/> as a worker sends it. Counts are by number, without those that are zero; histograms, in microseconds, are in
/// HdrHistogram's compressed encoding (V2), which its tools in all languages read, and which keeps the count of every value.
/// </summary>
/// <param name="Sent">See <see cref="Recording.Sent"/>.</param>
/// <param name="Waited">See <see cref="Recording.Waited"/>.</param>
/// <param name="Bytes">See <see cref="Recording.Bytes"/>.</param>
/// <param name="Setup">See <see cref="Recording.Setup"/>.</param>
/// <param name="SetupErrors">See <see cref="Recording.SetupErrors"/>.</param>
/// <param name="Errors">By <see cref="ErrorKind"/>, <see cref="ErrorKind.None"/> included.</param>
/// <param name="Statuses">By status, 0 for no answer.</param>
/// <param name="Versions">By the number of the version; 0 where the answer does not say.</param>
/// <param name="Kinds">By <see cref="RequestKind"/>.</param>
/// <param name="FromDue">See <see cref="Recording.FromDue"/>.</param>
/// <param name="FromSend">See <see cref="Recording.FromSend"/>.</param>
/// <param name="SchedulingDelay">See <see cref="Recording.SchedulingDelay"/>.</param>
/// <param name="Hops">In the order of <see cref="AnswerModel.Hops"/>.</param>
public sealed record RecordingData(
    long Sent,
    long Waited,
    long Bytes,
    long Setup,
    IReadOnlyDictionary<string, long> SetupErrors,
    IReadOnlyDictionary<int, long> Errors,
    IReadOnlyDictionary<int, long> Statuses,
    IReadOnlyDictionary<int, long> Versions,
    IReadOnlyDictionary<int, long> Kinds,
    byte[] FromDue,
    byte[] FromSend,
    byte[] SchedulingDelay,
    IReadOnlyList<byte[]> Hops);
