using System.Net;
using Bookinfo.Load;
using Bookinfo.Traffic;

namespace Bookinfo.Bench;

/// <summary>Requests at a given rate, whatever the answers do: the generator of <c>bookinfo load</c>.</summary>
internal static class OpenLoop
{
    private const int Connections = 64;

    /// <summary>Sends requests at a constant rate.</summary>
    /// <param name="target">What to ask for.</param>
    /// <param name="rate">How often a second.</param>
    /// <param name="duration">For how long.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="BenchException">A request failed, or not all could be sent.</exception>
    public static async Task<LoadResult> RunAsync(Uri target, double rate, TimeSpan duration, TimeProvider time)
    {
        var resolved = new LoadTarget(target, [IPAddress.Loopback], insecure: false);
        var plan = new LoadPlan(
            resolved,
            new TrafficMix([(new RequestTemplate(RequestKind.Path, resolved.Host, target.PathAndQuery, []), 1)], BookinfoAnswers.Usual),
            new ConstantProfile(rate, duration.TotalSeconds),
            ArrivalProcess.Even,
            Seed: 1,
            TraceSeed: (ulong)time.GetUtcNow().Ticks,
            Connections,
            TimeSpan.FromSeconds(30));
        var result = await new LoadEngine(plan, [], time).RunAsync([], CancellationToken.None, CancellationToken.None);
        return result.Total.Failed == 0 && result.Unsent == 0
            ? result
            : throw new BenchException($"{target} at {rate:0} requests/s: {result.Total.Failed} failed and {result.Unsent} could not be "
                + "sent, so there is nothing to report.");
    }
}
