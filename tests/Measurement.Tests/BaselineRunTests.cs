using Bookinfo.Foundation;
using Bookinfo.Load;
using Bookinfo.Traffic;
using Microsoft.Extensions.Time.Testing;

namespace Bookinfo.Measurement.Tests;

/// <summary>How a baseline is measured, and what it keeps that ends before its time.</summary>
public sealed class BaselineRunTests
{
    [Fact]
    public async Task A_generator_that_is_lost_takes_neither_the_rounds_nor_the_notes_with_it()
    {
        var plan = Plan(rounds: 3, [10]);
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

    [Fact]
    public async Task Each_round_begins_with_a_span_in_which_nothing_is_sent_and_the_idle_share_is_measured()
    {
        var plan = Plan(rounds: 2, [10, 20]);
        var subject = new SimulatedSubject();

        var outcome = await new BaselineRun(
            plan, subject, new LostGenerator(rounds: 5, () => subject.Pass("sent", 1, requests: 10)), new Silent(),
            new NeverWaiting(span => subject.Pass($"quiet {span.TotalSeconds}", span.TotalSeconds)))
            .RunAsync(TestContext.Current.CancellationToken, CancellationToken.None);

        Assert.Null(outcome.Failure);
        string[] steps = ["sent", "settled", "read", "sent", "settled"];
        // Nothing of the warm-up may show up in what is measured first.
        Assert.Equal(
            [
                "settled", "quiet 1", "read", "read", "quiet 1", "settled", "settled", .. steps,
                "read", "quiet 1", "read", "read", "quiet 1", "settled", "read", .. steps,
            ],
            subject.Log);
        Assert.All(outcome.File!.Steps, step =>
        {
            var use = step.Use["details-v1"];
            Assert.Equal(0.001 + 0.004 + (10 * 0.01), use.CpuSeconds, 9);
            Assert.Equal(0.001 + 0.004, use.IdleCpuSeconds!.Value, 9);
            Assert.Equal(10, use.Requests);
        });
        Assert.All(outcome.File.Summary, rate => Assert.Equal(10, rate.Use["details-v1"].OwnCpuPerThousand!.Mean, 6));
        Assert.Equal([SimulatedSubject.Setup], outcome.File.Setup);
        Assert.Contains(BaselineText.LowRates, outcome.File.Notes);
    }

    [Fact]
    public async Task A_restart_in_the_quiet_span_is_noted()
    {
        var plan = Plan(rounds: 2, [10]);
        var subject = new SimulatedSubject();

        var outcome = await new BaselineRun(
            plan, subject, new LostGenerator(rounds: 3, () => subject.Pass("sent", 1, requests: 10)), new Silent(),
            new NeverWaiting(_ => subject.Restart()))
            .RunAsync(TestContext.Current.CancellationToken, CancellationToken.None);

        Assert.All(outcome.File!.Steps, step => Assert.Null(step.Use["details-v1"].IdleCpuSeconds));
        Assert.Contains(
            "What details-v1 uses when idle was not known in every round: CPU figures are of the other rounds.", outcome.File.Notes);
    }

    [Fact]
    public async Task An_address_of_which_nothing_is_known_is_not_waited_for()
    {
        var plan = Plan(rounds: 1, [10]);
        // Whoever waits on this clock waits forever.
        var outcome = await new BaselineRun(
            plan, new UrlSubject(new Uri("http://127.0.0.1:1/productpage")), new LostGenerator(rounds: 1), new Silent(),
            new FakeTimeProvider()).RunAsync(TestContext.Current.CancellationToken, CancellationToken.None);

        Assert.Null(outcome.File!.Setup);
        Assert.DoesNotContain(BaselineText.LowRates, outcome.File.Notes);
        Assert.Contains("\"setup\": null", BaselineStore.Write(outcome.File));
    }

    private static BaselinePlan Plan(int rounds, IReadOnlyList<double> rates) => new(
        "base", rates, rounds, TimeSpan.FromSeconds(1), TimeSpan.Zero, new RequestSettings([], 1, TimeSpan.FromSeconds(1), false), 1, null);

    /// <summary>A service that uses 1 ms for each reading, 10 ms for each request, and 4 ms a second without any.</summary>
    private sealed class SimulatedSubject : ISubject
    {
        public static readonly ServiceSetup Setup = new("details-v1", "jit", null, null, null, null);

        private double _now;
        private double _used;
        private int _requests;
        private int _restarts;

        public List<string> Log { get; } = [];

        public string Kind => "local";

        public Uri Target => new("http://127.0.0.1:1/productpage");

        public string Description => "";

        public void Pass(string what, double seconds, int requests = 0)
        {
            Log.Add(what);
            _now += seconds;
            _used += (0.004 * seconds) + (0.01 * requests);
            _requests += requests;
        }

        public void Restart() => _restarts++;

        public Task<SubjectFacts> DescribeAsync(CancellationToken cancellationToken) =>
            Task.FromResult(new SubjectFacts([], null, [], [], [], [Setup]));

        public Task<IReadOnlyList<InstanceUse>> ReadUseAsync(
            bool settled, ICollection<string> notes, CancellationToken cancellationToken)
        {
            Log.Add(settled ? "settled" : "read");
            var use = new InstanceUse("details-v1", $"{_restarts}", _now, _used, 0, 0, 0, _requests);
            _used += 0.001;
            return Task.FromResult<IReadOnlyList<InstanceUse>>([use]);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>A clock whose timers ring at once.</summary>
    /// <param name="waited">Is told how long each would have taken.</param>
    private sealed class NeverWaiting(Action<TimeSpan> waited) : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            waited(dueTime);
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }

    private sealed class LostGenerator(int rounds, Action? sent = null) : ILoadGenerator
    {
        private int _left = rounds;

        public Task<LoadResult> RunAsync(double rate, TimeSpan duration, ulong seed, CancellationToken stop, CancellationToken kill)
        {
            if (_left-- == 0)
            {
                throw new OperationFailedException(FailureKind.ServiceFailed, "lost");
            }

            sent?.Invoke();
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
