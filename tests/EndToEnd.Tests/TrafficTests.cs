using Bookinfo.Testing;

namespace EndToEnd.Tests;

/// <summary>The component <c>traffic</c> on a cluster: it sends, follows its ConfigMap without a restart, and ends in order.</summary>
public sealed class TrafficTests(Cluster cluster)
{
    private const string Selector = "app=traffic";

    [Fact]
    public async Task It_sends_and_follows_its_settings_without_a_restart_and_drains()
    {
        await using var overlay = new TestOverlay();
        var deploy = await overlay.DeployAsync("--component", "traffic");
        Assert.True(deploy.ExitCode == 0, $"{deploy}");

        var pod = Assert.Single(await cluster.PodsAsync(overlay.Namespace, Selector));
        // Until all is ready, pages lack what is not there yet, and requests fail; how many is up to the machine.
        var (sent, failed) = (0.0, -1.0);
        await Eventually.HoldsAsync(async () =>
        {
            var now = await SumAsync(pod.Status.PodIP, "requests_failed_total");
            var all = await SumAsync(pod.Status.PodIP, "requests_sent_total");
            (sent, failed) = now == failed ? (sent, failed) : (all, now);
            return all > sent + 20 ? "" : "20 requests without a failed one";
        });
        Assert.Equal(10, await SumAsync(pod.Status.PodIP, "asked_rate"));
        var notSent = await SumAsync(pod.Status.PodIP, "requests_not_sent_total");

        await PatchAsync(overlay.Namespace, "rate", "fast");
        await Eventually.HoldsAsync(async () => await SumAsync(pod.Status.PodIP, "settings_rejected") == 1 ? "" : "that it is refused");
        Assert.Equal(10, await SumAsync(pod.Status.PodIP, "asked_rate"));
        Assert.Contains("rate 'fast' is not allowed", await Tool.KubectlAsync("logs", "-n", overlay.Namespace, "deployment/traffic"));

        await PatchAsync(overlay.Namespace, "rate", "25");
        await Eventually.HoldsAsync(async () => await SumAsync(pod.Status.PodIP, "asked_rate") == 25 ? "" : "the new rate");
        var same = Assert.Single(await cluster.PodsAsync(overlay.Namespace, Selector));
        Assert.Equal((pod.Metadata.Uid, 0), (same.Metadata.Uid, same.Status.ContainerStatuses[0].RestartCount));

        // No request is lost when the application is rolled out meanwhile, nor when the traffic ends.
        await Tool.KubectlAsync("rollout", "restart", "-n", overlay.Namespace, "deployment/productpage-v1");
        await Tool.KubectlAsync("rollout", "status", "-n", overlay.Namespace, "deployment/productpage-v1", "--timeout=120s");
        Assert.Equal(failed, await SumAsync(pod.Status.PodIP, "requests_failed_total"));
        Assert.Equal(notSent, await SumAsync(pod.Status.PodIP, "requests_not_sent_total"));
    }

    private static Task<string> PatchAsync(string space, string name, string value) => Tool.KubectlAsync(
        "patch", "configmap", "traffic", "-n", space, "--type", "merge", "-p", $"{{\"data\":{{\"{name}\":\"{value}\"}}}}");

    private static async Task<double> SumAsync(string address, string name)
    {
        using var client = new HttpClient();
        var text = await client.GetStringAsync(new Uri($"http://{address}:9080/metrics"), TestContext.Current.CancellationToken);
        return PrometheusText.Parse(text).Where(sample => sample.Name == $"bookinfo_traffic_{name}").Sum(sample => sample.Value);
    }
}
