using System.Net;
using Bookinfo.Load;
using Bookinfo.Traffic;

namespace Bookinfo.ToolTesting;

/// <summary>Runs the engine of <c>load</c> in this process.</summary>
public static class LoadRunner
{
    public static LoadPlan Plan(
        Uri address, double rate, double seconds, int connections = 8, double timeoutSeconds = 5,
        ArrivalProcess arrivals = ArrivalProcess.Even,
        IReadOnlyList<KeyValuePair<string, string>>? headers = null, IReadOnlyList<IPAddress>? addresses = null, bool insecure = false)
    {
        var target = new LoadTarget(address, addresses ?? [IPAddress.Loopback], insecure);
        return new LoadPlan(
            target,
            new TrafficMix([(new RequestTemplate(RequestKind.Path, target.Host, "/x", headers ?? []), 1)], BookinfoAnswers.Usual),
            new ConstantProfile(rate, seconds),
            arrivals,
            Seed: 1,
            TraceSeed: 7,
            connections,
            TimeSpan.FromSeconds(timeoutSeconds));
    }

    public static Task<LoadResult> RunAsync(LoadPlan plan, params IReadOnlyList<ILoadObserver> observers) =>
        new LoadEngine(plan, observers, TimeProvider.System).RunAsync([], TestContext.Current.CancellationToken, CancellationToken.None);

    /// <summary>Sends one request on one connection.</summary>
    public static async Task<Sample> SendOneAsync(Uri address, double timeoutSeconds = 5)
    {
        var samples = new SampleList();
        await RunAsync(Plan(address, rate: 10, seconds: 0.05, connections: 1, timeoutSeconds), samples);
        return Assert.Single(samples.Samples);
    }
}
