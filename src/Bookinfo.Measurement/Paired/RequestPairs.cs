using Bookinfo.Load;

namespace Bookinfo.Measurement;

/// <summary>
/// Pairs of requests at nearly the same time, one to each of two systems, that both got a good answer from the same version of reviews. So
/// their difference depends neither on what the machine did at different times nor on how often each version was called.
/// </summary>
internal sealed class RequestPairs
{
    /// <summary>
    /// How far apart the two requests of a pair may fall due, in intervals between requests to one system. In each system the versions take
    /// turns independently, so the same version may not come up at the same time.
    /// </summary>
    private const double Reach = 10;

    private const double NanosecondsPerSecond = 1e9;

    /// <summary>What the times of hops are rounded to: <c>Server-Timing</c> has hundredths of a millisecond.</summary>
    private const double RoundingOfHops = 10;

    private readonly List<(Sample Before, Sample After)> _pairs;

    private RequestPairs(List<(Sample Before, Sample After)> pairs) => _pairs = pairs;

    /// <summary>How many pairs there are.</summary>
    public int Count => _pairs.Count;

    /// <summary>Finds the pairs.</summary>
    /// <param name="before">Requests to the first system.</param>
    /// <param name="after">Requests to the second system.</param>
    /// <param name="rate">Requests a second, to each system.</param>
    public static RequestPairs Match(IEnumerable<Sample> before, IEnumerable<Sample> after, double rate)
    {
        var reach = (long)(Reach / rate * NanosecondsPerSecond);
        var others = Good(after);
        return new RequestPairs(
            [.. Good(before).SelectMany(version => Match(version.Value, others.GetValueOrDefault(version.Key, []), reach))]);
    }

    /// <summary>At p50 the median of the differences within pairs, at other percentiles the difference between the percentiles.</summary>
    /// <param name="model">What the answers say.</param>
    /// <returns>By the names of <see cref="Measure"/>, without latencies that no pair has.</returns>
    public IReadOnlyDictionary<string, PairedDifference> Differences(AnswerModel model)
    {
        var measures = new Dictionary<string, (Func<Sample, double?> Read, double Rounding)>
        {
            [Measure.Page] = (static sample => (sample.Done - sample.Due) / 1e3, 0),
            [Measure.PageFromSend] = (static sample => (sample.Done - sample.Sent) / 1e3, 0),
        };
        foreach (var (index, hop) in model.Hops.Index())
        {
            measures[hop.Label] = (sample => sample.Hops[index] == HopTimes.Unknown ? null : sample.Hops[index], RoundingOfHops);
        }

        return Measure.InOrder(measures.Keys)
            .Select(name => (Name: name, Difference: Difference(measures[name].Read, measures[name].Rounding)))
            .Where(one => one.Difference is not null)
            .ToDictionary(one => one.Name, one => one.Difference!);
    }

    private static Dictionary<byte, List<Sample>> Good(IEnumerable<Sample> samples) => samples
        .Where(static sample => sample.Error == ErrorKind.None)
        .OrderBy(static sample => sample.Due)
        .GroupBy(static sample => sample.Version)
        .ToDictionary(static version => version.Key, static version => version.ToList());

    private static IEnumerable<(Sample Before, Sample After)> Match(List<Sample> before, List<Sample> after, long reach)
    {
        for (int first = 0, second = 0; first < before.Count && second < after.Count;)
        {
            var distance = after[second].Due - before[first].Due;
            if (Math.Abs(distance) <= reach)
            {
                yield return (before[first++], after[second++]);
            }
            else if (distance > 0)
            {
                first++;
            }
            else
            {
                second++;
            }
        }
    }

    private PairedDifference? Difference(Func<Sample, double?> read, double rounding)
    {
        var values = _pairs.Select(pair => (Before: read(pair.Before), After: read(pair.After)))
            .Where(pair => pair is { Before: not null, After: not null })
            .Select(pair => (Before: pair.Before!.Value, After: pair.After!.Value))
            .ToList();
        if (values.Count == 0)
        {
            return null;
        }

        double[] differences = [.. values.Select(pair => pair.After - pair.Before).Order()];
        double[] before = [.. values.Select(pair => pair.Before).Order()];
        double[] after = [.. values.Select(pair => pair.After).Order()];
        // Rounded, as ten times a tenth is a little less than one here.
        double? Of(double share) =>
            Math.Round(values.Count * (1 - share), 6) >= 1 ? Quantile(after, share, rounding) - Quantile(before, share, rounding) : null;
        return new PairedDifference(values.Count, Quantile(differences, 0.5, rounding), Of(0.9), Of(0.99));
    }

    /// <summary>
    /// A quantile, by linear interpolation between the two nearest values. Of rounded values many are equal; these are taken as spread
    /// evenly over what was rounded to them. Otherwise the medians of most rounds would be the same multiple of the rounding, and their
    /// interval would be too narrow.
    /// </summary>
    private static double Quantile(double[] sorted, double share, double rounding)
    {
        if (rounding == 0)
        {
            var place = share * (sorted.Length - 1);
            var low = (int)place;
            return low + 1 < sorted.Length ? sorted[low] + ((place - low) * (sorted[low + 1] - sorted[low])) : sorted[low];
        }

        var rank = share * sorted.Length;
        var value = sorted[Math.Min((int)rank, sorted.Length - 1)];
        var first = Array.FindIndex(sorted, other => other == value);
        var end = Array.FindLastIndex(sorted, other => other == value) + 1;
        // From halfway to the value below to halfway to the value above, where these are not further away.
        var from = value - (Math.Min(rounding, first > 0 ? value - sorted[first - 1] : rounding) / 2);
        var to = value + (Math.Min(rounding, end < sorted.Length ? sorted[end] - value : rounding) / 2);
        return from + ((rank - first) / (end - first) * (to - from));
    }
}

/// <summary>How much a latency differs in one step, in microseconds: the other system minus the first.</summary>
/// <param name="Pairs">The number of pairs.</param>
/// <param name="P50">The median of the differences within the pairs.</param>
/// <param name="P90">The difference between the 90th percentiles; <see langword="null"/> with fewer than about 10 pairs.</param>
/// <param name="P99">The difference between the 99th percentiles; <see langword="null"/> with fewer than 100 pairs.</param>
public sealed record PairedDifference(int Pairs, double P50, double? P90, double? P99);
