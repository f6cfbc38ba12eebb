using System.Globalization;
using System.Text;
using Bookinfo.Load;

namespace Bookinfo.LoadWorker;

/// <summary>
/// Counts what traffic has sent, for Prometheus. Latencies are from when a request was due, so they are what a visitor would have seen who
/// did not wait for others.
/// </summary>
/// <param name="answers">How answers are read.</param>
internal sealed class TrafficMetrics(AnswerModel answers)
{
    /// <summary>The type of the text (Prometheus' text format).</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Later than this is late: 10 ms, in nanoseconds.</summary>
    private const long Punctual = 10_000_000;

    /// <summary>Upper bounds of latencies, in seconds; they go as far as a request may take when it was sent in time.</summary>
    private static readonly double[] Bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private static readonly RequestKind[] Kinds = [RequestKind.Visitor, RequestKind.User, RequestKind.Api, RequestKind.Asset];

    private readonly Lock _lock = new();
    private readonly Dictionary<RequestKind, Latency> _latencies = Kinds.ToDictionary(kind => kind, _ => new Latency());
    private readonly SortedDictionary<string, long> _failed = new(StringComparer.Ordinal);
    private long _setup;
    private long _late;

    /// <summary>Makes what counts the requests of a mix.</summary>
    /// <param name="mix">The mix.</param>
    public ILoadObserver For(TrafficMix mix) => new Counter(this, mix);

    /// <summary>Writes all of it.</summary>
    /// <param name="load">What is sent.</param>
    /// <param name="rejected">Whether the settings that are there now are not allowed.</param>
    public string Write(SteadyLoad load, bool rejected)
    {
        var text = new StringBuilder();
        void Metric(string name, string type, string help) => text.Append(
            CultureInfo.InvariantCulture, $"# HELP bookinfo_traffic_{name} {help}\n# TYPE bookinfo_traffic_{name} {type}\n");
        void Sample(string name, double value, params (string Name, string Value)[] labels) => text.Append(
            CultureInfo.InvariantCulture,
            $"bookinfo_traffic_{name}{(labels.Length == 0 ? "" : $"{{{string.Join(',', labels.Select(Label))}}}")} {value}\n");

        lock (_lock)
        {
            Metric("requests_sent_total", "counter", "Requests sent, by what they stand for; setup is what it takes to make the others.");
            foreach (var (kind, latency) in _latencies)
            {
                Sample("requests_sent_total", latency.Count, ("kind", RequestKindName.Of(kind)));
            }

            Sample("requests_sent_total", _setup, ("kind", RequestKindName.Setup));
            Metric("requests_failed_total", "counter", "Requests that failed or were answered with an error, by what was wrong.");
            foreach (var (error, count) in _failed)
            {
                Sample("requests_failed_total", count, ("error", error));
            }

            Metric("requests_not_sent_total", "counter", "Requests that were due and not sent, because no connection came free in time.");
            Sample("requests_not_sent_total", load.NotSent);
            Metric("requests_late_total", "counter", "Requests sent more than 10 ms after they were due.");
            Sample("requests_late_total", _late);
            Metric("asked_rate", "gauge", "Requests a second that are asked for now.");
            Sample("asked_rate", load.Rate);
            Metric("settings_rejected", "gauge", "1 while the settings are not allowed, and those before them stay in force.");
            Sample("settings_rejected", rejected ? 1 : 0);
            Metric("latency_seconds", "histogram", "From when a request was due to the end of its answer, failed ones included.");
            foreach (var (kind, latency) in _latencies)
            {
                long sum = 0;
                for (var bound = 0; bound <= Bounds.Length; bound++)
                {
                    sum += latency.Counts[bound];
                    Sample(
                        "latency_seconds_bucket", sum, ("kind", RequestKindName.Of(kind)),
                        ("le", bound < Bounds.Length ? Bounds[bound].ToString(CultureInfo.InvariantCulture) : "+Inf"));
                }

                Sample("latency_seconds_sum", latency.Sum, ("kind", RequestKindName.Of(kind)));
                Sample("latency_seconds_count", latency.Count, ("kind", RequestKindName.Of(kind)));
            }
        }

        return text.ToString();
    }

    private static string Label((string Name, string Value) label) => $"{label.Name}=\"{label.Value}\"";

    private void Add(in Sample sample, RequestKind kind)
    {
        lock (_lock)
        {
            if (kind == RequestKind.Setup)
            {
                _setup++;
            }
            else
            {
                _latencies[kind].Add((sample.Done - sample.Due) / 1e9);
                _late += sample.Sent - sample.Due > Punctual ? 1 : 0;
            }

            if (sample.Error != ErrorKind.None)
            {
                var error = answers.NameOf(sample.Error, sample.Status);
                _failed[error] = _failed.GetValueOrDefault(error) + 1;
            }
        }
    }

    /// <summary>Counts the requests of one mix.</summary>
    private sealed class Counter(TrafficMetrics metrics, TrafficMix mix) : ILoadObserver
    {
        public void Add(in Sample sample) => metrics.Add(sample, mix.Templates[sample.Template].Kind);
    }

    /// <summary>The latencies of a kind of request.</summary>
    private sealed class Latency
    {
        /// <summary>How many lie below each bound and above the one before it; the last ones, above all.</summary>
        public long[] Counts { get; } = new long[Bounds.Length + 1];

        /// <summary>How many there are.</summary>
        public long Count { get; private set; }

        /// <summary>All together, in seconds.</summary>
        public double Sum { get; private set; }

        public void Add(double seconds)
        {
            var bound = 0;
            while (bound < Bounds.Length && seconds > Bounds[bound])
            {
                bound++;
            }

            Counts[bound]++;
            Count++;
            Sum += seconds;
        }
    }
}
