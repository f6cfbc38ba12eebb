using Bookinfo.Foundation;

namespace Bookinfo.Verification.Tests;

/// <summary>
/// What is read from the scrapes of a target: since when it counts, what is missing, and whether its process is another one.
/// </summary>
public sealed class MeasuredTargetTests
{
    private static readonly RunWindow Window = new(20_000, 60_000, Doubt: 100);

    [Fact]
    public void A_process_that_starts_during_the_run_misses_no_scrape_before_it_answers()
    {
        // The first two tries find nobody; the process began at 34 s.
        var target = Target([(40, 6), (50, 16), (60, 26), (70, 36), (80, 46)], failed: [20, 30]);

        Assert.Equal(20_000, target.From);
        Assert.Null(target.Gap());
        Assert.Empty(target.Restarts);
    }

    [Fact]
    public void A_scrape_that_failed_later_is_missing()
    {
        var target = Target([(10, 100), (20, 110), (40, 130), (50, 140), (60, 150), (70, 160)], failed: [30]);
        Assert.Equal(1, target.Gap()!.Count);
    }

    [Theory]
    [InlineData(100, 110, false)] // It runs on.
    [InlineData(1, 9, true)] // Older than at the scrape before, and yet another process: that one would be 11 s old.
    [InlineData(100, 2, true)]
    [InlineData(100, 109.5, false)] // Clocks are not that exact.
    public void A_process_is_another_one_if_it_has_begun_later(double before, double after, bool isAnother)
    {
        var target = Target([(10, before - 10), (20, before), (30, after), (40, after + 10), (50, after + 20), (60, after + 30)]);
        Assert.Equal(isAnother ? [30_000L] : [], target.Restarts.Select(restart => restart.Time));
    }

    [Fact]
    public void A_scrape_that_takes_long_does_not_make_another_process_of_it()
    {
        // The scrape at 20 s took 4 s, and saw an uptime from its end.
        var target = Target([(10, 100), (20, 114), (30, 120), (40, 130), (50, 140), (60, 150)], slow: (20, 4));
        Assert.Empty(target.Restarts);
    }

    [Fact]
    public void The_state_before_is_a_scrape_that_was_over_by_any_clock()
    {
        (double, double)[] scrapes = [(10, 100), (19.7, 110), (30, 120), (40, 130), (50, 140), (60, 150), (70, 160)];
        Assert.Equal(19_700, Target(scrapes).From);
        Assert.Equal(10_000, Target(scrapes, doubt: 600).From);
    }

    /// <summary>A Prometheus that has just been started scrapes its targets one after another within an interval.</summary>
    [Theory]
    [InlineData(19, "a:1 b:1")]
    [InlineData(13, "a:1 b:1")]
    [InlineData(7, "a:1")] // Gone.
    public void A_target_that_was_scraped_once_is_one_as_long_as_it_may_be_scraped_again(double second, string found)
    {
        var samples = new RawSamples(null!, "");
        foreach (var (instance, times) in new[] { ("a:1", new[] { 10.0, 15.0, 20.0 }), ("b:1", [second]) })
        {
            samples.Add(RawSamples.Marker, Series(instance, times.Select(time => (time, 0.0))));
            samples.Add(RawSamples.Up, Series(instance, times.Select(time => (time, 1.0))));
        }

        Assert.Equal(found, string.Join(' ', ScrapedTarget.All(samples, Window.Start).Select(target => target.Instance)));
    }

    /// <summary>On a busy machine, asking for the time may take longer than was waited after it.</summary>
    [Fact]
    public void A_scrape_that_was_waited_for_before_the_run_is_the_state_before_however_much_clocks_may_differ()
    {
        (double, double)[] scrapes = [(10, 100), (19.7, 110), (30, 120), (40, 130), (50, 140), (60, 150), (70, 160)];
        Assert.Equal(19_700, Target(scrapes, doubt: 600, ready: 19_700).From);
        Assert.Equal(19_700, Target(scrapes, ready: 10_000).From);
        // What is not shown any more cannot be counted from.
        Assert.Equal(10_000, Target(scrapes, doubt: 600, ready: 19_500).From);
    }

    [Theory]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(1e300)]
    public void What_cannot_have_been_counted_is_told(double value)
    {
        using var client = new PrometheusClient(new Uri("http://localhost:1/"));
        var samples = new RawSamples(client, "");

        var failure = Assert.Throws<OperationFailedException>(() => samples.Add(RawSamples.Served, Series("a:1", [(1, value)])));
        Assert.StartsWith(
            $"the Prometheus at http://localhost:1/ has a sample of {RawSamples.Served} that cannot be: ", failure.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_a_number_is_not_a_sample()
    {
        var samples = new RawSamples(null!, "");
        samples.Add(RawSamples.Served, Series("a:1", [(1, 5), (2, double.NaN)]));

        Assert.Equal(1000, Assert.Single(Assert.Single(samples.Of(RawSamples.Served)).Samples).Key);
    }

    /// <param name="scrapes">The time of each scrape, and the uptime that it saw, in seconds.</param>
    /// <param name="failed">The times of those that failed.</param>
    /// <param name="slow">The time of a scrape that took long, and how long it took.</param>
    /// <param name="doubt">How exact the time is, in milliseconds.</param>
    /// <param name="ready">The time of the scrape that was waited for before the run, in milliseconds.</param>
    private static MeasuredTarget Target(
        (double Time, double Uptime)[] scrapes, double[]? failed = null, (double Time, double Took)? slow = null, long doubt = 100,
        long? ready = null)
    {
        var samples = new RawSamples(null!, "");
        Add(RawSamples.Uptime, scrapes);
        Add(RawSamples.Marker, scrapes.Select(scrape => (scrape.Time, 0.0)));
        Add(RawSamples.Up, scrapes.Select(scrape => (scrape.Time, 1.0)).Concat((failed ?? []).Select(time => (time, 0.0))));
        Add(RawSamples.ScrapeDuration, scrapes.Select(scrape => (scrape.Time, slow?.Time == scrape.Time ? slow.Value.Took : 0.01)));
        var target = Assert.Single(ScrapedTarget.All(samples, Window.Start));
        var window = Window with
        {
            Doubt = doubt,
            Ready = ready is { } time ? new Dictionary<string, long> { [target.Selector] = time } : null,
        };
        return new MeasuredTarget(target, window, target.LastAttempt);

        void Add(string metric, IEnumerable<(double Time, double Value)> values) => samples.Add(metric, Series("a:1", values));
    }

    private static PrometheusSeries Series(string instance, IEnumerable<(double Time, double Value)> values) => new(
        new Dictionary<string, string> { ["job"] = "bookinfo", ["instance"] = instance },
        [.. values.Select(value => new PrometheusPoint((long)(value.Time * 1000), value.Value))]);
}
