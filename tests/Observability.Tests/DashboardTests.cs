using System.Text.RegularExpressions;

namespace Observability.Tests;

/// <summary>The dashboards as files: what Grafana needs of them and what a reader needs.</summary>
public sealed partial class DashboardTests
{
    private static IEnumerable<DashboardPanel> Panels => Dashboard.All.SelectMany(dashboard => dashboard.Panels);

    [Fact]
    public void There_are_four_with_names_of_their_own()
    {
        Assert.Equal(
            ["edges.json", "overview.json", "reviews-versions.json", "runtime.json"], Dashboard.All.Select(dashboard => dashboard.File));
        Assert.All(Dashboard.All, dashboard => Assert.Equal($"bookinfo-{Path.GetFileNameWithoutExtension(dashboard.File)}", dashboard.Uid));
        Assert.All(Dashboard.All, dashboard => Assert.NotEmpty(dashboard.Json.GetProperty("description").GetString()!));
    }

    [Fact]
    public void Each_leads_to_the_others()
    {
        foreach (var dashboard in Dashboard.All)
        {
            Assert.Contains("bookinfo", dashboard.Json.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()));
            var link = Assert.Single(dashboard.Json.GetProperty("links").EnumerateArray());
            Assert.Equal(("dashboards", "bookinfo"), (link.GetProperty("type").GetString(), link.GetProperty("tags")[0].GetString()));
        }

        var uids = Dashboard.All.Select(dashboard => dashboard.Uid);
        Assert.All(
            Dashboard.All.SelectMany(dashboard => LinkedUid().Matches(dashboard.Json.GetRawText())).Select(link => link.Groups[1].Value),
            uid => Assert.Contains(uid, uids));
    }

    [Fact]
    public void Every_panel_says_what_it_shows_and_in_which_unit() => Assert.All(Panels, panel =>
    {
        Assert.NotEmpty(panel.Title);
        Assert.InRange(panel.Json.GetProperty("description").GetString()!.Length, 20, 500);
        var defaults = panel.Json.GetProperty("fieldConfig").GetProperty("defaults");
        Assert.NotEmpty(defaults.GetProperty("unit").GetString()!);
        Assert.NotEmpty(defaults.GetProperty("thresholds").GetProperty("steps").EnumerateArray());
        Assert.NotEmpty(panel.Targets);
        Assert.All(panel.Targets, target => Assert.NotEmpty(target.GetProperty("legendFormat").GetString()!));
    });

    [Fact]
    public void Every_panel_asks_the_data_source_that_was_chosen()
    {
        foreach (var panel in Panels)
        {
            Assert.All(panel.Targets.Append(panel.Json), asking => Assert.Equal(
                ("prometheus", "${datasource}"),
                (asking.GetProperty("datasource").GetProperty("type").GetString(),
                    asking.GetProperty("datasource").GetProperty("uid").GetString())));
        }

        Assert.All(Dashboard.All, dashboard =>
        {
            var chosen = dashboard.Variables[0];
            Assert.Equal(("datasource", "prometheus"), (chosen.GetProperty("name").GetString(), chosen.GetProperty("query").GetString()));
        });
    }

    [Fact]
    public void Every_variable_that_is_used_is_there() => Assert.All(Panels, panel =>
    {
        var variables = panel.Dashboard.Variables.Select(variable => variable.GetProperty("name").GetString()!)
            .Append("__rate_interval")
            .ToList();
        Assert.All(
            panel.Expressions.SelectMany(expression => Variable().Matches(expression)),
            used => Assert.Contains(used.Groups[1].Value, variables));
    });

    [Fact]
    public void Rates_are_over_the_interval_that_fits_the_graph() => Assert.All(Panels.SelectMany(panel => panel.Expressions), expression =>
        Assert.All(Rate().Matches(expression), rate => Assert.Contains("[$__rate_interval]", rate.Value)));

    [Fact]
    public void Panels_lie_beside_each_other_and_not_upon_each_other() => Assert.All(Dashboard.All, dashboard =>
    {
        var taken = new HashSet<(int, int)>();
        foreach (var panel in dashboard.Rows.Concat(dashboard.Panels.Select(panel => panel.Json)))
        {
            var position = panel.GetProperty("gridPos");
            int Of(string name) => position.GetProperty(name).GetInt32();
            Assert.InRange(Of("x") + Of("w"), 1, 24);
            foreach (var x in Enumerable.Range(Of("x"), Of("w")))
            {
                Assert.All(
                    Enumerable.Range(Of("y"), Of("h")),
                    y => Assert.True(taken.Add((x, y)), $"{dashboard.File}: {panel.GetProperty("title")}"));
            }
        }

        var ids = dashboard.Json.GetProperty("panels").EnumerateArray().Select(panel => panel.GetProperty("id").GetInt32()).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
    });

    [Fact]
    public void Latencies_lead_to_traces() => Assert.All(
        Panels.Where(panel => panel.Expressions.Any(expression => expression.Contains("histogram_quantile", StringComparison.Ordinal))),
        panel => Assert.True(panel.HasExemplars, $"{panel}"));

    /// <summary>On a Prometheus without the rules, a panel that asks for what they record says so and is not just empty.</summary>
    [Fact]
    public void A_panel_that_needs_the_rules_says_so()
    {
        var needing = Panels.Where(panel => panel.Expressions.SelectMany(PromQl.MetricsIn).Any(IsRecorded)).ToList();
        Assert.Equal(5, needing.Count);
        Assert.All(needing, panel =>
        {
            Assert.Contains("observability/prometheus/rules.yml", panel.Json.GetProperty("description").GetString());
            Assert.Contains("rules.yml", panel.Json.GetProperty("fieldConfig").GetProperty("defaults").GetProperty("noValue").GetString());
            // With a constant in its place, it would look like a figure.
            Assert.All(panel.Expressions, expression => Assert.DoesNotContain("vector(", expression));
        });
    }

    /// <summary>The default source is asked by other people's dashboards, which have nothing to do with this workload.</summary>
    [Fact]
    public void Provisioned_sources_take_neither_the_place_of_the_default_nor_a_usual_name()
    {
        var sources = File.ReadAllText(Path.Combine(ObservabilityFiles.Grafana, "provisioning", "datasources", "bookinfo.yml"));
        Assert.DoesNotContain("isDefault: true", sources);
        Assert.All(SourceName().Matches(sources), name => Assert.StartsWith("Bookinfo ", name.Groups[1].Value, StringComparison.Ordinal));
        Assert.Equal(2, SourceName().Count(sources));
    }

    private static bool IsRecorded(string metric) => metric == "ALERTS" || metric.Contains(':', StringComparison.Ordinal);

    [Fact]
    public void A_click_on_an_exemplar_goes_to_the_provisioned_traces()
    {
        var sources = File.ReadAllText(Path.Combine(ObservabilityFiles.Grafana, "provisioning", "datasources", "bookinfo.yml"));
        var destination = Destination().Match(sources);
        Assert.True(destination.Success);
        Assert.Contains($"\n    uid: {destination.Groups[1].Value}\n", sources);
    }

    [GeneratedRegex(@"^  - name: (.+)$", RegexOptions.Multiline)]
    private static partial Regex SourceName();

    [GeneratedRegex(@"""/d/([\w-]+)")]
    private static partial Regex LinkedUid();

    [GeneratedRegex(@"\$\{?(\w+)")]
    private static partial Regex Variable();

    [GeneratedRegex(@"\b(?:rate|increase|irate)\([^()]*\)")]
    private static partial Regex Rate();

    [GeneratedRegex(@"- name: trace_id\n +datasourceUid: ([\w-]+)\n")]
    private static partial Regex Destination();
}
