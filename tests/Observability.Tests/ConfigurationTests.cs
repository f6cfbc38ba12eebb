using System.Globalization;
using System.Text.RegularExpressions;
using Bookinfo.Contracts;
using Bookinfo.ToolTesting;

namespace Observability.Tests;

/// <summary>The configuration, the rules and the alerts as files, for which nothing has to run.</summary>
public sealed partial class ConfigurationTests
{
    [Fact]
    public async Task Promtool_accepts_the_configuration() => await PassesAsync("check", "config", ObservabilityFiles.Configuration);

    [Fact]
    public async Task Promtool_accepts_the_rules() => await PassesAsync(["check", "rules", .. ObservabilityFiles.RuleFiles]);

    [Fact]
    public async Task The_unit_tests_of_the_alerts_pass() =>
        await PassesAsync("test", "rules", Path.Combine(ObservabilityFiles.Prometheus, "tests", "alerts.yml"));

    [Fact]
    public void The_targets_are_the_processes_of_the_catalog()
    {
        var targets = Target().Matches(File.ReadAllText(ObservabilityFiles.Configuration))
            .Select(target => (int.Parse(target.Groups["port"].Value, CultureInfo.InvariantCulture), target.Groups["name"].Value));
        Assert.Equal(
            ServiceCatalog.All.SelectMany(service => service.Versions.Select(
                version => (version.LocalPort, service.Versions.Count == 1 ? service.Name : $"{service.Name} {version.Version}"))).Order(),
            targets.Order());
    }

    [Fact]
    public void All_rule_files_are_loaded()
    {
        var configuration = File.ReadAllText(ObservabilityFiles.Configuration);
        Assert.Equal(ObservabilityFiles.RuleFiles.Order(), Directory.EnumerateFiles(ObservabilityFiles.Prometheus, "*.yml")
            .Where(file => file != ObservabilityFiles.Configuration).Order());
        Assert.All(ObservabilityFiles.RuleFiles, file => Assert.Contains($"  - {Path.GetFileName(file)}\n", configuration));
    }

    /// <summary>So that, indented, they are the <c>spec</c> of a PrometheusRule: see the README.</summary>
    [Fact]
    public void Rule_files_have_nothing_but_groups() => Assert.All(ObservabilityFiles.RuleFiles, file => Assert.Equal(
        ["groups:"], File.ReadAllLines(file).Where(line => line.Length > 0 && line[0] is not (' ' or '#'))));

    private static async Task PassesAsync(params string[] arguments)
    {
        var (exitCode, output) = await InstalledTool.RunAsync("promtool", arguments);
        Assert.True(exitCode == 0, output);
    }

    [GeneratedRegex(@"- localhost:(?<port>\d+) # (?<name>.+)")]
    private static partial Regex Target();
}
