using System.Globalization;
using System.Text.RegularExpressions;
using Bookinfo.Contracts;

namespace Observability.Tests;

/// <summary>The configuration, the rules and the alerts as files.</summary>
public sealed partial class ConfigurationTests(MeteredSystem system)
{
    [Fact]
    public async Task Promtool_accepts_the_configuration() => await PassesAsync("check", "config", ObservabilityFiles.Configuration);

    [Fact]
    public async Task Promtool_accepts_the_rules() => await PassesAsync(["check", "rules", .. ObservabilityFiles.RuleFiles]);

    [Fact]
    public async Task The_unit_tests_of_the_alerts_pass() => await PassesAsync("test", "rules", Path.Combine(ObservabilityFiles.Prometheus, "tests", "alerts.yml"));

    [Fact]
    public async Task Every_alert_has_a_unit_test()
    {
        var tests = await File.ReadAllTextAsync(Path.Combine(ObservabilityFiles.Prometheus, "tests", "alerts.yml"), TestContext.Current.CancellationToken);
        Assert.All(await AlertsAsync(), alert => Assert.Contains($"alertname=\"{alert}\"", tests));
    }

    [Fact]
    public async Task Every_alert_says_what_it_means_and_what_to_do_and_is_in_the_README()
    {
        var readMe = await File.ReadAllTextAsync(ObservabilityFiles.ReadMe, TestContext.Current.CancellationToken);
        foreach (var rule in (await system.Prometheus.RulesAsync()).Where(rule => rule.GetProperty("type").GetString() == "alerting"))
        {
            Assert.Contains($"| `{rule.GetProperty("name").GetString()}` |", readMe);
            Assert.Contains(rule.GetProperty("labels").GetProperty("severity").GetString(), new[] { "page", "ticket", "info" });
            Assert.All(new[] { "summary", "description", "action" }, text => Assert.NotEmpty(rule.GetProperty("annotations").GetProperty(text).GetString()!));
        }
    }

    [Fact]
    public void The_targets_are_the_processes_of_the_catalogue()
    {
        var targets = Target().Matches(File.ReadAllText(ObservabilityFiles.Configuration))
            .Select(target => (int.Parse(target.Groups["port"].Value, CultureInfo.InvariantCulture), target.Groups["name"].Value));
        Assert.Equal(
            ServiceCatalog.All.SelectMany(service => service.Versions.Select(version => (version.LocalPort, service.Versions.Count == 1 ? service.Name : $"{service.Name} {version.Version}"))).Order(),
            targets.Order());
    }

    [Fact]
    public void All_rule_files_are_loaded()
    {
        var configuration = File.ReadAllText(ObservabilityFiles.Configuration);
        Assert.Equal(ObservabilityFiles.RuleFiles.Order(), Directory.EnumerateFiles(ObservabilityFiles.Prometheus, "*.yml").Where(file => file != ObservabilityFiles.Configuration).Order());
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

    private async Task<IReadOnlyList<string>> AlertsAsync() =>
    [
        .. (await system.Prometheus.RulesAsync()).Where(rule => rule.GetProperty("type").GetString() == "alerting")
            .Select(rule => rule.GetProperty("name").GetString()!).Distinct(),
    ];

    [GeneratedRegex(@"- localhost:(?<port>\d+) # (?<name>.+)")]
    private static partial Regex Target();
}
