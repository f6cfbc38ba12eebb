namespace Bookinfo.Load;

#pragma warning disable CA1051 // Fields, not properties: a sample is filled in place, by reference, while requests are under way.
/// <summary>The outcome of a request. Times are in nanoseconds since the start of the run.</summary>
public struct Sample
{
    /// <summary>The number of the arrival, which determines its template and trace ids; negative for requests of the setup.</summary>
    public long Index;

    /// <summary>When the request was due.</summary>
    public long Due;

    /// <summary>When sending began, including opening a connection if there was none.</summary>
    public long Sent;

    /// <summary>When its answer was complete, or it had failed.</summary>
    public long Done;

    /// <summary>The length of the answer's body in bytes.</summary>
    public long Length;

    /// <summary>The times of the hops that its answer reports.</summary>
    public HopTimes Hops;

    /// <summary>The index of the template in the mix that the request was made from.</summary>
    public ushort Template;

    /// <summary>The status of the answer; 0 when none came.</summary>
    public ushort Status;

    /// <summary>What went wrong.</summary>
    public ErrorKind Error;

    /// <summary>
    /// The number of the version that answered, in <see cref="AnswerModel.Versions"/>; <see cref="AnswerModel.MissingVersion"/> when the
    /// answer should show one and does not; 0 when such an answer never does.
    /// </summary>
    public byte Version;

    /// <summary>
    /// Whether a connection was free when the request fell due. Otherwise it waited for one, and the time from <see cref="Due"/> to
    /// <see cref="Sent"/> is not the generator's fault.
    /// </summary>
    public bool WasAwaited;
}

/// <summary>
/// Carries samples from the one thread that sends to the one that records, without a lock: a thread that is preempted while it holds a lock
/// would hold up all others, and that would be measured as latency.
/// </summary>
internal sealed class SampleRing
{
    /// <summary>At 100,000 requests per second on one connection, the ring lasts four times the recorder's interval of 10 ms.</summary>
    private const int Capacity = 4096;

    private readonly Sample[] _samples;
    private long _written;
    private long _read;

    /// <summary>Creates an empty ring.</summary>
    /// <param name="connections">How many rings there are: the more there are, the less each has to hold.</param>
    public SampleRing(int connections) =>
        _samples = new Sample[Math.Max(Capacity / 16, Capacity / (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)connections))];

    /// <summary>Puts a sample in.</summary>
    /// <param name="sample">The sample.</param>
    /// <returns>Whether there was room.</returns>
    public bool TryWrite(in Sample sample)
    {
        var written = _written;
        if (written - Volatile.Read(ref _read) == _samples.Length)
        {
            return false;
        }

        _samples[written & (_samples.Length - 1)] = sample;
        Volatile.Write(ref _written, written + 1);
        return true;
    }

    /// <summary>Takes a sample out.</summary>
    /// <param name="sample">The sample.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryRead(out Sample sample)
    {
        var read = _read;
        if (read == Volatile.Read(ref _written))
        {
            sample = default;
            return false;
        }

        sample = _samples[read & (_samples.Length - 1)];
        Volatile.Write(ref _read, read + 1);
        return true;
    }
}
