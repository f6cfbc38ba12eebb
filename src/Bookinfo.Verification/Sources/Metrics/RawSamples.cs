using System.Globalization;
using Bookinfo.Foundation;

namespace Bookinfo.Verification;

/// <summary>A series with its samples as they were scraped.</summary>
/// <param name="Labels">Its labels.</param>
internal sealed record RawSeries(IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>The values by the time of their scrape, in milliseconds since 1970.</summary>
    public SortedList<long, double> Samples { get; } = [];

    /// <summary>The value of a label; empty when it has none.</summary>
    public string this[string label] => Labels.GetValueOrDefault(label, "");
}

/// <summary>
/// The samples of counters as they were scraped. Neither <c>increase()</c> nor <c>rate()</c> is asked for: those extrapolate to the ends
/// of their window, so that what they count is not what was counted.
/// </summary>
/// <param name="client">The Prometheus.</param>
/// <param name="selector">A condition on the labels of targets, such as <c>job="bookinfo"</c>; empty for none.</param>
internal sealed class RawSamples(PrometheusClient client, string selector)
{
    /// <summary>Requests that a service has served.</summary>
    public const string Served = "http_server_request_duration_seconds_count";

    /// <summary>Tries of calls.</summary>
    public const string Tried = "http_client_request_duration_seconds_count";

    /// <summary>Finished calls of productpage.</summary>
    public const string Results = "request_result_total";

    /// <summary>Whether a scrape was answered: one sample for each try to scrape.</summary>
    public const string Up = "up";

    /// <summary>How long scrapes took.</summary>
    public const string ScrapeDuration = "scrape_duration_seconds";

    /// <summary>How many series a scrape has brought: one sample of each.</summary>
    public const string ScrapeSize = "scrape_samples_post_metric_relabeling";

    /// <summary>Which service a target is.</summary>
    public const string Info = "target_info";

    /// <summary>For how long a process runs, by which it shows that it was started again.</summary>
    public const string Uptime = "process_uptime_seconds";

    /// <summary>A metric that every process of Bookinfo has and nothing else.</summary>
    public const string Marker = "bookinfo_log_lines_dropped_total";

    /// <summary>The metrics that count.</summary>
    public static readonly IReadOnlyList<string> Counters = [Served, Tried, Results];

    /// <summary>Far more than a process can count, or seconds than it can run. Sums of so many are still numbers of 64 bits.</summary>
    private const double Largest = 1e12;

    private static readonly string[] Metrics = [Served, Tried, Results, Up, ScrapeDuration, ScrapeSize, Info, Uptime, Marker];

    /// <summary>What is asked for at once: an answer may have so many samples only.</summary>
    private static readonly TimeSpan Chunk = TimeSpan.FromMinutes(5);

    /// <summary>What is asked for again: samples may come late.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, Dictionary<string, RawSeries>> _series = Metrics.ToDictionary(
        metric => metric, _ => new Dictionary<string, RawSeries>());

    private DateTimeOffset? _end;

    /// <summary>The series of a metric.</summary>
    /// <param name="metric">One of the metrics above.</param>
    public IEnumerable<RawSeries> Of(string metric) => _series[metric].Values;

    /// <summary>Reads what there is in a time, or what has come since it was last read.</summary>
    /// <param name="from">Where the time begins; the same whenever it is called.</param>
    /// <param name="to">Where it ends.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task ReadAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var begin = _end is { } last && last - Overlap > from ? last - Overlap : from;
        while (begin < to)
        {
            var end = begin + Chunk < to ? begin + Chunk : to;
            var seconds = (long)Math.Ceiling((end - begin).TotalSeconds);
            foreach (var metric in Metrics)
            {
                var range = string.Create(CultureInfo.InvariantCulture, $"{metric}{{{selector}}}[{seconds}s]");
                foreach (var series in await client.QuerySeriesAsync(range, end, cancellationToken))
                {
                    Add(metric, series);
                }
            }

            begin = end;
        }

        _end = to;
    }

    /// <summary>Whether a sample has a value: the mark that a series is over, which some servers show, is not a number.</summary>
    /// <param name="client">The Prometheus that it is of.</param>
    /// <param name="metric">Its metric.</param>
    /// <param name="value">What it has.</param>
    /// <exception cref="OperationFailedException">It is a number that cannot be.</exception>
    internal static bool IsValue(PrometheusClient client, string metric, double value)
    {
        if (Math.Abs(value) > Largest)
        {
            throw new OperationFailedException(FailureKind.TargetUnreachable, string.Create(
                CultureInfo.InvariantCulture, $"the Prometheus at {client.Address} has a sample of {metric} that cannot be: {value}."));
        }

        return !double.IsNaN(value);
    }

    /// <summary>Takes samples of a series, of which some may be there already.</summary>
    /// <param name="metric">One of the metrics above.</param>
    /// <param name="series">The series.</param>
    internal void Add(string metric, PrometheusSeries series)
    {
        var all = _series[metric];
        var name = string.Join(
            '\n', series.Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"));
        if (!all.TryGetValue(name, out var raw))
        {
            all.Add(name, raw = new RawSeries(series.Labels));
        }

        foreach (var point in series.Points.Where(point => IsValue(client, metric, point.Value)))
        {
            raw.Samples[point.UnixMilliseconds] = point.Value;
        }
    }
}
