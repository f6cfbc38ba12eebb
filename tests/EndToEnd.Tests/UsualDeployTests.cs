using System.Text.Json;
using k8s;

namespace EndToEnd.Tests;

/// <summary><c>bookinfo deploy</c> as most people use it: into the usual namespace, with the usual node port.</summary>
[Collection(UsualNodePort.Name)]
public sealed class UsualDeployTests(Cluster cluster)
{
    private static readonly string[] Deployments = ["details-v1", "productpage-v1", "ratings-v1", "reviews-v1", "reviews-v2", "reviews-v3"];

    [Fact]
    public async Task From_nothing_all_is_ready_and_the_page_answers_on_every_node_and_a_second_time_changes_nothing()
    {
        try
        {
            var first = await Tool.BookinfoAsync("deploy", "--output", "json");
            Assert.True(first.ExitCode == 0, $"{first}");
            var events = Events(first);
            var readySeconds = events.Single(one => one.GetProperty("event").GetString() == "ready")
                .GetProperty("readySeconds").GetDouble();
            TestContext.Current.TestOutputHelper?.WriteLine($"Ready after {readySeconds:0.0} s");
            Assert.Equal("applied", events[0].GetProperty("event").GetString());
            foreach (var name in Deployments)
            {
                var last = events.Last(one => one.TryGetProperty("deployment", out var deployment) && deployment.GetString() == name);
                Assert.Equal(1, last.GetProperty("ready").GetInt32());
                Assert.InRange(
                    last.GetProperty("readySeconds").GetDouble(), last.GetProperty("scheduledSeconds").GetDouble(), readySeconds);
                Assert.True(
                    last.GetProperty("imagePresent").GetBoolean() || last.GetProperty("imagePullSeconds").GetDouble() > 0, $"{last}");
                Assert.InRange(last.GetProperty("imageBytes").GetInt64(), 1_000_000, 80_000_000);
            }

            var nodes = await cluster.NodeAddressesAsync();
            var addresses = events[^1].GetProperty("addresses").EnumerateArray().Select(address => address.GetString()!).ToList();
            Assert.Equal([.. nodes.Select(node => $"http://{node}:30080/productpage").Order()], addresses.Order());
            using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
            foreach (var address in addresses)
            {
                Assert.Contains("Simple Bookstore App", await client.GetStringAsync(address, TestContext.Current.CancellationToken));
                Assert.Contains($"Open {address}", first.Messages);
            }

            var before = await VersionsAsync(Cluster.Namespace);
            var second = await Tool.BookinfoAsync("deploy");

            Assert.True(second.ExitCode == 0, $"{second}");
            var unchanged = before.Count(line =>
                !line.StartsWith("ReplicaSet ") && !line.StartsWith("Secret productpage") && !line.StartsWith("ConfigMap "));
            Assert.Contains($"Applied: 0 created, 0 changed, {unchanged} unchanged.", second.Messages);
            Assert.All(Deployments, name => Assert.Contains($"{name}: ready, unchanged", second.Output));
            Assert.Equal(before, await VersionsAsync(Cluster.Namespace));

            // What it has applied is the user's to go on with.
            var byHand = await Tool.KubectlAsync("apply", "-k", "deploy/overlays/nodeport");
            Assert.All(byHand.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.EndsWith(" unchanged", line));
        }
        finally
        {
            await Tool.KubectlAsync("delete", "namespace", Cluster.Namespace, "--ignore-not-found");
        }
    }

    [Fact]
    public async Task Components_come_when_they_are_named_and_go_when_they_are_not()
    {
        try
        {
            var with = await Tool.BookinfoAsync("deploy", "--component", "otlp", "--component", "network-policies");

            Assert.True(with.ExitCode == 0, $"{with}");
            Assert.NotEmpty(await PoliciesAsync());
            Assert.Equal(["otlp"], await SettingsFromAsync());

            var without = await Tool.BookinfoAsync("deploy");

            Assert.True(without.ExitCode == 0, $"{without}");
            Assert.Empty(await PoliciesAsync());
            Assert.Empty(await SettingsFromAsync());
        }
        finally
        {
            await Tool.KubectlAsync("delete", "namespace", Cluster.Namespace, "--ignore-not-found");
        }

        async Task<IEnumerable<string>> PoliciesAsync() =>
            (await cluster.Api.NetworkingV1.ListNamespacedNetworkPolicyAsync(Cluster.Namespace)).Items.Select(
                policy => policy.Metadata.Name);

        // The name without the hash of its content.
        async Task<IEnumerable<string>> SettingsFromAsync() =>
            (await cluster.Api.AppsV1
                .ReadNamespacedDeploymentAsync("details-v1", Cluster.Namespace)).Spec.Template.Spec.Containers[0].EnvFrom?
                .Select(source => source.ConfigMapRef.Name.Split('-')[0]) ?? [];
    }

    private static List<JsonElement> Events(ToolResult result) =>
        [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>All that deploy makes and what that makes, with the version that each change increases.</summary>
    private async Task<List<string>> VersionsAsync(string space)
    {
        var list = await Tool.KubectlAsync(
            "get", "serviceaccounts,services,deployments,replicasets,configmaps,secrets", "--namespace", space,
            "--output", "jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.resourceVersion}{\"\\n\"}{end}");
        var itself = await cluster.Api.CoreV1.ReadNamespaceAsync(space, cancellationToken: TestContext.Current.CancellationToken);
        return
        [
            .. list.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.Contains("default") && !line.Contains("-token-")
                && !line.Contains("kube-root-ca")), $"Namespace {space} {itself.Metadata.ResourceVersion}",
        ];
    }
}
