namespace Observability.Tests;

/// <summary>Waits for a condition, long enough for a slow machine.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    public static async Task<T> GetAsync<T>(string what, Func<Task<T?>> get)
        where T : class
    {
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        while (true)
        {
            if (await get() is { } value)
            {
                return value;
            }

            Assert.True(time.GetElapsedTime(started) < Patience, $"Waited {Patience.TotalSeconds} s in vain for: {what}.");
            await Task.Delay(Interval, time);
        }
    }
}
