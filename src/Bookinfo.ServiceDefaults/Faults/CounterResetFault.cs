using System.Globalization;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>
/// Resets counters and histograms to 0: from each of their samples it takes away what the sample was at the first scrape. A series that
/// begins later begins as it is.
/// </summary>
internal sealed class CounterResetFault : MetricsTextFault
{
    private readonly Dictionary<string, double> _atReset = [];
    private bool _isReset;

    /// <inheritdoc/>
    public override IDisposable? Begin(ActiveRule rule)
    {
        lock (_atReset)
        {
            _atReset.Clear();
            _isReset = false;
        }

        return null;
    }

    /// <inheritdoc/>
    protected override void End()
    {
        lock (_atReset)
        {
            _isReset = true;
        }
    }

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
            if (!_isReset)
            {
                _atReset[series] = now;
            }

            var before = _atReset.GetValueOrDefault(series);
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
