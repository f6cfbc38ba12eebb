using System.Net;
using System.Text.RegularExpressions;
using k8s;

namespace EndToEnd.Tests;

/// <summary>Who runs where, who answers under which name, and who gets how much.</summary>
[Collection(SharedDeployment.Name)]
public sealed partial class TopologyTests(Deployed deployed, Cluster cluster)
{
    [Fact]
    public async Task Each_object_is_as_the_manifests_say()
    {
        var difference = await Tool.RunAsync("kubectl", ["diff", "-k", Deployed.Overlay]);
        Assert.True(difference is { ExitCode: 0, Output: "" }, $"{difference}");
        var kinds = (await Tool.KubectlAsync("get", "-k", Deployed.Overlay, "-o", "name"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .CountBy(name => name.Split('/')[0]);
        Assert.Equal(
            new Dictionary<string, int> { ["namespace"] = 1, ["serviceaccount"] = 4, ["service"] = 4, ["deployment.apps"] = 6 },
            kinds.ToDictionary());
    }

    [Fact]
    public async Task Every_node_that_can_has_some_of_the_pods()
    {
        var nodes = (await cluster.Api.CoreV1.ListNodeAsync(cancellationToken: TestContext.Current.CancellationToken)).Items.Where(
            node => node.Spec.Unschedulable != true && node.Spec.Taints is null or []).ToList();
        var used = (await deployed.PodsAsync()).Select(pod => pod.Spec.NodeName).Distinct();
        Assert.Equal(nodes.Select(node => node.Metadata.Name).Order(), used.Order());
    }

    [Fact]
    public async Task The_page_answers_on_its_port_of_every_node()
    {
        using var client = new HttpClient();
        var addresses = await cluster.NodeAddressesAsync();
        Assert.NotEmpty(addresses);
        foreach (var address in addresses)
        {
            using var answer = await client.GetAsync(
                new Uri($"http://{address}:{Deployed.NodePort}/productpage"), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Contains(
                "<title>Simple Bookstore App</title>",
                await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
                StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_300_page_views_each_version_of_reviews_serves_its_share(bool newConnections)
    {
        using var client = new HttpClient(
            new SocketsHttpHandler { PooledConnectionLifetime = newConnections ? TimeSpan.Zero : Timeout.InfiniteTimeSpan });
        var page = await deployed.PageAsync();
        var served = new Dictionary<string, int>();
        for (var i = 0; i < 300; i++)
        {
            var by = ServedBy().Match(await client.GetStringAsync(page, TestContext.Current.CancellationToken)).Groups[1].Value;
            served[by] = served.GetValueOrDefault(by) + 1;
        }

        var told = string.Join(", ", served.Select(pod => $"{pod.Key}: {pod.Value}"));
        Assert.Equal(["v1", "v2", "v3"], served.Keys.Order());
        Assert.True(served.Values.All(count => count is >= 54 and <= 150), told);
    }

    [Fact]
    public async Task Services_are_reached_by_their_full_names_as_well()
    {
        try
        {
            await Tool.KubectlAsync(
                "set",
                "env",
                "-n",
                Cluster.Namespace,
                "deployment/productpage-v1",
                $"SERVICES_DOMAIN={Cluster.Namespace}.svc.cluster.local");
            await Deployed.ReadyAsync();
            await deployed.SettledAsync();
            using var client = new HttpClient();
            var page = await client.GetStringAsync(await deployed.PageAsync(), TestContext.Current.CancellationToken);
            Assert.Null(Deployed.MissingFrom(page));
            var ratings = await client.GetStringAsync(
                new Uri(await deployed.PageAsync(), "/api/v1/products/0/ratings"), TestContext.Current.CancellationToken);
            Assert.Contains("Reviewer1", ratings, StringComparison.Ordinal);
        }
        finally
        {
            await Tool.KubectlAsync("set", "env", "-n", Cluster.Namespace, "deployment/productpage-v1", "SERVICES_DOMAIN-");
            await Deployed.ReadyAsync();
        }
    }

    [GeneratedRegex(@"reviews-(v\d)-[a-z0-9]+-[a-z0-9]+")]
    private static partial Regex ServedBy();
}
