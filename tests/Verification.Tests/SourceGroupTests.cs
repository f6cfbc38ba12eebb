using Bookinfo.Foundation;

namespace Bookinfo.Verification.Tests;

/// <summary>Several platforms are asked at the same time, and the first that fails ends the others.</summary>
public sealed class SourceGroupTests
{
    private static readonly RunExpectation Run = new(
        "http://localhost/", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, Requests: 0, Unknown: 0, NeverSent: 0);

    [Fact]
    public async Task None_waits_for_another_and_results_keep_their_order()
    {
        var isSecondAsked = new TaskCompletionSource();
        var results = await CheckAsync(
            async _ =>
            {
                await isSecondAsked.Task;
                return new SignalResult("first", "", []);
            },
            _ =>
            {
                isSecondAsked.SetResult();
                return Task.FromResult(new SignalResult("second", "", []));
            });
        Assert.Equal(["first", "second"], results.Select(result => result.Signal));
    }

    [Fact]
    public async Task The_first_failure_ends_all_and_is_what_is_said()
    {
        var failure = await Assert.ThrowsAsync<OperationFailedException>(() => CheckAsync(
            async token =>
            {
                try
                {
                    await Task.Delay(Timeout.Infinite, token);
                }
                catch (OperationCanceledException)
                {
                }

                throw new OperationFailedException(FailureKind.Failed, "a consequence");
            },
            async _ =>
            {
                await Task.Yield();
                throw new OperationFailedException(FailureKind.Failed, "the reason");
            }));
        Assert.Equal("the reason", failure.Message);
    }

    private static Task<IReadOnlyList<SignalResult>> CheckAsync(params IReadOnlyList<Func<CancellationToken, Task<SignalResult>>> checks) =>
        SourceGroup.CheckAsync(
            [.. checks.Select(check => new FakeSource(check))], Run, static _ => { }, TestContext.Current.CancellationToken);

    private sealed class FakeSource(Func<CancellationToken, Task<SignalResult>> check) : ISource
    {
        public string Signal => "";

        public Task PrepareAsync(Action<string> say, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<SignalResult> CheckAsync(RunExpectation run, Action<string> say, CancellationToken cancellationToken) =>
            check(cancellationToken);

        public void Dispose()
        {
        }
    }
}
