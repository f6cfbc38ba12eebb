namespace Bookinfo.Load;

/// <summary>
/// What the requests of a run would have been that were due and were never sent. Which request an arrival gets depends on the arrival
/// alone, so this is known without sending it.
/// </summary>
/// <param name="Kinds">How many there are of each kind; kinds without any may be left out.</param>
/// <param name="ShowingVersion">
/// How many of them would have shown, in a good answer, the version that it came from (<see cref="RequestTemplate.ShowsVersion"/>).
/// </param>
public sealed record UnsentRequests(IReadOnlyDictionary<RequestKind, long> Kinds, long ShowingVersion)
{
    /// <summary>Everything was sent.</summary>
    public static UnsentRequests None { get; } = new(new Dictionary<RequestKind, long>(), 0);

    /// <summary>How many there are of a kind.</summary>
    /// <param name="kind">The kind.</param>
    public long Of(RequestKind kind) => Kinds.GetValueOrDefault(kind);

    /// <summary>
    /// How many arrivals that nobody has taken are looked at, which takes a fraction of a second. More than these pile up before a server
    /// that is overloaded a hundred times; the shares of the rest are as good as the same.
    /// </summary>
    private const int Examined = 10_000_000;

    /// <summary>Finds out what arrivals would have been.</summary>
    /// <param name="plan">The run.</param>
    /// <param name="dropped">The numbers of the arrivals that a sender took and did not send.</param>
    /// <param name="untaken">The numbers of those that nobody has taken.</param>
    /// <param name="count">How many of <paramref name="untaken"/> fell due.</param>
    /// <param name="examined">How many of them are looked at at most.</param>
    internal static UnsentRequests Of(
        LoadPlan plan, IEnumerable<long> dropped, IEnumerable<long> untaken, long count, int examined = Examined)
    {
        var counts = Count(untaken.Take((int)Math.Min(count, examined)));
        if (count > examined)
        {
            // Rounded by the sums, so that the parts add up to the whole.
            var (sum, scaled) = (0L, 0L);
            for (var index = 0; index < counts.Length; index++)
            {
                sum += counts[index];
                var upTo = (long)((Int128)sum * count / examined);
                (counts[index], scaled) = (upTo - scaled, upTo);
            }
        }

        var templates = plan.Mix.Templates.Zip(counts.Zip(Count(dropped), static (one, other) => one + other)).ToList();
        return new UnsentRequests(
            templates.Where(one => one.Second > 0).GroupBy(one => one.First.Kind, one => one.Second)
                .ToDictionary(kind => kind.Key, kind => kind.Sum()),
            templates.Where(one => one.First.ShowsVersion).Sum(one => one.Second));

        long[] Count(IEnumerable<long> arrivals)
        {
            var random = new IndexedRandom(plan.Seed);
            var counts = new long[plan.Mix.Templates.Count];
            foreach (var arrival in arrivals)
            {
                counts[plan.Mix.Choose(random, arrival)]++;
            }

            return counts;
        }
    }

    /// <summary>Puts together what several workers have not sent.</summary>
    /// <param name="parts">That of each.</param>
    internal static UnsentRequests Sum(IEnumerable<UnsentRequests> parts)
    {
        var all = parts.ToList();
        return new UnsentRequests(
            all.SelectMany(part => part.Kinds).GroupBy(kind => kind.Key, kind => kind.Value)
                .ToDictionary(kind => kind.Key, kind => kind.Sum()),
            all.Sum(part => part.ShowingVersion));
    }
}
