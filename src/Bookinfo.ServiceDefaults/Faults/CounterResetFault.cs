using System.Globalization;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>
/// Lets counters and histograms begin at 0 anew: from each of their samples it takes away what the sample was at the first scrape.
/// </summary>
internal sealed class CounterResetFault : MetricsTextFault
{
    private readonly Dictionary<string, double> _atReset = [];

    /// <inheritdoc/>
    protected override string Rewrite(string sample, IReadOnlyDictionary<string, string> types, ActiveRule rule)
    {
        // Exemplars and timestamps come behind the value.
        var end = sample.IndexOf('}', StringComparison.Ordinal) is >= 0 and var brace ? brace + 1 : sample.IndexOf(' ', StringComparison.Ordinal);
        var series = sample[..end];
        var rest = sample[end..].TrimStart();
        var value = rest.Split(' ', 2);
        var braceOrEnd = series.IndexOf('{', StringComparison.Ordinal);
        var name = braceOrEnd < 0 ? series : series[..braceOrEnd];
        if (!IsCumulative(name, types) || !double.TryParse(value[0], CultureInfo.InvariantCulture, out var now))
        {
            return sample;
        }

        lock (_atReset)
        {
            if (!_atReset.TryGetValue(series, out var before))
            {
                before = _atReset[series] = now;
            }

            var since = string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, now - before)}");
            return $"{series} {string.Join(' ', [since, .. value[1..]])}";
        }
    }

    private static bool IsCumulative(string name, IReadOnlyDictionary<string, string> types) =>
        TypeOf(name, types) == "counter"
        || ((name.EndsWith("_bucket", StringComparison.Ordinal) || name.EndsWith("_count", StringComparison.Ordinal)
            || name.EndsWith("_sum", StringComparison.Ordinal)) && TypeOf(name[..name.LastIndexOf('_')], types) == "histogram");

    /// <summary>The type of a metric; OpenMetrics declares counters without <c>_total</c>.</summary>
    private static string? TypeOf(string name, IReadOnlyDictionary<string, string> types) =>
        types.GetValueOrDefault(name)
        ?? (name.EndsWith("_total", StringComparison.Ordinal) ? types.GetValueOrDefault(name[..^"_total".Length]) : null);
}
