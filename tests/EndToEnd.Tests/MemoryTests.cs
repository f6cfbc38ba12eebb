using Bookinfo.Testing;
using k8s.Models;

namespace EndToEnd.Tests;

/// <summary>The memory limit, under as much load as the cluster takes.</summary>
[Collection(SharedDeployment.Name)]
public sealed class MemoryTests(Deployed deployed)
{
    private static readonly TimeSpan Duration = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Crowded = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Two_minutes_of_full_load_end_no_container_at_its_limit_of_64Mi()
    {
        var before = await deployed.PodsAsync();
        Assert.All(before, pod => Assert.Equal("64Mi", pod.Spec.Containers[0].Resources.Limits["memory"].ToString()));

        using var visitors = new PageVisitors(await deployed.PageAsync());
        using var stop = new CancellationTokenSource(Duration);
        await visitors.CrowdAsync(32, stop.Token);

        var after = await deployed.PodsAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"{visitors.Views / Duration.TotalSeconds:0} views a second");
        Assert.Equal(before.Select(Names).Order(), after.Select(Names).Order());
        Assert.All(after, pod => Assert.Equal(
            (0, null), (pod.Status.ContainerStatuses[0].RestartCount, pod.Status.ContainerStatuses[0].LastState?.Terminated)));
        Assert.Empty(visitors.Failures);
        Assert.InRange(visitors.Views, 100 * Duration.TotalSeconds, double.MaxValue);
    }

    [Fact]
    public async Task A_thousand_connections_that_are_all_busy_end_no_container()
    {
        var before = await deployed.PodsAsync();
        var page = await deployed.PageAsync();
        using var visitors = new PageVisitors(page);
        using var stop = new CancellationTokenSource(Crowded);

        await visitors.CrowdAsync(1000, stop.Token);

        var after = await deployed.PodsAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"{visitors.Views} views, {visitors.Failures.Count} of them refused or failed");
        Assert.Equal(before.Select(Names).Order(), after.Select(Names).Order());
        Assert.All(after.Zip(before), pair => Assert.Equal(
            (pair.Second.Status.ContainerStatuses[0].RestartCount, null),
            (pair.First.Status.ContainerStatuses[0].RestartCount, pair.First.Status.ContainerStatuses[0].LastState?.Terminated)));
        // More than the page answers at once, so that some were told to come again.
        Assert.Contains(visitors.Failures, failure => failure.EndsWith(" 503", StringComparison.Ordinal));
        await Eventually.HoldsAsync(async () =>
        {
            using var visitor = new PageVisitors(page);
            await visitor.VisitOnceAsync();
            return string.Join(", ", visitor.Failures);
        });
    }

    private static string Names(V1Pod pod) => pod.Metadata.Name;
}
