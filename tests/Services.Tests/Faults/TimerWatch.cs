using System.Collections.Concurrent;
using Bookinfo.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Services.Tests;

/// <summary>A clock that a test turns, and that tells who waits for what: turned too early, nobody would wait yet.</summary>
internal sealed class TimerWatch : FakeTimeProvider
{
    private readonly ConcurrentQueue<TimeSpan> _due = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _due.Enqueue(dueTime);
        return timer;
    }

    /// <summary>Waits until somebody has begun to wait for a time.</summary>
    /// <param name="time">The time.</param>
    /// <param name="times">How often that must have been, in all.</param>
    public Task UntilWaitedForAsync(TimeSpan time, int times = 1) =>
        Eventually.HoldsAsync($"nobody waits for {time}", () => _due.Count(due => due == time) >= times);
}
