using System.Text.RegularExpressions;
using Bookinfo.Contracts;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Observability.Tests;

/// <summary>
/// What the services expose, as <c>promtool check metrics</c> sees it: nothing is wrong but what docs/telemetry.md gives a reason for.
/// </summary>
[Collection(OneMeteredSystem.Name)]
public sealed partial class ExpositionTests(MeteredSystem system)
{
    private const string Count = "non-histogram and non-summary metrics should not have \"_count\" suffix";

    [Fact]
    public async Task Promtool_finds_what_the_documentation_says_and_nothing_else()
    {
        var expected = Exceptions().Select(metric => $"{metric} {Count}").ToHashSet();
        Assert.NotEmpty(expected);
        foreach (var version in ServiceCatalog.All.SelectMany(service => service.Versions))
        {
            var (exitCode, output) = await InstalledTool.RunAsync("promtool", await system.ScrapeAsync(version.Name), ["check", "metrics"]);
            Assert.Equal((version.Name, 3), (version.Name, exitCode));
            Assert.Equal(expected, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ToHashSet());
        }
    }

    /// <summary>The names in the first column of the table below the heading.</summary>
    private static IEnumerable<string> Exceptions() => File.ReadAllText(Path.Combine(WorkingCopy.Root, "docs", "telemetry.md"))
        .Split("\n## What promtool says\n")[1].Split("\n## ")[0].Split('\n')
            .Select(line => Row().Match(line))
            .Where(row => row.Success)
            .Select(row => row.Groups[1].Value);

    [GeneratedRegex("^\\| `([a-z_]+)` \\|")]
    private static partial Regex Row();
}
