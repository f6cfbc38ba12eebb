namespace Bookinfo.Verification;

/// <summary>Looks whether times of spans can be.</summary>
internal static class SpanTimes
{
    /// <summary>The beginning of 2100. Differences of times, and of these differences, are numbers of 64 bits then.</summary>
    private const long Latest = 4_102_444_800_000_000_000;

    /// <summary>Requires a time to be one between 1970 and 2100.</summary>
    /// <param name="nanoseconds">The time, in nanoseconds since 1970-01-01 UTC.</param>
    /// <returns>The same.</returns>
    /// <exception cref="FormatException">It is not.</exception>
    public static long Require(long nanoseconds) => nanoseconds is >= 0 and <= Latest
        ? nanoseconds
        : throw new FormatException("the time of a span is not between 1970 and 2100");
}
