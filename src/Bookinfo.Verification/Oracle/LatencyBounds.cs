using Bookinfo.Load;

namespace Bookinfo.Verification;

/// <summary>
/// Between which bounds the histogram of a route must lie. How long a request took in the service is known from two sides: it took at
/// least as long as the service says in <c>Server-Timing</c>, which is sent before the body, and hardly longer than whoever waited for the
/// answer.
/// </summary>
public sealed class LatencyBounds
{
    /// <summary>The limits of the buckets, in seconds (docs/telemetry.md).</summary>
    public static readonly IReadOnlyList<double> Buckets =
        [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    /// <summary>Times in <c>Server-Timing</c> are rounded to this.</summary>
    private const long RoundingNanoseconds = 10_000;

    /// <summary>
    /// A service that is interrupted between the last byte of an answer and its own clock counts more than the visitor waited; one that is
    /// interrupted before it sends the head of an answer without a body counts less than it says. On a busy machine that is a request in
    /// some hundreds.
    /// </summary>
    private const double DoubtfulShare = 0.05;

    private const int DoubtfulAtLeast = 5;

    private readonly long[] _atMost = new long[Buckets.Count];
    private readonly long[] _atLeast = new long[Buckets.Count];

    /// <summary>How many requests there are whose answers say how long they took.</summary>
    public long Count { get; private set; }

    /// <summary>How many there may be besides, of which nothing is known.</summary>
    public long Unknown { get; private set; }

    /// <summary>Adds a request.</summary>
    /// <param name="served">
    /// The time in the service, as it says it, in microseconds; <see cref="HopTimes.Unknown"/> when it does not.
    /// </param>
    /// <param name="waited">The time that whoever sent it has waited, in nanoseconds.</param>
    public void Add(uint served, long waited)
    {
        if (served == HopTimes.Unknown)
        {
            AddUnknown();
            return;
        }

        Count++;
        for (var bucket = 0; bucket < Buckets.Count; bucket++)
        {
            var limit = (long)(Buckets[bucket] * 1e9);
            _atMost[bucket] += (served * 1000L) - RoundingNanoseconds <= limit ? 1 : 0;
            _atLeast[bucket] += waited <= limit ? 1 : 0;
        }
    }

    /// <summary>Adds a request of which nobody knows if it was served, or for how long.</summary>
    public void AddUnknown() => Unknown++;

    /// <summary>How many requests a bucket must hold, with those of all buckets below it.</summary>
    /// <param name="bucket">The index of its limit.</param>
    public CountRange UpTo(int bucket)
    {
        var doubtful = DoubtfulAtLeast + (long)(DoubtfulShare * Count);
        return new CountRange(Math.Max(0, _atLeast[bucket] - doubtful), Math.Min(Count, _atMost[bucket] + doubtful) + Unknown);
    }

    /// <summary>The buckets in which a percentile may lie.</summary>
    /// <param name="share">The share of requests below it, such as 0.99.</param>
    /// <returns>The indexes of the limits of the first and of the last; the number of limits for what is above all of them.</returns>
    public (int First, int Last) BucketsOf(double share)
    {
        int Find(Func<int, long> count, double rank)
        {
            var bucket = 0;
            while (bucket < Buckets.Count && count(bucket) < rank)
            {
                bucket++;
            }

            return bucket;
        }

        return (Find(bucket => UpTo(bucket).High, share * Count), Find(bucket => UpTo(bucket).Low, share * (Count + Unknown)));
    }
}
