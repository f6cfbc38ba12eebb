using Bookinfo.Foundation;
using Bookinfo.Load;
using Bookinfo.Traffic;

namespace Bookinfo.Measurement.Tests;

/// <summary>What a baseline keeps that ends before its time.</summary>
public sealed class BaselineRunTests
{
    [Fact]
    public async Task A_generator_that_is_lost_takes_neither_the_rounds_nor_the_notes_with_it()
    {
        var plan = new BaselinePlan(
            "base", [10], 3, TimeSpan.FromSeconds(1), TimeSpan.Zero, new RequestSettings([], 1, TimeSpan.FromSeconds(1), false), 1, null);
        var subject = new UrlSubject(new Uri("http://127.0.0.1:1/productpage"));
        var generator = new LostGenerator(rounds: 2);

        var outcome = await new BaselineRun(plan, subject, generator, new Silent(), TimeProvider.System)
            .RunAsync(TestContext.Current.CancellationToken, CancellationToken.None);

        Assert.Equal("lost", outcome.Failure!.Message);
        Assert.Equal(2, outcome.File!.Steps.Count);
        Assert.False(outcome.File.Complete);
        // No answer had Server-Timing, and the steps had warnings.
        Assert.Contains(
            outcome.File.Notes, note => note.StartsWith("No answer had the header Server-Timing", StringComparison.Ordinal));
        Assert.Contains(outcome.File.Notes, note => note.Contains("generator-late", StringComparison.Ordinal));
    }

    private sealed class LostGenerator(int rounds) : ILoadGenerator
    {
        private int _left = rounds;

        public Task<LoadResult> RunAsync(double rate, TimeSpan duration, ulong seed, CancellationToken stop, CancellationToken kill)
        {
            if (_left-- == 0)
            {
                throw new OperationFailedException(FailureKind.ServiceFailed, "lost");
            }

            var target = new LoadTarget(new Uri("http://127.0.0.1:1"), [], insecure: false);
            var mix = new TrafficMix(
                [(new RequestTemplate(RequestKind.Path, target.Host, "/productpage", []), 1)], BookinfoAnswers.Usual);
            var plan = new LoadPlan(
                target, mix, new ConstantProfile(rate, 1), ArrivalProcess.Even, 1, 1, 1, TimeSpan.FromSeconds(1));
            var total = new Recording(BookinfoAnswers.Usual);
            for (var request = 0; request < 20; request++)
            {
                // 5 ms late, a quarter of the median.
                total.Add(
                    new Sample { Sent = 5_000_000, Done = 20_000_000, Status = 200, WasAwaited = true, Hops = HopTimes.None },
                    RequestKind.Path);
            }

            return Task.FromResult(new LoadResult(plan, DateTimeOffset.UnixEpoch, 1, total, 0, 20, 20, 1, false, 0.1, 2));
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Silent : IBaselineObserver
    {
        public void Show(BaselineProgress progress, TimeSpan left)
        {
        }
    }
}
