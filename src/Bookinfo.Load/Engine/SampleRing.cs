namespace Bookinfo.Load;

/// <summary>
/// Carries samples from the one thread that sends to the one that records, without a lock: a thread that is preempted while it holds a lock
/// would hold up all others, and that would be measured as latency.
/// </summary>
internal sealed class SampleRing
{
    /// <summary>At 100,000 requests a second on one connection, the ring lasts five times the recorder's interval.</summary>
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
