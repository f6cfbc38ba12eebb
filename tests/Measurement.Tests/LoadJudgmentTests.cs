using System.Net;
using Bookinfo.Load;
using Bookinfo.Traffic;

namespace Bookinfo.Measurement.Tests;

/// <summary>
/// What <c>load</c> concludes from figures: whether the generator was the bottleneck, and what the highest rate is. No clock and no server
/// here.
/// </summary>
public sealed class LoadJudgmentTests
{
    private const long Millisecond = 1_000_000;

    [Fact]
    public void A_generator_that_keeps_up_is_not_warned_about() =>
        Assert.Empty(GeneratorCheck.Check(Result(1000, late: 2, delay: Millisecond / 2)));

    [Fact]
    public void A_generator_that_is_late_is()
    {
        var warning = Assert.Single(GeneratorCheck.Check(Result(1000, late: 20, delay: 3 * Millisecond)));

        Assert.Equal("generator-late", warning.Code);
        Assert.StartsWith(
            "The generator itself was late: 3.00 ms at p99, which can be 75% of the 4.00 ms from due time shown there.", warning.Text);
    }

    [Theory]
    // What takes 8 ms in any case takes 3 ms longer because of the generator: less than half of what is shown.
    [InlineData(8, 20, 3.0, null)]
    [InlineData(2, 20, 3.0, "3.00 ms at p99, which can be 60% of the 5.00 ms")]
    // A millisecond is what any busy machine takes.
    [InlineData(0.1, 20, 0.9, null)]
    // A median is what readers compare: a tenth of it is too much.
    [InlineData(8, 1000, 0.5, null)]
    [InlineData(4, 1000, 0.5, "500 us at p50, which can be 11% of the 4.50 ms")]
    public void It_is_warned_of_only_if_much_of_a_figure_can_be_the_generator(
        double answerMilliseconds, int late, double delayMilliseconds, string? warned)
    {
        var result = Result(
            1000, late, (long)(delayMilliseconds * Millisecond), answer: (long)(answerMilliseconds * Millisecond));

        var warning = GeneratorCheck.Check(result).SingleOrDefault();

        Assert.Equal(warned is not null, warning is not null);
        Assert.Contains(warned ?? "", warning?.Text ?? "");
    }

    [Fact]
    public void What_waits_for_a_connection_is_no_fault_of_the_generators()
    {
        var warning = Assert.Single(GeneratorCheck.Check(Result(1000, waiting: 50)));

        Assert.Equal("connections-busy", warning.Code);
        Assert.StartsWith("All 4 connections were busy when 5% of the requests fell due", warning.Text);
        Assert.DoesNotContain("processors", warning.Text);
    }

    [Fact]
    public void Unless_it_used_most_of_the_machine() =>
        Assert.Contains(
            "The generator used 1.5 of 2 processors",
            Assert.Single(GeneratorCheck.Check(Result(1000, waiting: 50) with { ProcessorSeconds = 15 })).Text);

    [Fact]
    public void A_rate_that_is_not_kept_although_connections_were_free_is()
    {
        var warning = Assert.Single(GeneratorCheck.Check(Result(1000) with { SentInTime = 980 }));

        Assert.Equal("generator-slow", warning.Code);
        Assert.StartsWith("The generator sent 98.0 requests a second of 100.0, although connections were free", warning.Text);
    }

    [Fact]
    public void The_last_request_of_a_short_run_is_no_reason_for_a_warning() =>
        Assert.Empty(GeneratorCheck.Check(Result(10) with { SentInTime = 9 }));

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void One_request_that_waited_is_no_reason_for_a_warning_and_two_of_few_are(int waiting, bool warned) =>
        Assert.Equal(warned, GeneratorCheck.Check(Result(10, waiting: waiting)).Any(warning => warning.Code == "connections-busy"));

    [Theory]
    [InlineData(100, 99, false)]
    [InlineData(100, 98, true)]
    [InlineData(1000, 995, false)]
    [InlineData(1000, 994, true)]
    public void One_request_in_all_or_a_half_percent_may_be_late(int due, int sentInTime, bool warned) =>
        Assert.Equal(
            warned, GeneratorCheck.Check(Result(due) with { SentInTime = sentInTime }).Any(warning => warning.Code == "generator-slow"));

    [Theory]
    [InlineData(1000, 20, "p99")]
    // Fewer than ten lie beyond the p99 of fewer, and beyond the p90 of very few.
    [InlineData(999, 20, null)]
    [InlineData(999, 200, "p90")]
    [InlineData(99, 99, "p50")]
    [InlineData(19, 19, null)]
    public void How_late_is_judged_by_a_percentile_that_there_are_enough_requests_for(int sent, int late, string? percentile)
    {
        var warning = GeneratorCheck.Check(Result(sent, late, delay: 3 * Millisecond)).SingleOrDefault(one => one.Code == "generator-late");

        Assert.Equal(percentile is null ? null : $"The generator itself was late: 3.00 ms at {percentile}", warning?.Text.Split(',')[0]);
    }

    [Fact]
    public void Percentiles_of_no_requests_are_zero() =>
        Assert.Equal(new Percentiles(0, 0, 0, 0, 0, 0, 0), Percentiles.Of(new Recording(BookinfoAnswers.Usual).FromDue));

    [Fact]
    public void Redirects_are_told_with_where_they_lead_and_other_answers_are_not()
    {
        Assert.Empty(AnswerCheck.Check(Result(10)));
        var result = Result(10);
        foreach (var (status, count) in new[] { (301, 3), (308, 1), (304, 7) })
        {
            for (var number = 0; number < count; number++)
            {
                result.Total.Add(new Sample { Status = (ushort)status, Hops = HopTimes.None }, RequestKind.Path);
            }
        }

        var warning = Assert.Single(AnswerCheck.Check(result with { RedirectedTo = "https://shop.example/\e[2Jü" }));
        Assert.Equal("redirected", warning.Code);
        Assert.StartsWith("4 answers were redirects (301, 308) to https://shop.example/?[2J?, and none is followed", warning.Text);
        Assert.StartsWith("4 answers were redirects (301, 308), and none is followed", Assert.Single(AnswerCheck.Check(result)).Text);
        Assert.Contains("                    3   14.29%  301", LoadText.Totals(result.Total));
        Assert.Contains("STATUS             10   47.62%  200", LoadText.Totals(result.Total));
    }

    [Fact]
    public void Requests_that_were_never_sent_are_told() =>
        Assert.Equal(
            ["connections-busy", "unsent"], GeneratorCheck.Check(Result(1000) with { Unsent = 100 }).Select(warning => warning.Code));

    [Fact]
    public void Nothing_is_said_of_a_run_without_requests() => Assert.Empty(GeneratorCheck.Check(Result(0)));

    [Theory]
    [InlineData(50)]
    [InlineData(1000)]
    [InlineData(3)]
    [InlineData(100_000)]
    public async Task The_search_encloses_the_limit_from_any_start(double first)
    {
        var search = new SaturationSearch(rate => Task.FromResult<SaturationTrial?>(Trial(rate, rate <= 1234)));
        await search.RunAsync(first);

        Assert.True(search.IsComplete);
        Assert.InRange(search.Highest!.Value, 1234 / 1.06, 1234);
        Assert.InRange(search.LowestFailed!.Value, 1234, 1234 * 1.06);
        Assert.InRange(search.Trials.Count, 4, 50);
    }

    [Fact]
    public async Task One_trial_that_fails_by_chance_does_not_mislead_the_search()
    {
        var seen = new HashSet<double>();
        // The first trial of each rate goes the wrong way.
        var search = new SaturationSearch(rate => Task.FromResult<SaturationTrial?>(Trial(rate, seen.Add(rate) != (rate <= 500))));
        await search.RunAsync(100);

        Assert.True(search.IsComplete);
        Assert.InRange(search.Highest!.Value, 500 / 1.06, 500);
        Assert.All(search.Trials.GroupBy(trial => trial.Rate), trials => Assert.Equal(3, trials.Count()));
    }

    [Fact]
    public async Task The_search_ends_with_what_it_has_when_the_time_is_over()
    {
        var left = 7;
        var search = new SaturationSearch(rate => Task.FromResult(left-- > 0 ? Trial(rate, rate <= 1000) : null));
        await search.RunAsync(100);

        Assert.False(search.IsComplete);
        Assert.Equal((400, null, 7), (search.Highest, search.LowestFailed, search.Trials.Count));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_search_ends_when_there_is_no_limit_to_find(bool passes)
    {
        var search = new SaturationSearch(rate => Task.FromResult<SaturationTrial?>(Trial(rate, passes)));
        await search.RunAsync(100);

        Assert.False(search.IsComplete);
        Assert.Equal(passes, search.Highest is not null);
        Assert.Equal(passes, search.LowestFailed is null);
    }

    [Fact]
    public void A_trial_passes_only_if_it_is_fast_and_right_and_keeps_the_rate()
    {
        var objective = TimeSpan.FromMilliseconds(10);
        Assert.True(SaturationTrial.From(100, Result(1000), objective).Passed);
        Assert.False(SaturationTrial.From(100, Result(1000, late: 20, delay: 20 * Millisecond), objective).Passed);
        Assert.False(SaturationTrial.From(100, Result(1000, failed: 11), objective).Passed);
        Assert.True(SaturationTrial.From(100, Result(1000, failed: 10), objective).Passed);
        Assert.False(SaturationTrial.From(100, Result(1000) with { Unsent = 11 }, objective).Passed);
        Assert.False(SaturationTrial.From(100, Result(1000) with { InTime = 900 }, objective).Passed);
        Assert.False(SaturationTrial.From(100, Result(0), objective).Passed);
    }

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(1, 0, false)]
    [InlineData(0, 1, false)]
    public void A_step_of_one_request_passes_if_that_was_answered_in_time(int failed, int late, bool passed)
    {
        var trial = SaturationTrial.From(0.1, Result(1, late, delay: 20 * Millisecond, failed: failed), TimeSpan.FromMilliseconds(10));

        Assert.Equal((passed, failed, false), (trial.Passed, trial.Failed, trial.GeneratorWasLate));
        Assert.Equal(late == 0 ? 1000 : 21_000, trial.P99, tolerance: 100.0);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void The_p99_must_be_under_the_objective_and_not_at_it(int microsecondsMore, bool passed)
    {
        var result = Result(1);
        var objective = TimeSpan.FromMicroseconds(Percentiles.Of(result.Total.FromDue).P99 + microsecondsMore);

        Assert.Equal(passed, SaturationTrial.From(0.1, result, objective).Passed);
    }

    [Fact]
    public void A_search_in_which_everything_failed_says_so_and_not_that_it_needs_more_time()
    {
        var report = new SaturationReport(
            1, "0", "http://x/", 50_000, null, 0, 0, 2, 2, 2, false, false, Good: 0,
            new Dictionary<string, long> { ["status 503"] = 3, ["timeout"] = 1200 }, Unsent: 0, [Trial(2, false) with { Failed = 1 }], []);
        var text = string.Join('\n', SaturationText.Lines(report));

        Assert.True(report.NothingWasGood);
        Assert.Contains("Not one request was answered as it should be, at whatever rate: timeout (1,200), status 503 (3).", text);
        Assert.DoesNotContain("more time", text);

        report = report with { Good = 1, Trials = [Trial(4, false) with { Failed = 0.02 }, Trial(2, false) with { Failed = 0.0101 }] };
        text = string.Join('\n', SaturationText.Lines(report));
        Assert.False(report.NothingWasGood);
        Assert.Contains("More than 1% of the requests failed or were not sent in every trial, at 2.0 a second as well: "
            + "timeout (1,200), status 503 (3).", text);
        Assert.DoesNotContain("more time", text);
        Assert.Contains("Lower rates were not tried. Give it more time", string.Join('\n', SaturationText.Lines(
            report with { Trials = [Trial(4, false) with { Failed = 0.02 }, Trial(2, false) with { Failed = 0.01 }] })));
    }

    [Fact]
    public void A_search_says_what_was_never_sent_and_what_else_was_measured_than_was_meant()
    {
        var report = new SaturationReport(
            1, "0", "http://x/", 50_000, null, 0, 0, 2, 2, 2, false, false, Good: 100, new Dictionary<string, long>(), Unsent: 1200,
            [Trial(2, false) with { Failed = 0.92 }], [new LoadWarning("redirected", "100 answers were redirects.")]);

        Assert.Contains("in every trial, at 2.0 a second as well: not sent (1,200).", string.Join('\n', SaturationText.Lines(report)));
        Assert.Contains("Warning: 100 answers were redirects.", SaturationText.Lines(report));
        Assert.Contains("Warning: 100 answers were redirects.", SaturationText.Lines(report with { Good = 0 }));
    }

    [Fact]
    public void The_outcome_says_how_sure_it_is()
    {
        var report = new SaturationReport(1, "0", "http://x/", 50_000, 2000, 2, 3, 2100, 2, 2, true, false, Good: 1,
            new Dictionary<string, long>(), Unsent: 0, [Trial(2100, false) with { GeneratorWasLate = true }], []);
        var text = string.Join('\n', SaturationText.Lines(report));

        Assert.Contains(
            "2,000 requests a second is the highest rate found with a p99 under 50.0 ms from due time: it passed 2 of 3 trials.", text);
        Assert.Contains("2,100 a second is the lowest found without: it failed 2 of 2 trials.", text);
        Assert.Contains("Warning: in trials that did not pass the generator itself was late", text);
        Assert.Contains("the search ended first", string.Join('\n', SaturationText.Lines(report with { Complete = false })));
    }

    [Fact]
    public void A_search_that_finds_no_rate_says_that_even_the_lowest_misses_the_objective()
    {
        var report = new SaturationReport(1, "0", "http://x/", 50_000, null, 0, 0, 6.25, 2, 2, false, false, Good: 1,
            new Dictionary<string, long>(), Unsent: 0,
            [
                Trial(50, false), Trial(6.25, true), Trial(6.25, false) with { Slow = 0.12, Failed = 0.004 },
                Trial(6.25, false) with { Slow = 0.2 },
            ],
            []);

        var lines = SaturationText.Lines(report).ToList();

        Assert.Equal(
            "Even the lowest rate that was tried misses the objective, a p99 under 50.0 ms from due time: at 6.3 requests a second 20% of "
            + "the requests were slower and 0% failed or were not sent.", lines[1]);
        Assert.DoesNotContain(lines, line => line.Contains("No rate was found"));
        Assert.StartsWith(
            "No rate was tried often enough", SaturationText.Lines(report with { LowestFailed = null, Trials = [] }).ElementAt(1));
    }

    [Theory]
    [InlineData(1000, 4)]
    [InlineData(25, 4)]
    [InlineData(10, 10)]
    [InlineData(0.5, 200)]
    public void A_trial_lasts_until_a_p99_is_more_than_one_request(double rate, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), SaturationTrial.LengthOf(rate, TimeSpan.FromSeconds(4)));

    [Fact]
    public void A_trial_tells_the_share_of_requests_that_were_too_slow()
    {
        var trial = SaturationTrial.From(100, Result(1000, late: 20, delay: 20 * Millisecond), TimeSpan.FromMilliseconds(10));

        Assert.Equal((0.02, 1000L, false), (trial.Slow, trial.Requests, trial.Passed));
    }

    [Theory]
    [InlineData(20.4, 1, "    30 s of 30 s         20/s of 20/s      3 in flight   0 failed")]
    [InlineData(0.5, 1, "    30 s of 30 s         20/s of 0.5/s      3 in flight   0 failed")]
    [InlineData(0, 1, "    30 s of 30 s         20/s, no more due      3 in flight   0 failed")]
    public void A_rate_is_never_compared_with_none(double asked, int seconds, string line)
    {
        var interval = new Recording(BookinfoAnswers.Usual);
        for (var request = 0; request < 20 * seconds; request++)
        {
            interval.Add(new Sample { Hops = HopTimes.None }, RequestKind.Path);
        }

        Assert.Equal(line, LoadText.Status(new LoadProgress(
            31_000_000_000, seconds * 1_000_000_000L, default, asked, 3, interval, new Recording(BookinfoAnswers.Usual), false), 30));
    }

    [Fact]
    public void No_line_of_a_report_is_wider_than_a_terminal_however_large_the_figures()
    {
        var result = Result(1000, failed: 400) with
        {
            Unsent = 123_456_789_012,
            InTime = 999_999_999,
            Seconds = 86_400,
            Interrupted = true,
        };
        foreach (var (error, status) in new[] { (ErrorKind.NoResources, 0), (ErrorKind.Closed, 0), (ErrorKind.Status, 503) })
        {
            var sample = new Sample { Done = long.MaxValue, Hops = default, Error = error, Status = (ushort)status, Version = 4 };
            result.Total.Add(sample, RequestKind.Path);
        }

        for (byte version = 0; version <= 4; version++)
        {
            result.Total.Add(new Sample { Version = version, Hops = HopTimes.None }, RequestKind.Path);
        }

        var report = LoadReport.From(result);
        Assert.All(LoadText.Report(report), line => Assert.InRange(line.Length, 0, 79));
        Assert.All(LoadText.Totals(result.Total), line => Assert.InRange(line.Length, 0, 79));
        var progress = new LoadProgress(86_400_000_000_000, 1_000_000_000, default, 1_000_000, 4096, result.Total, result.Total, false);
        Assert.InRange(LoadText.Status(progress, 86_400).Length, 0, 79);
    }

    private static SaturationTrial Trial(double rate, bool passed) => new(rate, rate, passed ? 1000 : 100_000, 0, passed, false);

    /// <summary>A run of ten seconds.</summary>
    private static LoadResult Result(int sent, int late = 0, long delay = 0, int waiting = 0, int failed = 0, long answer = Millisecond)
    {
        var target = new LoadTarget(new Uri("http://127.0.0.1:1"), [IPAddress.Loopback], insecure: false);
        var mix = new TrafficMix([(new RequestTemplate(RequestKind.Path, target.Host, "/", []), 1)], BookinfoAnswers.Usual);
        var plan = new LoadPlan(target, mix, new ConstantProfile(sent / 10.0, 10), ArrivalProcess.Even, 1, 1, 4, TimeSpan.FromSeconds(10));
        var total = new Recording(BookinfoAnswers.Usual);
        for (var index = 0; index < sent; index++)
        {
            var begun = index < late ? delay : 50_000;
            total.Add(
                new Sample
                {
                    Sent = begun,
                    Done = begun + answer,
                    Hops = HopTimes.None,
                    WasAwaited = index >= waiting,
                    Status = 200,
                    Error = index < failed ? ErrorKind.Reset : ErrorKind.None,
                },
                RequestKind.Path);
        }

        return new LoadResult(plan, default, 10, total, 0, sent, sent, 4, false, 0.1, 2);
    }
}
