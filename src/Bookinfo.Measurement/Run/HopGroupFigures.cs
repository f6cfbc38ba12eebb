using Bookinfo.Load;

namespace Bookinfo.Measurement;

/// <summary>
/// The hops of requests whose answers all report the same ones. No percentile of a hop exceeds that of the hop, the answer or the request
/// that it is part of, because all are over the same requests.
/// </summary>
/// <param name="Name"><c>page</c>, <c>api</c>, <c>asset</c>, or the path that the user named.</param>
/// <param name="Versions">The versions of reviews that these answers came from; empty if they show none.</param>
/// <param name="Requests">How many requests.</param>
/// <param name="FromSend">Their latency from send time.</param>
/// <param name="Hops">The times that the answers report, by hop.</param>
public sealed record HopGroupFigures(
    string Name, IReadOnlyList<string> Versions, long Requests, Percentiles FromSend, IReadOnlyDictionary<string, Percentiles> Hops)
{
    /// <summary>Makes them from what was recorded, the most requests first.</summary>
    /// <param name="breakdown">The requests of a run.</param>
    public static IReadOnlyList<HopGroupFigures> Of(LoadBreakdown breakdown)
    {
        var answers = breakdown.Mix.Answers;
        return
        [
            .. from part in breakdown.Parts
               where part.Hops != 0
               group part by (Name: NameOf(breakdown.Groups[part.Group]), part.Hops) into parts
               let requests = parts.Sum(part => part.Sent)
               orderby requests descending
               select new HopGroupFigures(
                   parts.Key.Name,
                   [
                       .. parts.Select(part => part.Version).Where(version => version != 0).Distinct().Order()
                           .Select(version => answers.Versions[version - 1]),
                   ],
                   requests,
                   Percentiles.Of(LoadDetails.Sum(parts.Select(part => part.FromSend))),
                   answers.Hops.Index()
                       .Where(hop => (parts.Key.Hops & (1 << hop.Index)) != 0)
                       .ToDictionary(
                           hop => hop.Item.Name, hop => Percentiles.Of(LoadDetails.Sum(parts.Select(part => part[hop.Index]!))))),
        ];
    }

    private static string NameOf(RequestGroup group) =>
        group.Kind is RequestKind.Visitor or RequestKind.User ? LoadDetails.Page : LoadDetails.NameOf(group);
}
