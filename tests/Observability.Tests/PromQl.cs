using System.Text;
using System.Text.RegularExpressions;

namespace Observability.Tests;

/// <summary>Reads as much of PromQL as the tests need. Whether an expression is right at all is for Prometheus to say.</summary>
internal static partial class PromQl
{
    private static readonly HashSet<string> Words =
        [
            "and", "or", "unless", "bool", "by", "without", "on", "ignoring", "group_left", "group_right", "offset", "sum", "max", "min",
            "count", "avg",
        ];

    /// <summary>
    /// Makes every comparison one that gives 0 or 1 for each series (<c>bool</c>), where it would leave out the series for which it does
    /// not hold. So the condition of an alert gives data exactly when all that it looks at is there, whether it fires or not.
    /// </summary>
    public static string WithEveryComparisonAnswered(string expression) =>
        Token().Replace(expression, token => token.Groups["comparison"].Success ? $"{token.Value} bool" : token.Value);

    /// <summary>The names of the metrics in an expression.</summary>
    public static IReadOnlyList<string> MetricsIn(string expression)
    {
        var code = new StringBuilder();
        foreach (Match token in Token().Matches(expression))
        {
            // Matchers, texts and ranges have no metrics in them, and label lists are not metrics.
            code.Append(token.Groups["skipped"].Success ? " " : token.Value);
        }

        return [.. Name().Matches(code.ToString()).Select(name => name.Value).Where(name => !Words.Contains(name)).Distinct()];
    }

    [GeneratedRegex(
        """(?<skipped>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\{(?:[^}"]|"(?:[^"\\]|\\.)*")*\}|\[[^\]]*\]|"""
        + """\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\))|(?<comparison>==|!=|>=|<=|>|<)|.|\n""")]
    private static partial Regex Token();

    [GeneratedRegex(@"(?<![\w.:])[a-zA-Z_:][\w:]*(?![\w:]|\s*\()")]
    private static partial Regex Name();
}
