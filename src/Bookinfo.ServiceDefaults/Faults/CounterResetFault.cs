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
        var end = EndOfSeries(sample);
        var series = sample[..end];
        // Exemplars and timestamps come behind the value.
        var value = sample[end..].TrimStart().Split(' ', 2);
        if (!IsCumulative(series.Split('{', 2)[0], types) || !double.TryParse(value[0], CultureInfo.InvariantCulture, out var now))
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

    /// <summary>Where the name and the labels end. A value of a label may have braces and blanks.</summary>
    private static int EndOfSeries(string sample)
    {
        var (quoted, at) = (false, 0);
        for (; at < sample.Length && (quoted || sample[at] is not (' ' or '}')); at++)
        {
            if (quoted && sample[at] == '\\')
            {
                at++;
            }
            else if (sample[at] == '"')
            {
                quoted = !quoted;
            }
        }

        return at < sample.Length && sample[at] == '}' ? at + 1 : at;
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
