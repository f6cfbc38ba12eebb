using Bookinfo.Contracts;
using Bookinfo.Testing;

namespace EndToEnd.Tests;

/// <summary>The whole wire contract, against the pods.</summary>
[Collection(SharedDeployment.Name)]
public sealed class WireTests(Deployed deployed)
{
    /// <summary>The checks that know the process itself, not only its address. What they check has tests of its own here.</summary>
    private static readonly string[] OfProcessesHere = ["*.Both_ip_versions_are_listened_on", "*.Pod_and_cluster_are_named"];

    [Fact]
    public async Task Every_check_of_the_wire_contract_passes_against_the_pods()
    {
        var page = await deployed.PageAsync();
        var environment = new Dictionary<string, string> { ["BOOKINFO_WIRE_PRODUCTPAGE_V1"] = page.GetLeftPart(UriPartial.Authority) };
        // The pods themselves: a port-forward does not pass on that a client has closed its side.
        foreach (var pod in await deployed.PodsAsync())
        {
            environment.TryAdd(
                Variable($"{pod.Metadata.Labels["app"]}-{pod.Metadata.Labels["version"]}"),
                $"{new UriBuilder("http", pod.Status.PodIP, ServiceCatalog.ServicePort).Uri}");
        }

        var checks = Path.Combine(WorkingCopy.Root, "artifacts/bin/Wire.Tests/release/Wire.Tests");
        string[] arguments = ["--filter-not-method", .. OfProcessesHere, "--minimum-expected-tests", "100", "--fail-skips", "on"];
        var result = await Tool.RunAsync(checks, arguments, environment: environment);
        Assert.True(result.ExitCode == 0, $"{result}");
    }

    private static string Variable(string name) => "BOOKINFO_WIRE_" + name.ToUpperInvariant().Replace('-', '_');
}
