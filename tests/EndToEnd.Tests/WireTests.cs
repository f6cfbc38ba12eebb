using Bookinfo.Contracts;

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
        var forwards = new List<PortForward>();
        try
        {
            foreach (var name in Deployed.Names.Where(name => !environment.ContainsKey(Variable(name))))
            {
                var forward = await PortForward.StartAsync($"deployment/{name}", ServiceCatalog.ServicePort);
                forwards.Add(forward);
                environment[Variable(name)] = $"{forward.Address}";
            }

            var checks = Path.Combine(Tool.Root, "artifacts/bin/Wire.Tests/release/Wire.Tests");
            var result = await Tool.RunAsync(checks, ["--filter-not-method", .. OfProcessesHere], environment: environment);
            Assert.True(result.ExitCode == 0, $"{result}");
            Assert.Matches(@"total: \d{3}\s+failed: 0\s+succeeded: \d{3}\s+skipped: 0\b", result.Output);
        }
        finally
        {
            foreach (var forward in forwards)
            {
                await forward.DisposeAsync();
            }
        }
    }

    private static string Variable(string name) => "BOOKINFO_WIRE_" + name.ToUpperInvariant().Replace('-', '_');
}
