using Bookinfo.Cli.Doctor;
using Bookinfo.Foundation;
using Bookinfo.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Bookinfo.Cli.Tests;

public sealed class ExaminationTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task What_a_failed_check_is_needed_for_is_not_run_and_names_the_first_cause()
    {
        var first = new FakeCheck("first", _ => Task.FromResult(CheckResult.Problem("broken", "Mend it.")));
        var second = new FakeCheck("second", _ => throw new InvalidOperationException("It was run."), first);
        var third = new FakeCheck("third", _ => throw new InvalidOperationException("It was run."), second);
        var other = new FakeCheck("other", _ => Task.FromResult(CheckResult.Ok("fine")));

        var findings = await RunAsync(first, second, third, other);

        Assert.Equal(
            [CheckState.Problem, CheckState.NotChecked, CheckState.NotChecked, CheckState.Ok],
            findings.Select(finding => finding.Result.State));
        Assert.Equal("needs 'first' to be in order", findings[1].Result.Detail);
        Assert.Equal("needs 'first' to be in order", findings[2].Result.Detail);
    }

    [Fact]
    public async Task A_warning_does_not_stop_what_comes_after()
    {
        var first = new FakeCheck("first", _ => Task.FromResult(CheckResult.Warning("odd", "Look.")));

        var findings = await RunAsync(first, new FakeCheck("second", _ => Task.FromResult(CheckResult.Ok("fine")), first));

        Assert.Equal(CheckState.Ok, findings[1].Result.State);
    }

    [Fact]
    public async Task A_failure_with_a_message_is_a_problem()
    {
        var findings = await RunAsync(
            new FakeCheck("first", _ => throw new OperationFailedException(FailureKind.Failed, "no such thing.")));

        Assert.Equal((CheckState.Problem, "no such thing."), (findings[0].Result.State, findings[0].Result.Detail));
    }

    [Fact]
    public async Task A_bug_in_a_check_does_not_hide_the_others()
    {
        var findings = await RunAsync(
            new FakeCheck("first", _ => throw new FormatException("what is this?")),
            new FakeCheck("second", _ => Task.FromResult(CheckResult.Ok("fine"))));

        Assert.Equal(
            (CheckState.Problem, "the check itself failed: FormatException: what is this?"),
            (findings[0].Result.State, findings[0].Result.Detail));
        Assert.Equal(CheckState.Ok, findings[1].Result.State);
    }

    [Fact]
    public async Task A_check_that_blocks_is_given_up_after_its_time()
    {
        using var never = new ManualResetEventSlim();
        var started = new TaskCompletionSource();
        var running = RunAsync(new FakeCheck("first", _ =>
        {
            started.SetResult();
            never.Wait(Eventually.Never, CancellationToken.None);
            return Task.FromResult(CheckResult.Ok("late"));
        }));
        await Soon(started.Task);

        _time.Advance(Examination.CheckLimit - TimeSpan.FromTicks(1));
        Assert.False(running.IsCompleted);
        _time.Advance(TimeSpan.FromTicks(1));
        // Its time of grace begins whenever the examination has noticed; that much more passes until then.
        while (!running.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        never.Set();
        var finding = Assert.Single(await running);
        Assert.Equal(CheckState.Problem, finding.Result.State);
        Assert.StartsWith("no answer within", finding.Result.Detail);
    }

    [Fact]
    public async Task All_together_have_a_time_however_long_the_chain_of_hanging_checks()
    {
        var first = new SlowCheck("first", _time);
        var second = new SlowCheck("second", _time, first);
        var third = new SlowCheck("third", _time, second);
        var running = RunAsync(first, second, third);

        await Soon(first.Waiting);
        _time.Advance(SlowCheck.Duration);
        await Soon(second.Waiting);
        _time.Advance(SlowCheck.Duration);
        await Soon(third.Waiting);
        _time.Advance(Examination.WholeLimit - (2 * SlowCheck.Duration));

        await Soon(running);
        Assert.Equal([CheckState.Warning, CheckState.Warning, CheckState.Problem], (await running).Select(finding => finding.Result.State));
    }

    [Fact]
    public async Task The_last_words_of_a_check_whose_time_is_up_count()
    {
        var started = new TaskCompletionSource();
        var running = RunAsync(new FakeCheck("first", async cancellationToken =>
        {
            started.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
            return CheckResult.Problem("the daemon hangs", "Start it again.");
        }));
        await Soon(started.Task);

        _time.Advance(Examination.CheckLimit);

        await Soon(running);
        Assert.Equal("the daemon hangs", (await running)[0].Result.Detail);
    }

    private static Task Soon(Task task) => task.WaitAsync(Eventually.Never, TestContext.Current.CancellationToken);

    private Task<IReadOnlyList<Finding>> RunAsync(params ICheck[] checks) =>
        new Examination(_time).RunAsync(checks, TestContext.Current.CancellationToken);

    private sealed class FakeCheck(string name, Func<CancellationToken, Task<CheckResult>> run, params ICheck[] needs) : ICheck
    {
        public string Name => name;

        public CheckPurpose Purpose => CheckPurpose.Deploy;

        public IReadOnlyList<ICheck> Needs => needs;

        public Task<CheckResult> RunAsync(CancellationToken cancellationToken) => run(cancellationToken);
    }

    /// <summary>A warning just before its time is up.</summary>
    private sealed class SlowCheck(string name, TimeProvider time, params ICheck[] needs) : ICheck
    {
        public static readonly TimeSpan Duration = Examination.CheckLimit - TimeSpan.FromMilliseconds(100);

        private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Waiting => _waiting.Task;

        public string Name => name;

        public CheckPurpose Purpose => CheckPurpose.Deploy;

        public IReadOnlyList<ICheck> Needs => needs;

        public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
        {
            var delay = Task.Delay(Duration, time, cancellationToken);
            _waiting.SetResult();
            await delay;
            return CheckResult.Warning("slow", "Wait.");
        }
    }
}
