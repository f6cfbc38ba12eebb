using System.Collections.Concurrent;
using Bookinfo.Testing;

namespace Services.Tests;

/// <summary>
/// Three versions of reviews behind one address that balances connections, as a Kubernetes Service does: each gets its share of the
/// requests, one after the other and in parallel.
/// </summary>
public sealed class SpreadingTests
{
    [Theory]
    [InlineData(300, 1)]
    [InlineData(3000, 32)]
    public async Task Each_of_three_pods_behind_one_service_gets_between_18_and_50_percent(int views, int atOnce)
    {
        await using var v1 = await PodAsync("pod-1");
        await using var v2 = await PodAsync("pod-2");
        await using var v3 = await PodAsync("pod-3");
        await using var service = BalanceConnections([v1.Address, v2.Address, v3.Address], seed: 5);
        await using var details = await RunningService.StartAsync(Bookinfo.Details.Program.Build);
        await using var page = await RunningService.StartAsync(
            Bookinfo.ProductPage.Program.Build,
            [.. RunningService.At("reviews", service.Address), .. RunningService.At("details", details.Address)]);

        var seen = new ConcurrentDictionary<string, int>();
        await Parallel.ForEachAsync(Enumerable.Range(0, views), new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (_, token) =>
        {
            var html = await page.Client.GetStringAsync(new Uri("/productpage", UriKind.Relative), token);
            var pod = new[] { "pod-1", "pod-2", "pod-3" }.Single(name => html.Contains(name, StringComparison.Ordinal));
            seen.AddOrUpdate(pod, 1, (_, count) => count + 1);
        });

        Assert.Equal(3, seen.Count);
        Assert.All(seen.Values, count => Assert.InRange((double)count / views, 0.18, 0.50));
        // At high rates a connection serves several requests, and yet is not kept for ever.
        if (atOnce > 1)
        {
            Assert.InRange(service.Connections, 2 * atOnce, views / 2);
        }
    }

    private static Task<RunningService> PodAsync(string name) =>
        RunningService.StartAsync(Bookinfo.Reviews.Program.Build, $"HOSTNAME={name}");

    /// <summary>Sends each connection to one of several servers, at random, and stays with it: what kube-proxy does.</summary>
    private static LoopbackServer BalanceConnections(IReadOnlyList<Uri> servers, int seed)
    {
        var random = new Random(seed);
        return new LoopbackServer(async (client, _, cancellationToken) =>
        {
            // Called for one connection after the other, and up to here in their order.
            var server = servers[random.Next(servers.Count)];
            await LoopbackServer.RelayAsync(client, server, cancellationToken);
        });
    }
}
