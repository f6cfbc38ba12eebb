using Bookinfo.Contracts;

namespace EndToEnd.Tests;

/// <summary>What the services may do in their containers, tried from inside.</summary>
public sealed class ContainerTests(OwnNamespace own) : IClassFixture<OwnNamespace>
{
    public static TheoryData<string> Services => [.. ServiceCatalog.All.Select(service => service.Name)];

    [Theory]
    [MemberData(nameof(Services))]
    public async Task A_container_is_not_root_and_writes_nowhere(string service)
    {
        await Inspection.InstallAsync(own.Namespace, $"{service}-v1", service);
        try
        {
            var pod = Assert.Single(await own.PodsAsync($"app={service},version=v1")).Metadata.Name;

            var identity = await Inspection.RunAsync(own.Namespace, pod, "identity");
            Assert.Equal("uid 65532 gid 65532\n", identity.Output);
            foreach (var path in new[] { "/written", "/app/written", "/tmp/written", "/etc/written", "/home/written" })
            {
                var written = await Inspection.RunAsync(own.Namespace, pod, "write", path);
                Assert.Contains(written.Output, (string[])["Read-only file system\n", "No such file or directory\n"]);
            }
        }
        finally
        {
            await Inspection.RemoveAsync(own.Namespace, $"{service}-v1");
        }
    }

    [Fact]
    public async Task No_container_has_a_token_for_the_API()
    {
        var pods = await own.PodsAsync();
        Assert.Equal(Deployed.Names.Count, pods.Count);
        Assert.All(pods, pod =>
        {
            Assert.StartsWith("bookinfo-", pod.Spec.ServiceAccountName, StringComparison.Ordinal);
            Assert.Empty(pod.Spec.Containers.SelectMany(container => container.VolumeMounts ?? []));
        });
    }
}
