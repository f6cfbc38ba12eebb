using Bookinfo.Foundation;
using Bookinfo.ToolTesting;

namespace Bookinfo.Measurement.Tests;

/// <summary>The conditions of <c>--fail-on</c>.</summary>
public sealed class FailConditionTests
{
    [Theory]
    [InlineData("p99:+20%", true)]
    [InlineData("p99:+60%", false)]
    [InlineData("page:p99:+1.99ms", true)]
    [InlineData("page:p99:+2.01ms", false)]
    [InlineData("reviews->ratings:p50:+1ms", true)]
    [InlineData("reviews->ratings:p50:+1999us", true)]
    [InlineData("reviews->ratings:p50:+0.0019s", true)]
    [InlineData("reviews->ratings:p50:+0.0021s", false)]
    [InlineData("productpage->details:p50:+40%", false)]
    [InlineData("server:p90:+10%", true)]
    [InlineData("errors:+9%", true)]
    [InlineData("errors:+11%", false)]
    [InlineData("cpu:+30%", true)]
    [InlineData("cpu:+300%", false)]
    [InlineData("details-v1:cpu:+200ms", true)]
    [InlineData("details-v1:cpu:+400ms", false)]
    [InlineData("ratings-v1:cpu:+20%", false)]
    public void A_condition_is_violated_by_a_difference_that_is_greater_and_shown(string text, bool violated)
    {
        static StepMeasurement Worse(StepMeasurement step) => step with
        {
            Requests = step.Requests with { Failed = step.Requests.Due / 10 },
            Use = step.Use.ToDictionary(
                use => use.Key, use => use.Key == "details-v1" ? use.Value with { CpuSeconds = use.Value.CpuSeconds + 0.03 } : use.Value),
        };
        var report = Compare(
            CompareSample.Create(rates: [100]), CompareSample.Create(rates: [100], latency: CompareSample.Delayed, change: Worse));

        var result = Assert.Single(FailCondition.TryParse(text)!.Check(report));

        Assert.Equal(violated ? ConditionOutcome.Violated : ConditionOutcome.Holds, result.Outcome);
        Assert.StartsWith($"--fail-on '{text}' at 100/s: +", result.Text);
        // Of latencies it is told as well that more fails: what fails may be fast.
        var caveat = !violated && !text.Contains("cpu") && !text.Contains("errors")
            ? "; but errors rose by +10.0 percentage points, and what fails may be fast"
            : "";
        Assert.EndsWith(violated ? ", violated." : $", holds{caveat}.", result.Text);
    }

    [Fact]
    public void Of_a_difference_that_may_be_chance_nothing_is_decided()
    {
        // Four of five rounds 2 ms up and down: the mean is greater by far, and the rounds say that it need not be.
        static long Wild(int round, string measure) => 4000 + (round * 1000);
        static long Wilder(int round, string measure) => 4000 + (round * 2000);
        var report = Compare(CompareSample.Create(rates: [100], latency: Wild), CompareSample.Create(rates: [100], latency: Wilder));

        var result = Assert.Single(FailCondition.TryParse("p50:+20%")!.Check(report));

        Assert.Equal(ConditionOutcome.Inconclusive, result.Outcome);
        Assert.StartsWith("--fail-on 'p50:+20%' at 100/s: +3.00 ±", result.Text);
        Assert.EndsWith($" ms (+43%), inconclusive: about {result.RoundsNeeded} rounds would decide it, and there are 5.", result.Text);
        Assert.InRange(result.RoundsNeeded!.Value, 6, 200);
    }

    [Fact]
    public void Two_rounds_of_a_system_four_times_as_slow_decide_nothing_and_it_is_said_how_many_would()
    {
        // p50 of 3.26 ms before and 14.8 ms after, as it was measured once: this passed a condition of +50%.
        var report = Compare(
            CompareSample.Create(rounds: 2, rates: [100], latency: (round, _) => 3160 + (100 * round)),
            CompareSample.Create(rounds: 2, rates: [100], latency: (round, _) => 10_800 + (2667 * round)));

        var figure = report.Rates[0].Find(Measure.Page, FigureName.P50)!;
        var result = Assert.Single(FailCondition.TryParse("p50:+50%")!.Check(report));

        Assert.Equal((Verdict.Inconclusive, ConditionOutcome.Inconclusive), (figure.Verdict, result.Outcome));
        Assert.InRange(figure.Percent, 340, 370);
        Assert.True(figure.Low < 0, "The interval must not contradict the verdict.");
        Assert.Contains(" rounds would decide it, and there are 2.", result.Text);
    }

    [Fact]
    public void What_two_runs_differ_by_cannot_be_decided_by_more_rounds()
    {
        var report = Compare(CompareSample.Create(rates: [1000]), CompareSample.Create(rates: [1000]));

        // p99 of two runs differs by up to 30%, and by 0.5 ms at least.
        var result = Assert.Single(FailCondition.TryParse("p99:+10%")!.Check(report));

        Assert.Equal((ConditionOutcome.Inconclusive, null), (result.Outcome, result.RoundsNeeded));
        Assert.Contains("inconclusive: two runs of one system may differ by ", result.Text);
        Assert.EndsWith(" ms, so no number of rounds would decide it: measure both in turns.", result.Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("p99")]
    [InlineData("p99:20%")]
    [InlineData("p99:+20")]
    [InlineData("p99:-20%")]
    [InlineData("p98:+20%")]
    [InlineData("p99:+20 %")]
    [InlineData("p99:+x%")]
    [InlineData("p99:+1.2.3%")]
    [InlineData("elsewhere:p99:+20%")]
    [InlineData("page-from-send:p99:+20%")]
    [InlineData("mean:+20%")]
    [InlineData("memory:+20%")]
    [InlineData("errors:+20ms")]
    [InlineData("reviews->ratings:errors:+1%")]
    [InlineData("page:cpu:+20%")]
    [InlineData("p99:+20%\n")]
    public void What_is_no_condition_is_none(string text) => Assert.Null(FailCondition.TryParse(text));

    [Theory]
    [InlineData(
        "details-v9:cpu:+1%",
        "--fail-on 'details-v9:cpu:+1%': not both baselines have cpu of details-v9; they have it of all services, details-v1, ratings-v1.")]
    public void A_condition_about_what_is_not_there_is_an_error(string text, string message)
    {
        var report = Compare(CompareSample.Create(), CompareSample.Create());

        var failure = Assert.Throws<OperationFailedException>(() => FailCondition.TryParse(text)!.Check(report));

        Assert.Equal((FailureKind.InvalidRequest, message), (failure.Kind, failure.Message));
    }

    [Fact]
    public void A_condition_about_a_hop_that_one_baseline_has_not_is_an_error()
    {
        static StepMeasurement Without(StepMeasurement step) =>
            step with { Latencies = step.Latencies.Where(latency => latency.Key != HopMeasure.Ratings).ToDictionary() };
        var report = Compare(CompareSample.Create(), CompareSample.Create(change: Without));

        var failure = Assert.Throws<OperationFailedException>(() => FailCondition.TryParse("reviews->ratings:p50:+1ms")!.Check(report));

        Assert.StartsWith(
            "--fail-on 'reviews->ratings:p50:+1ms': not both baselines have p50 of reviews->ratings; they have it of page, server, ",
            failure.Message);
    }

    [Fact]
    public void At_each_rate_that_both_have_a_condition_is_told_or_not_but_not_left_out()
    {
        // At 20/s no request of a step lies above p99.
        var report = Compare(
            CompareSample.Create(rates: [20, 200]), CompareSample.Create(rates: [20, 200], latency: CompareSample.Delayed));

        var results = FailCondition.TryParse("p99:+90%")!.Check(report);

        Assert.Equal(
            [(20, ConditionOutcome.Inconclusive), (200, ConditionOutcome.Holds)], results.Select(result => (result.Rate, result.Outcome)));
        Assert.Equal("--fail-on 'p99:+90%' at 20/s: +2.00 ms (+50%), inconclusive: too few requests.", results[0].Text);
        Assert.EndsWith(", holds.", results[1].Text);
    }

    [Fact]
    public void A_figure_that_one_baseline_has_not_at_one_rate_is_told()
    {
        static StepMeasurement Without(StepMeasurement step) =>
            step.Rate > 100 ? step : step with { Use = new Dictionary<string, UseMeasurement>() };
        var report = Compare(CompareSample.Create(), CompareSample.Create(change: Without));

        var results = FailCondition.TryParse("cpu:+30%")!.Check(report);

        Assert.Equal(
            [(100, ConditionOutcome.Inconclusive, null), (200, ConditionOutcome.Holds, 0)],
            results.Select(result => (result.Rate, result.Outcome, result.Difference)));
        Assert.Equal("--fail-on 'cpu:+30%' at 100/s: inconclusive, because it is not in both baselines.", results[0].Text);
    }

    private static ComparisonReport Compare(BaselineFile before, BaselineFile after) => Comparison.Of(before, "a.json", after, "b.json");
}
