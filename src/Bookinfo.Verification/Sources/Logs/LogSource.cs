namespace Bookinfo.Verification;

/// <summary>
/// Access logs in a platform: of each request, one line of each service that served it, by its trace id. None may be lost, twice, or cut.
/// </summary>
/// <param name="store">The platform.</param>
/// <param name="patience">How long to wait for lines.</param>
/// <param name="time">Tells the time and waits.</param>
public sealed class LogSource(ILogStore store, TimeSpan patience, TimeProvider time) : ISource
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);

    /// <summary>For how long nothing may come before what is not there is lost.</summary>
    private static readonly TimeSpan Standstill = TimeSpan.FromSeconds(5);

    /// <summary>How much longer than a reading the time until the next one is.</summary>
    private const int PausesInReadings = 4;

    /// <inheritdoc/>
    public string Signal => "logs";

    /// <inheritdoc/>
    public Task PrepareAsync(Action<string> say, CancellationToken cancellationToken) => store.ConnectAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<SignalResult> CheckAsync(RunExpectation run, Action<string> say, CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        var (size, since) = (-1L, begin);
        var (isUnread, readUntil, reading) = (true, begin, TimeSpan.Zero);
        for (var isFirst = true; ; isFirst = false)
        {
            var now = await store.GetSizeAsync(run, cancellationToken);
            if (now != size)
            {
                (size, since, isUnread) = (now, time.GetTimestamp(), true);
            }

            // What others write to may grow for ever.
            var isOver = time.GetElapsedTime(begin) >= patience || time.GetElapsedTime(since) >= Standstill;
            // All is read each time, so that most of the time is not spent on that.
            if (isOver || (isUnread && time.GetElapsedTime(readUntil) >= PausesInReadings * reading))
            {
                var after = time.GetUtcNow() - run.End;
                var start = time.GetTimestamp();
                var lines = await ReadAsync(run, cancellationToken);
                (isUnread, readUntil, reading) = (false, time.GetTimestamp(), time.GetElapsedTime(start));
                if (lines.IsExact || isOver)
                {
                    var result = Report(lines, run);
                    return lines.IsExact ? result with { VisibleAfter = after, VisibleWhenFirstAsked = isFirst } : result;
                }
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => store.Dispose();

    private SignalResult Report(LogReading reading, RunExpectation run) =>
        new(Signal, store.Name, reading.Checks(run).ToList())
        {
            Method = "Logs: the lines of each request's trace were held against those of the services that must have served it, by "
                + "version, method, route and status.",
            Notes = [.. store.Notes, Cost.PerRequest(reading.Seen, "access lines", run)],
        };

    private async Task<LogReading> ReadAsync(RunExpectation run, CancellationToken cancellationToken)
    {
        var reading = new LogReading(run);
        await foreach (var line in store.ReadAsync(run, cancellationToken))
        {
            reading.Add(line);
        }

        reading.Compare();
        if (reading.MayHaveTwins)
        {
            await foreach (var line in store.ReadAsync(run, cancellationToken))
            {
                reading.LookForTwin(line);
            }
        }

        return reading;
    }
}
