using System.Text.RegularExpressions;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Observability.Tests;

/// <summary>What the alerts say, and that each is tested and explained.</summary>
[Collection(OneMeteredSystem.Name)]
public sealed class AlertTests(MeteredSystem system)
{
    private PrometheusServer Prometheus => system.Prometheus;

    [Fact]
    public async Task Every_alert_has_a_unit_test()
    {
        var tests = await File.ReadAllTextAsync(
            Path.Combine(ObservabilityFiles.Prometheus, "tests", "alerts.yml"), TestContext.Current.CancellationToken);
        Assert.All(await AlertsAsync(), alert => Assert.Contains($"alertname=\"{alert}\"", tests));
    }

    [Fact]
    public async Task Every_alert_says_what_it_means_and_what_to_do_and_is_in_the_README()
    {
        var readMe = await File.ReadAllTextAsync(ObservabilityFiles.ReadMe, TestContext.Current.CancellationToken);
        foreach (var rule in (await Prometheus.RulesAsync()).Where(rule => rule.GetProperty("type").GetString() == "alerting"))
        {
            var name = rule.GetProperty("name").GetString()!;
            Assert.Contains($"| [`{name}`](../docs/alerts.md#{name.ToLowerInvariant()}) |", readMe);
            Assert.Contains(rule.GetProperty("labels").GetProperty("severity").GetString(), new[] { "page", "ticket", "info" });
            Assert.All(
                new[] { "summary", "description", "action" },
                text => Assert.NotEmpty(rule.GetProperty("annotations").GetProperty(text).GetString()!));
        }
    }

    /// <summary>The anchor of a heading on the pages where people read Markdown is its text in lower case.</summary>
    [Fact]
    public async Task Every_alert_leads_to_its_section_of_the_runbook_and_every_section_is_an_alerts()
    {
        var runbook = await File.ReadAllTextAsync(
            Path.Combine(WorkingCopy.Root, "docs", "alerts.md"), TestContext.Current.CancellationToken);
        var sections = Regex.Split(runbook, "^## ", RegexOptions.Multiline)[1..]
            .ToDictionary(section => section[..section.IndexOf('\n', StringComparison.Ordinal)]);
        var rules = (await Prometheus.RulesAsync()).Where(rule => rule.GetProperty("type").GetString() == "alerting").ToList();
        Assert.All(rules, rule => Assert.Equal(
            $"docs/alerts.md#{rule.GetProperty("name").GetString()!.ToLowerInvariant()}",
            rule.GetProperty("annotations").GetProperty("runbook_url").GetString()));
        Assert.Equal(rules.Select(rule => rule.GetProperty("name").GetString()!).Distinct().Order(), sections.Keys.Order());
        Assert.All(sections, section => Assert.All(
            new[] { "**What it means.**", "**What to look at.**", "**What to do.**" },
            part => Assert.Contains(part, section.Value)));
    }

    [Fact]
    public async Task The_texts_of_alerts_that_are_active_are_complete()
    {
        var alerts = await Eventually.GetAsync("an active alert", async () =>
            (await Prometheus.RulesAsync()).Where(rule => rule.GetProperty("type").GetString() == "alerting")
            .SelectMany(rule => rule.GetProperty("alerts").EnumerateArray()).ToList() is { Count: > 0 } active ? active : null);
        // What Go's templates leave in the place of what went wrong: <error expanding template ...>, <no value>.
        Assert.All(alerts, alert => Assert.All(
            alert.GetProperty("annotations").EnumerateObject(), text => Assert.DoesNotContain("<", text.Value.GetString())));
    }

    private async Task<IReadOnlyList<string>> AlertsAsync() =>
    [
        .. (await Prometheus.RulesAsync()).Where(rule => rule.GetProperty("type").GetString() == "alerting")
            .Select(rule => rule.GetProperty("name").GetString()!).Distinct(),
    ];
}
