using Bookinfo.Foundation;

namespace Bookinfo.Verification.Tests;

/// <summary>
/// A pod that ends during the run takes along what it counted after its last scrape: so much may be missing, and no more. The run has 120
/// requests in 60 s; the old pod serves those of the first 30 s, the new one the rest.
/// </summary>
public sealed class EndedTargetTests
{
    private const string Path = "/static/bootstrap.min.css";
    private const string Old = "10.0.0.1:9080";
    private const string New = "10.0.0.2:9080";

    private static readonly double[] Failed = [32, 34, 36];

    [Fact]
    public async Task Counts_that_were_scraped_to_the_end_are_right_and_the_end_is_noted()
    {
        var reading = await ReadAsync(OldPod(lastScrape: 30, seen: 60, Failed), NewPod());
        Assert.All(reading.Checks(), check => Assert.Equal(VerificationVerdict.Exact, check.Verdict));
        Assert.Contains($"Ended meanwhile: {Old} (productpage v1).", reading.Notes());
        // Its buckets count as well.
        Assert.Equal(2, reading.Whole.Count());
    }

    [Theory]
    [InlineData(25, false)]
    [InlineData(-3600, true)] // It may be a single scrape that failed.
    public async Task One_that_has_ended_is_not_waited_for(double began, bool isWaiting)
    {
        var reading = await ReadAsync(isWaitedFor: true, OldPod(lastScrape: 30, seen: 60, 88), NewPod(began));
        Assert.True(reading.IsExact);
        Assert.Equal(isWaiting, reading.IsWaiting);
    }

    [Fact]
    public async Task What_was_counted_after_the_last_scrape_is_not_called_missing()
    {
        var checks = (await ReadAsync(OldPod(lastScrape: 28, seen: 56, Failed), NewPod())).Checks().ToList();
        var finding = Assert.Single(checks.SelectMany(check => check.Findings));
        Assert.Equal((FindingKind.TargetEnded, 4), (finding.Kind, finding.Missing));
        Assert.Equal(
            $"{Old} (productpage v1) has ended, and was scraped for the last time at 03:04:33.000Z: what it counted between then and its "
            + "end is not known.", finding.Text);
        Assert.Equal(
            [VerificationVerdict.Untold, VerificationVerdict.Untold], checks.Take(2).Select(check => check.Verdict));
    }

    [Fact]
    public async Task One_that_is_dropped_while_it_still_answers_has_ended_if_another_came_in_its_place()
    {
        var reading = await ReadAsync(OldPod(lastScrape: 28, seen: 56), NewPod());
        Assert.Equal(FindingKind.TargetEnded, Assert.Single(reading.Checks().SelectMany(check => check.Findings)).Kind);
    }

    [Fact]
    public async Task More_than_can_have_been_counted_after_the_last_scrape_is_missing()
    {
        // From 30 s to 36 s there were 13 requests.
        var reading = await ReadAsync(OldPod(lastScrape: 30, seen: 40, Failed), NewPod());
        var finding = Assert.Single(reading.Checks().SelectMany(check => check.Findings));
        Assert.Equal((FindingKind.Missing, 20), (finding.Kind, finding.Missing));
    }

    [Fact]
    public async Task One_that_is_dropped_though_it_answers_and_without_another_in_its_place_is_a_target_that_is_scraped_no_more()
    {
        var reading = await ReadAsync(OldPod(lastScrape: 28, seen: 56), NewPod(began: -3600));
        Assert.Equal(FindingKind.StaleTarget, Assert.Single(reading.Checks().SelectMany(check => check.Findings)).Kind);
    }

    /// <summary>A pod that has ended may stay a target for a minute and more, until it is cleared away.</summary>
    [Theory]
    [InlineData(25, FindingKind.TargetEnded)]
    [InlineData(-3600, FindingKind.StaleTarget)]
    public async Task One_that_is_still_a_target_and_does_not_answer_has_ended_if_another_came_in_its_place(double began, FindingKind kind)
    {
        var reading = await ReadAsync(
            OldPod(lastScrape: 28, seen: 56, [.. Enumerable.Range(15, 30).Select(time => 2.0 * time)]), NewPod(began));
        Assert.Equal(kind, Assert.Single(reading.Checks().SelectMany(check => check.Findings)).Kind);
    }

    /// <param name="lastScrape">When it was scraped for the last time, in seconds since the start of the run.</param>
    /// <param name="seen">How many requests that has shown.</param>
    /// <param name="failed">When it did not answer.</param>
    private static Pod OldPod(double lastScrape, long seen, params double[] failed) =>
        new(Old, Began: -3600, [.. Enumerable.Range(-5, 100).Select(time => 2.0 * time).Where(time => time <= lastScrape)], failed, time =>
            time < 0 ? 1000 : 1000 + (time == lastScrape ? seen : (long)Math.Min(seen, 2 * time)));

    private static Pod NewPod(double began = 25) =>
        new(New, began, [.. Enumerable.Range(-5, 50).Select(time => 2.0 * time).Where(time => time > began)], [], time =>
            (long)Math.Clamp(2 * (time - 30), 0, 60));

    private static Task<MetricsReading> ReadAsync(params Pod[] pods) => ReadAsync(isWaitedFor: false, pods);

    /// <param name="isWaitedFor">Whether the old pod may yet be scraped, as far as it can be told from scrapes.</param>
    /// <param name="pods">The pods.</param>
    private static async Task<MetricsReading> ReadAsync(bool isWaitedFor, params Pod[] pods)
    {
        using var ledger = new SampleLedger(Path) { Interval = TimeSpan.FromSeconds(0.5) };
        var run = await ledger.Add(120).ExpectAsync();
        // What follows is read from the file once more.
        var traces = run.Traces.ToList();
        run = run with { Traces = traces };
        var samples = new RawSamples(null!, "");
        foreach (var pod in pods)
        {
            pod.AddTo(samples);
        }

        var window = new RunWindow(run.Start.ToUnixTimeMilliseconds(), run.End.ToUnixTimeMilliseconds(), Doubt: 100);
        var targets = ScrapedTarget.All(samples, window.Start);
        List<ScrapedTarget> late = [.. targets.Where(target => target.Scrapes[^1] < window.End)];
        return new MetricsReading(targets, isWaitedFor ? [] : late, isWaitedFor ? late : [], window, run);
    }

    /// <summary>A pod of productpage.</summary>
    /// <param name="Address">Its address.</param>
    /// <param name="Began">When its process began; this and all times are in seconds since the start of the run.</param>
    /// <param name="Scrapes">When it was scraped.</param>
    /// <param name="Failed">When it was to be scraped and did not answer.</param>
    /// <param name="Count">What it had counted at some time.</param>
    private sealed record Pod(
        string Address, double Began, IReadOnlyList<double> Scrapes, IReadOnlyList<double> Failed, Func<double, long> Count)
    {
        public void AddTo(RawSamples samples)
        {
            Add(
                RawSamples.Info, Scrapes, _ => 1, ("service_name", "productpage"), ("service_version", "v1"),
                ("service_instance_id", Address));
            Add(RawSamples.Marker, Scrapes, _ => 0);
            Add(RawSamples.Uptime, Scrapes, time => time - Began);
            Add(RawSamples.Up, Scrapes, _ => 1);
            Add(RawSamples.Up, Failed, _ => 0);
            Add(
                RawSamples.Served, Scrapes, time => Count(time), ("http_request_method", "GET"), ("http_route", "/static/{name}"),
                ("http_response_status_code", "200"));

            void Add(
                string metric, IEnumerable<double> times, Func<double, double> value, params (string Name, string Value)[] labels) =>
                samples.Add(metric, new PrometheusSeries(
                    labels.Append(("job", "pods")).Append(("instance", Address)).ToDictionary(label => label.Item1, label => label.Item2),
                    [.. times.Select(time => new PrometheusPoint(
                        SampleLedger.UsualStart.AddSeconds(time).ToUnixTimeMilliseconds(), value(time)))]));
        }
    }
}
