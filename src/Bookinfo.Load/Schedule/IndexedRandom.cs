using System.Security.Cryptography;

namespace Bookinfo.Load;

/// <summary>
/// Random numbers that are looked up rather than drawn: the number of an arrival depends on the seed and on the arrival alone, and not on
/// which connection happened to send it. The mixing function is that of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
/// </summary>
/// <param name="seed">The seed.</param>
public readonly struct IndexedRandom(ulong seed)
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private readonly ulong _seed = Mix(seed + Golden);

    /// <summary>Draws a seed for what must differ in each run, such as trace ids.</summary>
    public static ulong NewSeed() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    /// <summary>A number.</summary>
    /// <param name="stream">What it is for: numbers of different streams have nothing to do with each other.</param>
    /// <param name="index">Which one of the stream.</param>
    public ulong Bits(ulong stream, long index) => Mix(Mix(_seed + (stream * Golden)) + ((ulong)index * Golden));

    /// <summary>A number from 0 to less than 1.</summary>
    /// <inheritdoc cref="Bits"/>
    public double Fraction(ulong stream, long index) => (Bits(stream, index) >> 11) * (1.0 / (1L << 53));

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

/// <summary>What the random numbers of a run are for; see <see cref="IndexedRandom.Bits"/>.</summary>
internal static class RandomStream
{
    /// <summary>The time to the next arrival.</summary>
    public const ulong Arrival = 1;

    /// <summary>Which request of the mix is sent.</summary>
    public const ulong Choice = 2;

    /// <summary>The first half of the trace id.</summary>
    public const ulong TraceHigh = 3;

    /// <summary>The second half of the trace id.</summary>
    public const ulong TraceLow = 4;

    /// <summary>The span id.</summary>
    public const ulong Span = 5;

    /// <summary>Whose turn an arrival is, when several workers do a run together.</summary>
    public const ulong Turn = 6;
}
