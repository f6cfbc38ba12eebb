using Bookinfo.Contracts;
using Bookinfo.Testing;

namespace Services.Tests;

/// <summary>docs/faults.md has every fault with every parameter, under the heading of its scope.</summary>
public sealed class FaultDocumentationTests
{
    [Fact]
    public void Every_fault_is_documented_and_every_documented_one_is_there()
    {
        var (heading, documented) = ("", new List<(string Heading, string Fault, string Parameters)>());
        foreach (var line in File.ReadLines(Path.Combine(WorkingCopy.Root, "docs", "faults.md")))
        {
            heading = line.StartsWith("## ", StringComparison.Ordinal) ? line[3..] : heading;
            if (heading.StartsWith("Faults of ", StringComparison.Ordinal) && line.StartsWith("| `", StringComparison.Ordinal))
            {
                var cells = line.Split('|');
                documented.Add((heading, cells[1].Trim(' ', '`'), cells[3]));
            }
        }

        Assert.Equal(
            FaultCatalog.All.Select(kind => (HeadingOf(kind.Scope), kind.Name)), documented.Select(row => (row.Heading, row.Fault)));
        foreach (var (kind, row) in FaultCatalog.All.Zip(documented))
        {
            Assert.All(kind.Parameters, parameter => Assert.Contains($"`{parameter.Name}`", row.Parameters, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Every_route_is_documented_and_every_documented_one_is_there() => Assert.Equal(
        ServiceCatalog.All
            .Select(service => $"| {service.Name} | {string.Join(", ", service.Routes.Select(route => $"`{route.Template}`"))} |").Order(),
        File.ReadLines(Path.Combine(WorkingCopy.Root, "docs", "faults.md"))
            .Where(line => ServiceCatalog.All.Any(service => line.StartsWith($"| {service.Name} |", StringComparison.Ordinal))).Order());

    private static string HeadingOf(FaultScope scope) => scope switch
    {
        FaultScope.Request => "Faults of requests",
        FaultScope.Process => "Faults of the process",
        _ => "Faults of telemetry",
    };
}
