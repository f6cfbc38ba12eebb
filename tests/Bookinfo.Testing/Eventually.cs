namespace Bookinfo.Testing;

/// <summary>
/// Waits for what comes some time after what brought it about: an export, a line of a log, the end of a process. How long it takes decides
/// nothing; that it never comes does.
/// </summary>
public static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits for something to be there.</summary>
    /// <param name="what">What it is, for the message when it never comes.</param>
    /// <param name="get">Gets it, or <see langword="null"/> as long as it is not there.</param>
    /// <exception cref="TimeoutException">It never came.</exception>
    public static async Task<T> GetAsync<T>(string what, Func<Task<T?>> get)
    {
        T? found = default;
        await HoldsAsync(async () => (found = await get()) is null ? what : "");
        return found!;
    }

    /// <summary>Waits until nothing is wrong any more.</summary>
    /// <param name="problem">Says what still is; an empty text ends the wait.</param>
    /// <exception cref="TimeoutException">Something still was.</exception>
    public static async Task HoldsAsync(Func<Task<string>> problem)
    {
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        while (await problem() is { Length: > 0 } what)
        {
            if (time.GetElapsedTime(started) > Patience)
            {
                throw new TimeoutException($"Waited {Patience.TotalSeconds} s in vain: {what}");
            }

            await Task.Delay(Interval, time);
        }
    }

    /// <inheritdoc cref="HoldsAsync(Func{Task{string}})"/>
    public static Task HoldsAsync(Func<string> problem) => HoldsAsync(() => Task.FromResult(problem()));

    /// <summary>Waits until a condition holds.</summary>
    /// <param name="what">What is waited for, or what is wrong until then.</param>
    /// <param name="holds">The condition.</param>
    /// <exception cref="TimeoutException">It never held.</exception>
    public static Task HoldsAsync(string what, Func<bool> holds) => HoldsAsync(() => holds() ? "" : what);
}
