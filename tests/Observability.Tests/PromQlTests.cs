namespace Observability.Tests;

public sealed class PromQlTests
{
    [Theory]
    [InlineData("up == 0", "up == bool 0")]
    [InlineData("a{b!=\"1\", c=~\"x>y\"} > 14.4 * 0.001 and d <= 2", "a{b!=\"1\", c=~\"x>y\"} > bool 14.4 * 0.001 and d <= bool 2")]
    public void Comparisons_are_answered_and_matchers_left_alone(string expression, string answered) =>
        Assert.Equal(answered, PromQl.WithEveryComparisonAnswered(expression));

    [Theory]
    [InlineData(
        "sum by (le, x) (rate(a_total{b=\"c_d\"}[5m]) * on (job) group_left (e) target_info) or 0 * l:m:rate5m > 1e3",
        "a_total,target_info,l:m:rate5m")]
    [InlineData("label_replace(up, \"a\", \"$1\", \"b\", \"(.*)\") / on () group_left sum(x offset 5m)", "up,x")]
    [InlineData("count(ALERTS) or vector(0)", "ALERTS")]
    public void Names_of_metrics_are_found(string expression, string names) =>
        Assert.Equal(names, string.Join(',', PromQl.MetricsIn(expression)));
}
