using Bookinfo.Load;

namespace Bookinfo.Measurement.Tests;

/// <summary>The conditions of <c>load --fail-on</c>.</summary>
public sealed class LoadConditionTests
{
    [Theory]
    [InlineData("p99:50ms", null, "p99", 50_000)]
    [InlineData("p99.9:1m30s", null, "p99.9", 90e6)]
    [InlineData("max:2s", null, "max", 2e6)]
    [InlineData("errors:1%", null, "errors", 0.01)]
    [InlineData("v2:p95:800us", "v2", "p95", 800)]
    [InlineData("user:errors:0.5%", "user", "errors", 0.005)]
    [InlineData("error-rate>1%", null, "errors", 0.01)]
    [InlineData("v3:p95>200ms", "v3", "p95", 200e3)]
    public void What_a_condition_says(string text, string? subject, string figure, double limit)
    {
        var condition = LoadCondition.TryParse(text)!;

        Assert.Equal((text, subject, figure), (condition.Text, condition.Subject, condition.Figure));
        Assert.Equal(limit, condition.Limit, 1e-9);
    }

    [Theory]
    [InlineData("")]
    [InlineData("p99")]
    [InlineData("p99:50")]
    [InlineData("p99:+50ms")]
    [InlineData("p99:5%")]
    [InlineData("p98:5ms")]
    [InlineData("errors:5ms")]
    [InlineData("errors:1%1%")]
    [InlineData("errors:100%")]
    [InlineData("v2:errors:250%")]
    [InlineData("nobody:p99:5ms")]
    [InlineData("setup:p99:5ms")]
    [InlineData("p99:99h")]
    public void What_is_not_one_is_refused(string text) => Assert.Null(LoadCondition.TryParse(text));

    [Theory]
    // 30 of 3,000 may take longer than the limit; 30 did, and then 31.
    [InlineData("p99:50ms", 30, 0, ConditionOutcome.Holds, "5.00 ms (1.00% took longer), holds")]
    [InlineData("p99:50ms", 31, 0, ConditionOutcome.Violated, "900 ms (1.03% took longer), violated, first in the phase 'step 2' (200/s).")]
    [InlineData("p99:50ms", 0, 31, ConditionOutcome.Violated, "(1.02% took longer or were not sent), violated, first in the phase")]
    [InlineData("p99.9:50ms", 0, 0, ConditionOutcome.Inconclusive, "because p99.9 takes 10,000 requests and there were 3,000")]
    // Ten beyond the limit are more than chance.
    [InlineData("p99.9:50ms", 10, 0, ConditionOutcome.Violated, "0.33% took longer, violated, first in the phase 'step 2'")]
    [InlineData("p99.9:50ms", 9, 0, ConditionOutcome.Inconclusive, "inconclusive")]
    [InlineData("max:1s", 31, 0, ConditionOutcome.Holds, "900 ms, holds")]
    [InlineData("max:800ms", 1, 0, ConditionOutcome.Violated, "violated, first in the phase 'step 2'")]
    [InlineData("errors:1%", 31, 0, ConditionOutcome.Violated, "1.03% failed or were not sent, violated, first in the phase 'step")]
    [InlineData("errors:2%", 31, 0, ConditionOutcome.Holds, "1.03% failed or were not sent, holds")]
    [InlineData("errors:2%", 0, 90, ConditionOutcome.Violated, "2.91% failed or were not sent, violated")]
    public void Is_decided_by_what_lies_beyond_the_limit(string text, int slow, int unsent, ConditionOutcome outcome, string words)
    {
        var run = new LoadRun(new StepsProfile(200, 2, 20)) { Unsent = [0, unsent] };
        var left = slow;
        // All that is slow fails as well.
        var late = new HashSet<double>();
        run.Fill(
            due => due >= 15 && left-- > 0 && late.Add(due) ? 900 : 5,
            due => late.Contains(due));

        var result = Check(run, text);

        Assert.Equal((text, outcome), (result.Condition, result.Outcome));
        Assert.StartsWith($"--fail-on '{text}': ", result.Text);
        Assert.Contains(words, result.Text);
        Assert.Equal(outcome == ConditionOutcome.Violated ? "step 2" : null, result.FirstIn);
    }

    /// <summary>Who watches a run ends it when it is lost. What has been measured until then must be enough to say so.</summary>
    [Theory]
    [InlineData("p99:50ms", 500)]
    [InlineData("p99:50ms", 5000)]
    [InlineData("p95:50ms", 100)]
    [InlineData("p99.9:50ms", 1500)]
    [InlineData("p50:50ms", 10)]
    [InlineData("p50:50ms", 30)]
    [InlineData("max:50ms", 500)]
    [InlineData("errors:1%", 500)]
    public void A_run_that_is_lost_and_ended_is_violated(string text, int planned)
    {
        var condition = LoadCondition.TryParse(text)!;
        var run = new LoadRun(new ConstantProfile(100, planned / 100.0));
        for (var request = 0; request < planned && !condition.IsLost(run.Breakdown, planned); request++)
        {
            // One of ten is fast.
            run.Add(request / 100.0, request % 10 == 0 ? 5 : 900, error: ErrorKind.Status);
        }

        Assert.True(condition.IsLost(run.Breakdown, planned) || run.Result.Total.Sent == planned);
        Assert.Equal(
            planned == 10 ? ConditionOutcome.Inconclusive : ConditionOutcome.Violated, Check(run, text).Outcome);
    }

    [Fact]
    public void May_be_about_a_kind_or_a_version()
    {
        var run = new LoadRun(new ConstantProfile(100, 10), (RequestKind.Visitor, "/productpage"), (RequestKind.User, "/productpage"));
        for (var request = 0; request < 1000; request++)
        {
            run.Add(request / 100.0, 5, template: 0, version: 1);
            run.Add(request / 100.0, 500, template: 1, version: 2);
        }

        Assert.Equal(
            [ConditionOutcome.Holds, ConditionOutcome.Violated, ConditionOutcome.Holds, ConditionOutcome.Violated],
            new[] { "visitor:p99:50ms", "user:p99:50ms", "v1:p99:50ms", "v2:p99:50ms" }.Select(text => Check(run, text).Outcome));
        var none = Check(run, "v3:p99:50ms");
        Assert.Equal(ConditionOutcome.Inconclusive, none.Outcome);
        Assert.EndsWith("inconclusive, because there was no such request.", none.Text);
    }

    [Theory]
    [InlineData("visitor:errors:10%", ConditionOutcome.Holds)]
    [InlineData("user:errors:1%", ConditionOutcome.Violated)]
    [InlineData("user:p50:50ms", ConditionOutcome.Holds)]
    [InlineData("user:p90:50ms", ConditionOutcome.Violated)]
    // 60 requests may have been those of any version: they would be 11% of those of v1, and 38% of those of v2.
    [InlineData("v1:errors:15%", ConditionOutcome.Holds)]
    [InlineData("v1:errors:5%", ConditionOutcome.Inconclusive)]
    [InlineData("v2:errors:15%", ConditionOutcome.Inconclusive)]
    // Whatever they would have been, more than 5% of the answers of v3 failed.
    [InlineData("v3:errors:5%", ConditionOutcome.Violated)]
    [InlineData("missing:errors:99%", ConditionOutcome.Violated)]
    public void What_was_never_sent_counts_where_it_belongs(string text, ConditionOutcome outcome)
    {
        var run = new LoadRun(new ConstantProfile(100, 10), (RequestKind.Visitor, "/productpage"), (RequestKind.User, "/productpage"))
        {
            Unsent = [0, 0, 0, 60],
            UnsentBy = new UnsentRequests(new Dictionary<RequestKind, long> { [RequestKind.User] = 60 }, ShowingVersion: 60),
        };
        for (var request = 0; request < 700; request++)
        {
            var version = (byte)(request < 500 ? 1 : request < 600 ? 2 : 3);
            run.Add(
                request / 100.0, 5, template: request < 500 ? 0 : 1, version, error: version == 3 ? ErrorKind.Status : ErrorKind.None);
        }

        var result = Check(run, text);

        Assert.True(outcome == result.Outcome, result.Text);
        Assert.Equal(
            outcome == ConditionOutcome.Inconclusive,
            result.Text.Contains("60 requests were never sent, and nobody knows how many of them"));
    }

    private static LoadConditionResult Check(LoadRun run, string text) =>
        LoadCondition.TryParse(text)!.Check(run.Result, run.Breakdown, run.Timeline, run.Details.Phases);
}
