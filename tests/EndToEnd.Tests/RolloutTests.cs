using Bookinfo.Testing;

namespace EndToEnd.Tests;

/// <summary>Pods go and come while people look at the page.</summary>
[Collection(SharedDeployment.Name)]
public sealed class RolloutTests(Deployed deployed)
{
    private const int ViewsPerSecond = 200;

    [Fact]
    public async Task A_rolling_restart_of_everything_and_the_loss_of_one_pod_of_each_lose_no_request()
    {
        await Tool.KubectlAsync(["scale", "-n", Cluster.Namespace, "deployment", .. Deployed.Names, "--replicas=2"]);
        await Deployed.ReadyAsync();
        var before = await PodNamesAsync();

        using var visitors = new PageVisitors(await deployed.PageAsync());
        using var stop = new CancellationTokenSource();
        var visiting = visitors.VisitAsync(ViewsPerSecond, stop.Token);
        try
        {
            await Tool.KubectlAsync(["rollout", "restart", "-n", Cluster.Namespace, "deployment", .. Deployed.Names]);
            await Deployed.ReadyAsync();
            await deployed.SettledAsync();
            var restarted = await deployed.PodsAsync();
            Assert.Equal(2 * Deployed.Names.Count, restarted.Count);
            Assert.Empty(before.Intersect(restarted.Select(pod => pod.Metadata.Name)));

            var lost = restarted.GroupBy(pod => (pod.Metadata.Labels["app"], pod.Metadata.Labels["version"]))
                .Select(group => group.First().Metadata.Name)
                .ToList();
            Assert.Equal(Deployed.Names.Count, lost.Count);
            await Tool.KubectlAsync(["delete", "pod", "-n", Cluster.Namespace, .. lost]);
            await Deployed.ReadyAsync();
            Assert.Empty(lost.Intersect(await PodNamesAsync()));
        }
        finally
        {
            await stop.CancelAsync();
            await visiting;
            await Tool.KubectlAsync(["scale", "-n", Cluster.Namespace, "deployment", .. Deployed.Names, "--replicas=1"]);
            await Eventually.HoldsAsync(
                async () => (await PodNamesAsync()).Count == Deployed.Names.Count ? "" : "replicas that are too many still run");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{visitors.Views} views, {visitors.Failures.Count} failed");
        Assert.Empty(visitors.Failures);
        // The whole of both was under load.
        Assert.InRange(visitors.Views, 10 * ViewsPerSecond, int.MaxValue);
    }

    private async Task<IReadOnlyList<string>> PodNamesAsync() => [.. (await deployed.PodsAsync()).Select(pod => pod.Metadata.Name)];
}
