namespace Bookinfo.Testing;

/// <summary>
/// Waits for what comes some time after what brought it about: an export, a line of a log, the end of a process. How long it takes decides
/// nothing, as that is up to the machine and what else it does; that it never comes does.
/// </summary>
public static class Eventually
{
    /// <summary>When it is certain, however busy the machine, that it never comes.</summary>
    public static readonly TimeSpan Never = TimeSpan.FromMinutes(10);

    /// <summary>The same, where something goes on all the time, such as a build.</summary>
    private static readonly TimeSpan NeverInSpiteOfProgress = TimeSpan.FromMinutes(30);

    /// <summary>The same, where nothing goes on any more.</summary>
    private static readonly TimeSpan Standstill = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(5);

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
    /// <param name="progress">
    /// Gets what changes as long as something goes on that may bring it about; it is waited for longer then, and less long when nothing
    /// does.
    /// </param>
    /// <exception cref="TimeoutException">Something still was.</exception>
    public static async Task HoldsAsync(Func<Task<string>> problem, Func<object>? progress = null)
    {
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        var (looked, moved) = (started, started);
        object? seen = null;
        while (await problem() is { Length: > 0 } what)
        {
            if (progress is not null && time.GetElapsedTime(looked) > ProgressInterval)
            {
                looked = time.GetTimestamp();
                var now = progress();
                (seen, moved) = (now, now.Equals(seen) ? moved : looked);
            }

            if (time.GetElapsedTime(started) > (progress is null ? Never : NeverInSpiteOfProgress)
                || (progress is not null && time.GetElapsedTime(moved) > Standstill))
            {
                throw new TimeoutException($"Waited {time.GetElapsedTime(started).TotalMinutes:0} minutes in vain: {what}");
            }

            await Task.Delay(Interval, time);
        }
    }

    /// <inheritdoc cref="HoldsAsync(Func{Task{string}}, Func{object}?)"/>
    public static Task HoldsAsync(Func<string> problem, Func<object>? progress = null) =>
        HoldsAsync(() => Task.FromResult(problem()), progress);

    /// <summary>Waits until a condition holds.</summary>
    /// <param name="what">What is waited for, or what is wrong until then.</param>
    /// <param name="holds">The condition.</param>
    /// <exception cref="TimeoutException">It never held.</exception>
    public static Task HoldsAsync(string what, Func<bool> holds) => HoldsAsync(() => holds() ? "" : what);
}
