namespace Telemetry.Tests;

/// <summary>
/// Waits for what comes some time after the answer of a request: an export, a line, the end of a request that nobody waits for. How long
/// it takes decides nothing; that it never comes does.
/// </summary>
internal static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Waits until what <paramref name="problem"/> says is empty, and fails with it when that takes too long.</summary>
    public static async Task HoldsAsync(Func<Task<string>> problem)
    {
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        while (await problem() is { Length: > 0 } what)
        {
            Assert.True(time.GetElapsedTime(started) < Patience, $"Still after {Patience.TotalSeconds} s:\n{what}");
            await Task.Delay(Interval, time, TestContext.Current.CancellationToken);
        }
    }

    public static Task HoldsAsync(Func<string> problem) => HoldsAsync(() => Task.FromResult(problem()));

    public static Task HoldsAsync(string what, Func<bool> holds) => HoldsAsync(() => holds() ? "" : what);
}
