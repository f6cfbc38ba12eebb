namespace Bookinfo.Load;

/// <summary>
/// What the requests of a run would have been that were due and were never sent. Which request an arrival gets depends on the arrival
/// alone, so this is known without sending it.
/// </summary>
/// <param name="Kinds">How many there are of each kind; kinds without any may be left out.</param>
/// <param name="ShowingVersion">
/// How many have a good answer that shows the version that it came from (<see cref="RequestTemplate.ShowsVersion"/>).
/// </param>
public sealed record UnsentRequests(IReadOnlyDictionary<RequestKind, long> Kinds, long ShowingVersion)
{
    /// <summary>Everything was sent.</summary>
    public static UnsentRequests None { get; } = new(new Dictionary<RequestKind, long>(), 0);

    /// <summary>How many there are of a kind.</summary>
    /// <param name="kind">The kind.</param>
    public long Of(RequestKind kind) => Kinds.GetValueOrDefault(kind);

    /// <summary>Finds out what arrivals would have been.</summary>
    /// <param name="plan">The run.</param>
    /// <param name="arrivals">The numbers of the arrivals.</param>
    internal static UnsentRequests Of(LoadPlan plan, IEnumerable<long> arrivals)
    {
        var random = new IndexedRandom(plan.Seed);
        var counts = new long[plan.Mix.Templates.Count];
        foreach (var arrival in arrivals)
        {
            counts[plan.Mix.Choose(random, arrival)]++;
        }

        var templates = plan.Mix.Templates.Zip(counts, static (template, count) => (template, count)).ToList();
        return new UnsentRequests(
            templates.Where(one => one.count > 0).GroupBy(one => one.template.Kind, one => one.count)
                .ToDictionary(kind => kind.Key, kind => kind.Sum()),
            templates.Where(one => one.template.ShowsVersion).Sum(one => one.count));
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
