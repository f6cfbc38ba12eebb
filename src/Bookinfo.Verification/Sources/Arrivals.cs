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
    /// is slow, unless they are told otherwise. Those of <c>up --dashboard</c> wait longer, but not all for the same batch.
    /// </summary>
    public static readonly TimeSpan ByOtlp = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);

    /// <summary>
    /// How much longer than a look the time until the next one is: a platform that is asked all the time comes to nothing else.
    /// </summary>
    private const int PausesInLooks = 4;

    /// <summary>How many traces tell how much has come. Services send their spans and records in the order of the requests.</summary>
    private const int MostInGlimpse = 10;

    /// <summary>Some traces of a run, which tell how much of it has come.</summary>
    /// <param name="run">The run.</param>
    public static RunExpectation Few(RunExpectation run)
    {
        var few = run.Spread(MostInGlimpse);
        return few with { Traces = [.. few.Traces] };
    }

    /// <summary>Waits until all has come, or nothing more does, or the patience is over, and tells what was read last.</summary>
    /// <param name="end">When the run was over.</param>
    /// <param name="glimpse">Looks how much has come, for little of the platform's time.</param>
    /// <param name="read">Reads all that there is.</param>
    /// <param name="wait">Is called before it waits for the first time.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <typeparam name="T">What is read.</typeparam>
    public async Task<Arrived<T>> WaitAsync<T>(
        DateTimeOffset end, Func<Task<Glimpse>> glimpse, Func<Task<Reading<T>>> read, Action wait, CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        var (size, isUnread, changed, isGrowing) = ((long?)-1, true, begin, false);
        var (count, counted, shown, readings) = (-1L, begin, TimeSpan.Zero, 0);
        var (isShownFirst, readUntil, took) = (true, begin, TimeSpan.Zero);
        bool IsStill() => time.GetElapsedTime(changed) >= standstill;
        bool IsOver() => IsStill() || time.GetElapsedTime(begin) >= patience;
        for (var isFirst = true; ; isFirst = false)
        {
            var (asked, after, now) = (time.GetTimestamp(), time.GetUtcNow() - end, await glimpse());
            var pause = PausesInLooks * time.GetElapsedTime(asked);
            if (now.Size != size)
            {
                (size, isUnread, changed, isGrowing) = (now.Size, true, asked, !isFirst);
            }

            if (IsOver() || (!now.IsTooEarly && (isUnread || size is null) && time.GetElapsedTime(readUntil) >= PausesInLooks * took))
            {
                var start = time.GetTimestamp();
                var reading = await read();
                readings++;
                (isUnread, readUntil, took) = (false, time.GetTimestamp(), time.GetElapsedTime(start));
                if (reading.Count != count)
                {
                    (count, counted, shown, isShownFirst) = (reading.Count, asked, after, isFirst);
                    // A few traces may stand still while others come, so it is over only when a whole reading has found nothing new.
                    changed = asked;
                }

                if (reading.IsAll || IsOver())
                {
                    // Where much is written that is not of the run, only readings tell what comes of it.
                    var isComing = !IsStill() && (readings > 1
                        ? !isShownFirst && time.GetElapsedTime(counted) < standstill + took
                        : isGrowing);
                    return new Arrived<T>(reading.What, reading.IsAll || IsStill(), isComing && !reading.IsAll, shown, isShownFirst);
                }
            }

            if (isFirst)
            {
                wait();
            }

            await Task.Delay(pause > Pause ? pause : Pause, time, cancellationToken);
        }
    }
}

/// <summary>What was seen without reading all.</summary>
/// <param name="Size">
/// A number that changes when something comes; <see langword="null"/> when only reading all tells whether more is to come.
/// </param>
/// <param name="IsTooEarly">Whether something is known not to be there yet, so that reading all is not worth its cost.</param>
internal readonly record struct Glimpse(long? Size, bool IsTooEarly);

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
