using System.Globalization;
using Bookinfo.Foundation;

namespace Bookinfo.Verification;

/// <summary>
/// Whether the buckets of the routes that were asked for hold what they must: each between what is certain to have been as fast, and what
/// may have been.
/// </summary>
internal static class HistogramCheck
{
    private const string Metric = "http_server_request_duration_seconds_bucket";

    private static readonly double[] Percentiles = [0.5, 0.9, 0.99];

    /// <summary>Reads the buckets, and checks them.</summary>
    /// <param name="client">The Prometheus.</param>
    /// <param name="selector">A condition on the labels of targets; empty for none.</param>
    /// <param name="reading">What was counted.</param>
    /// <param name="run">What must be.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async Task<CheckResult> RunAsync(
        PrometheusClient client, string selector, MetricsReading reading, RunExpectation run, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        var notChecked = new List<string>();
        foreach (var service in run.Latency.Where(route => route.Value.Count > 0).GroupBy(route => (route.Key.Service, route.Key.Version)))
        {
            var routes = service.Where(route => reading.WhyUntold(route.Key) is null).ToList();
            notChecked.AddRange(service.Except(routes).Select(
                route => $"The buckets of {route.Key.Service} {route.Key.Route} tell nothing. {reading.WhyUntold(route.Key)}"));
            var increases = routes.Count == 0 ? [] : await ReadAsync(client, selector, reading, service.Key, cancellationToken);
            var absent = routes.Where(route => !increases.Any(
                one => (one.Method, one.Route) == (route.Key.Method, route.Key.Route))).ToList();
            if (absent.Count > 0)
            {
                findings.Add(new Finding(
                    FindingKind.Missing, $"{service.Key.Service} {service.Key.Version}",
                    FormattableString.Invariant(
                        $"Requests of {service.Key.Service} {service.Key.Version} in no bucket, because their routes have none: ")
                        + FormattableString.Invariant($"{absent.Sum(route => route.Value.Count):N0}."))
                {
                    Missing = absent.Sum(route => route.Value.Count),
                    Examples = [.. absent.Select(route => $"{route.Key.Method} {route.Key.Route}".TrimEnd()).Order().Take(5)],
                    LookAt = [Metric],
                });
            }

            foreach (var (key, bounds) in routes.Except(absent))
            {
                var counts = LatencyBounds.Buckets.Select(limit => increases.Where(
                        one => one.Method == key.Method && one.Route == key.Route && one.Limit == limit).Sum(one => one.Count)).ToList();
                if (Judge(key, bounds, counts) is { } finding)
                {
                    findings.Add(finding);
                }
            }
        }

        return new CheckResult("latency by bucket")
        {
            Findings = findings,
            NotChecked = notChecked,
        };
    }

    private static Finding? Judge(ServedKey key, LatencyBounds bounds, List<long> counts)
    {
        var wrong = counts.Index().Select(bucket => (
                bucket.Index,
                Expected: bounds.UpTo(bucket.Index),
                Seen: bucket.Item,
                By: Math.Max(bounds.UpTo(bucket.Index).Low - bucket.Item, bucket.Item - bounds.UpTo(bucket.Index).High)))
            .Where(bucket => bucket.By > 0).OrderByDescending(bucket => bucket.By).ToList();
        if (wrong.Count == 0)
        {
            return null;
        }

        var worst = wrong[0];
        var total = counts.Count == 0 ? 0 : Math.Max(bounds.Count, counts[^1]);
        return new Finding(
            FindingKind.WrongBucket, $"{key.Service} {key.Method} {key.Route}",
            FormattableString.Invariant($"Requests of {key.Service} {key.Route} in a bucket that is too ")
                + FormattableString.Invariant($"{(worst.Seen > worst.Expected.High ? "fast" : "slow")}: {worst.By:N0}."))
        {
            Count = worst.By,
            Examples =
            [
                .. Percentiles.Select(share => (share, Seen: BucketOf(counts, share * total), True: bounds.BucketsOf(share)))
                    .Where(one => one.Seen < one.True.First || one.Seen > one.True.Last)
                    .Select(one => FormattableString.Invariant(
                        $"p{100 * one.share:0} is {Name(one.True.First, one.True.Last)}, and is shown {Name(one.Seen, one.Seen)}")),
                .. wrong.Take(3).Select(bucket => FormattableString.Invariant(
                    $"up to {LatencyBounds.Buckets[bucket.Index]} s: expected {bucket.Expected}, seen {bucket.Seen:N0}")),
            ],
            LookAt = [$"{Metric}{{http_route=\"{key.Route}\"}}"],
        };
    }

    private static int BucketOf(List<long> counts, double rank)
    {
        var bucket = counts.FindIndex(count => count >= rank);
        return bucket < 0 ? counts.Count : bucket;
    }

    private static string Name(int first, int last)
    {
        var from = first == 0 ? 0 : LatencyBounds.Buckets[first - 1];
        return last == LatencyBounds.Buckets.Count
            ? string.Create(CultureInfo.InvariantCulture, $"over {from} s")
            : string.Create(CultureInfo.InvariantCulture, $"between {from} and {LatencyBounds.Buckets[last]} s");
    }

    /// <summary>What the buckets of a version of a service have counted.</summary>
    private static async Task<IReadOnlyList<(string Method, string Route, double Limit, long Count)>> ReadAsync(
        PrometheusClient client, string selector, MetricsReading reading, (string Service, string Version) of,
        CancellationToken cancellationToken)
    {
        var counts = new List<(string, string, double, long)>();
        foreach (var target in reading.Whole.Where(target => (target.Target.Service, target.Target.Version) == of))
        {
            var question = $"{Metric}{{{string.Join(',', new[] { selector, target.Target.Selector }.Where(part => part.Length > 0))}}}";
            // The samples of two scrapes, as they are: without a range, some servers answer what they had a while ago.
            foreach (var (time, sign) in new[] { (target.From!.Value, -1), (target.To, 1) })
            {
                var series = await client.QuerySeriesAsync(
                    $"{question}[1s]", DateTimeOffset.FromUnixTimeMilliseconds(time), cancellationToken);
                counts.AddRange(
                    from one in series
                    where double.TryParse(one["le"], CultureInfo.InvariantCulture, out _)
                    from point in one.Points
                    where point.UnixMilliseconds == time && RawSamples.IsValue(client, Metric, point.Value)
                    select (
                        one["http_request_method"], one["http_route"], double.Parse(one["le"], CultureInfo.InvariantCulture),
                        sign * (long)point.Value));
            }
        }

        return counts;
    }
}
