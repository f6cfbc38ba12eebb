namespace Bookinfo.Verification;

/// <summary>
/// Waits until a platform shows all that it must, or until nothing more comes: only then is lost what is not there. Until then it may be
/// late.
/// </summary>
/// <param name="standstill">For how long nothing may come before nothing more does.</param>
/// <param name="patience">How long to wait at most.</param>
/// <param name="time">Tells the time and waits.</param>
internal sealed class Arrivals(TimeSpan standstill, TimeSpan patience, TimeProvider time)
{
    /// <summary>
    /// What services send by OTLP comes at least this often, if there is more: they send every 5 seconds, and wait 10 for a platform that
    /// is slow, unless they are told otherwise.
    /// </summary>
    public static readonly TimeSpan ByOtlp = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);

    /// <summary>
    /// How much longer than a reading the time until the next one is: a platform that is read all the time comes to nothing else.
    /// </summary>
    private const int PausesInReadings = 4;

    /// <summary>Waits.</summary>
    /// <param name="end">When the run was over.</param>
    /// <param name="getSize">
    /// Gets a number that changes when something comes, at little cost; <see langword="null"/> where only reading tells.
    /// </param>
    /// <param name="read">Reads all that there is.</param>
    /// <param name="wait">Is called before it waits for the first time.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <typeparam name="T">What is read.</typeparam>
    public async Task<Arrived<T>> WaitAsync<T>(
        DateTimeOffset end, Func<Task<long?>> getSize, Func<Task<Reading<T>>> read, Action wait, CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        var (size, isUnread, changed) = ((long?)-1, true, begin);
        var (count, counted, shown, readings) = (-1L, begin, TimeSpan.Zero, 0);
        var (isShownFirst, readUntil, took) = (true, begin, TimeSpan.Zero);
        bool IsStill() => time.GetElapsedTime(changed) >= standstill;
        bool IsOver() => IsStill() || time.GetElapsedTime(begin) >= patience;
        for (var isFirst = true; ; isFirst = false)
        {
            var (asked, after, now) = (time.GetTimestamp(), time.GetUtcNow() - end, await getSize());
            if (now is not null && now != size)
            {
                (size, isUnread, changed) = (now, true, asked);
            }

            if (IsOver() || ((isUnread || now is null) && time.GetElapsedTime(readUntil) >= PausesInReadings * took))
            {
                var reading = await read();
                readings++;
                (isUnread, readUntil, took) = (false, time.GetTimestamp(), time.GetElapsedTime(asked));
                if (reading.Count != count)
                {
                    (count, counted, shown, isShownFirst) = (reading.Count, asked, after, isFirst);
                    changed = now is null ? asked : changed;
                }

                if (reading.IsAll || IsOver())
                {
                    var isComing = !IsStill() && readings > 1 && !isShownFirst && time.GetElapsedTime(counted) < standstill + took;
                    return new Arrived<T>(reading.What, reading.IsAll || IsStill(), isComing && !reading.IsAll, shown, isShownFirst);
                }
            }

            if (isFirst)
            {
                wait();
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }
}

/// <summary>What was read at once.</summary>
/// <param name="What">What was read.</param>
/// <param name="Count">How much of the run there is in it.</param>
/// <param name="IsAll">Whether that is all that must be there, so that nothing more is to be waited for.</param>
/// <typeparam name="T">What is read.</typeparam>
internal readonly record struct Reading<T>(T What, long Count, bool IsAll);

/// <summary>What was read at last.</summary>
/// <param name="What">What was read.</param>
/// <param name="IsSettled">Whether nothing more comes.</param>
/// <param name="IsComing">Whether more was still coming when it could not be waited for any longer.</param>
/// <param name="ShownAfter">How long after the run the last of it was seen to be there.</param>
/// <param name="IsShownFirst">Whether that was when it was asked for the first time.</param>
/// <typeparam name="T">What is read.</typeparam>
internal sealed record Arrived<T>(T What, bool IsSettled, bool IsComing, TimeSpan ShownAfter, bool IsShownFirst)
{
    /// <summary>What came of the checks of it, with when it was there; what may yet come is left open.</summary>
    /// <param name="result">What came of the checks.</param>
    public SignalResult Date(SignalResult result)
    {
        result = IsComing ? result with { Checks = [.. result.Checks.Select(check => check.LeaveOpen())] } : result;
        return IsSettled && result.Verdict == VerificationVerdict.Exact
            ? result with { VisibleAfter = ShownAfter, VisibleWhenFirstAsked = IsShownFirst }
            : result;
    }
}
