using System.Text.RegularExpressions;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Observability.Tests;

/// <summary>
/// Every expression of rules, alerts and dashboards, asked of a real Prometheus that scrapes the real services: it must be PromQL, and it
/// must give data.
/// </summary>
[Collection(OneMeteredSystem.Name)]
public sealed partial class ExpressionTests(MeteredSystem system)
{
    private PrometheusServer Prometheus => system.Prometheus;

    [Fact]
    public async Task Every_recording_rule_gives_data()
    {
        var rules = await RulesAsync("recording");
        Assert.True(rules.Count > 40);
        foreach (var (name, query) in rules)
        {
            await HasDataAsync($"rule {name}", query);
            await HasDataAsync("what the rule records", name);
        }
    }

    /// <summary>Alerts mostly give nothing, as they should: see <see cref="PromQl.WithEveryComparisonAnswered"/>.</summary>
    [Fact]
    public async Task Every_alert_has_the_data_that_it_looks_at()
    {
        var rules = await RulesAsync("alerting");
        Assert.True(rules.Count > 15);
        foreach (var (name, query) in rules)
        {
            var answered = PromQl.WithEveryComparisonAnswered(query);
            Assert.NotEqual(query, answered);
            await HasDataAsync($"alert {name}", answered);
        }
    }

    [Fact]
    public async Task Every_panel_gives_data()
    {
        foreach (var panel in Dashboard.All.SelectMany(dashboard => dashboard.Panels))
        {
            foreach (var expression in panel.Expressions)
            {
                await HasDataAsync($"{panel}", Dashboard.Substitute(expression));
            }
        }
    }

    [Fact]
    public async Task Every_latency_has_exemplars_with_the_id_of_a_trace()
    {
        foreach (var panel in Dashboard.All.SelectMany(dashboard => dashboard.Panels).Where(panel => panel.HasExemplars))
        {
            foreach (var expression in panel.Expressions)
            {
                var exemplars = await Eventually.GetAsync(
                    $"exemplars of {panel}: {expression}",
                    async () => await Prometheus.ExemplarsAsync(Dashboard.Substitute(expression)) is { Count: > 0 } found ? found : null);
                Assert.All(exemplars, exemplar => Assert.Matches("^[0-9a-f]{32}$", exemplar["trace_id"]));
            }
        }
    }

    /// <summary>By itself, since a wrong name need not leave an expression without data: in <c>a or 0 * b</c> nobody misses a.</summary>
    [Fact]
    public async Task Every_metric_that_is_named_exists()
    {
        var named = Dashboard.All
            .SelectMany(dashboard => dashboard.Panels.SelectMany(panel => panel.Expressions).Concat(dashboard.AnnotationExpressions)
                .Select(expression => (From: dashboard.File, Expression: Dashboard.Substitute(expression))))
            .Concat((await RulesAsync("recording"))
                .Concat(await RulesAsync("alerting")).Select(rule => (From: rule.Name, Expression: rule.Query)))
            .SelectMany(source => PromQl.MetricsIn(source.Expression).Select(metric => (source.From, Metric: metric)))
            .Distinct()
            .ToList();
        Assert.True(named.Count > 100);
        foreach (var (from, metric) in named)
        {
            await Eventually.GetAsync(
                $"the metric {metric}, which {from} names",
                async () => await Prometheus.MetricsAsync() is var known && known.Contains(metric) ? known : null);
        }
    }

    [Fact]
    public async Task Every_variable_has_values()
    {
        foreach (var variable in Dashboard.All.SelectMany(dashboard => dashboard.Variables)
            .Where(variable => variable.GetProperty("type").GetString() == "query"))
        {
            var values = LabelValues().Match(variable.GetProperty("query").GetProperty("query").GetString()!);
            Assert.True(values.Success);
            var series = await Prometheus.QueryAsync(values.Groups["selector"].Value);
            Assert.NotEmpty(series);
            // Nothing adds a namespace here; Grafana then offers 'All' alone, which is the empty one too.
            if (values.Groups["label"].Value != "namespace")
            {
                Assert.All(series, one => Assert.NotNull(one.Label(values.Groups["label"].Value)));
            }
        }
    }

    [Fact]
    public async Task The_graphs_show_what_was_done_to_the_system()
    {
        await ShowsAsync("edges.json", "productpage → details: errors", "error_type", "connection_error", "400");
        await ShowsAsync("edges.json", "productpage → reviews: errors", "error_type", "404");
        await ShowsAsync("edges.json", "productpage → ratings: errors", "error_type", "400", "503");
        await ShowsAsync("edges.json", "reviews → ratings: errors", "error_type", "503");
        await ShowsAsync("reviews-versions.json", "Requests", "service_version", "v1", "v2", "v3");
        await ShowsAsync("reviews-versions.json", "Requests to ratings", "service_version", "v2", "v3");
        await ShowsAsync("overview.json", "Requests", "service_name", "productpage", "details", "reviews", "ratings");
        await ShowsAsync("overview.json", "Sections missing on the page", "destination_app", "details", "ratings", "reviews");
    }

    [Fact]
    public async Task What_a_page_lacks_is_counted_though_it_is_answered_with_200()
    {
        await HasDataAsync(
            "failed calls of reviews",
            "namespace_edge:bookinfo_calls_failed:ratio_rate5m{service_name=\"reviews\", service_peer_name=\"ratings\"} > 0.2 < 0.8");
        var failed = await Prometheus.QueryAsync("namespace:bookinfo_page_views_failed:ratio_rate5m");
        Assert.Equal("0", Assert.Single(failed).Value);
    }

    private async Task ShowsAsync(string file, string title, string label, params string[] values)
    {
        var panel = Dashboard.All.Single(dashboard => dashboard.File == file).Panels.Single(panel => panel.Title == title);
        var expression = $"({Dashboard.Substitute(panel.Expressions[0])}) > 0";
        var seen = new HashSet<string?>();
        await Eventually.GetAsync($"{string.Join(", ", values)} in {panel}", async () =>
        {
            seen.UnionWith((await Prometheus.QueryAsync(expression)).Select(series => series.Label(label)));
            return seen.IsSupersetOf(values) ? seen : null;
        });
    }

    private Task<IReadOnlyList<PrometheusSeries>> HasDataAsync(string what, string expression) =>
        Eventually.GetAsync(
            $"{what}: {expression}", async () => await Prometheus.QueryAsync(expression) is { Count: > 0 } series ? series : null);

    private async Task<IReadOnlyList<(string Name, string Query)>> RulesAsync(string type) =>
    [
        .. (await Prometheus.RulesAsync()).Where(rule => rule.GetProperty("type").GetString() == type)
            .Select(rule => (rule.GetProperty("name").GetString()!, rule.GetProperty("query").GetString()!)),
    ];

    [GeneratedRegex(@"^label_values\((?<selector>.+), (?<label>\w+)\)$")]
    private static partial Regex LabelValues();
}
