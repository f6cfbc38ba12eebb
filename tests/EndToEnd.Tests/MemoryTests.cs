using k8s.Models;

namespace EndToEnd.Tests;

/// <summary>The memory limit, under as much load as the cluster takes.</summary>
[Collection(SharedDeployment.Name)]
public sealed class MemoryTests(Deployed deployed)
{
    private static readonly TimeSpan Duration = TimeSpan.FromMinutes(2);

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

    private static string Names(V1Pod pod) => pod.Metadata.Name;
}
