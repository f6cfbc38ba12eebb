namespace Bookinfo.Verification;

/// <summary>
/// Access logs in a platform: of each request, one line of each service that served it, by its trace id. None may be lost, twice, or cut.
/// </summary>
/// <param name="store">The platform.</param>
/// <param name="patience">How long to wait for lines.</param>
/// <param name="time">Tells the time and waits.</param>
public sealed class LogSource(ILogStore store, TimeSpan patience, TimeProvider time) : ISource
{
    /// <inheritdoc/>
    public string Signal => "logs";

    /// <inheritdoc/>
    public Task PrepareAsync(Action<string> say, CancellationToken cancellationToken) => store.ConnectAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<SignalResult> CheckAsync(RunExpectation run, Action<string> say, CancellationToken cancellationToken)
    {
        var few = Arrivals.Few(run);
        var arrived = await new Arrivals(store.Standstill, patience, time).WaitAsync(
            run.End,
            async () =>
            {
                if (await store.GetSizeAsync(run, cancellationToken) is { } size)
                {
                    return new Glimpse(size, IsTooEarly: false);
                }

                var lines = await ReadAsync(few, store.PeekAsync, cancellationToken);
                return new Glimpse(lines.IsExact ? null : lines.Seen, IsTooEarly: !lines.IsExact);
            },
            async () =>
            {
                var lines = await ReadAsync(run, store.ReadAsync, cancellationToken);
                return new Reading<LogReading>(lines, lines.Seen, lines.IsExact);
            },
            () => say("Waiting until no more lines come."),
            cancellationToken);
        return arrived.Date(Report(arrived.What, run));
    }

    /// <inheritdoc/>
    public void Dispose() => store.Dispose();

    private SignalResult Report(LogReading reading, RunExpectation run) =>
        new(Signal, store.Name, reading.Checks(run).ToList())
        {
            Method = "Logs: the lines of each request's trace were compared with those of the services that must have served it, by "
                + "version, method, route and status.",
            Notes = [.. store.Notes, Cost.PerRequest(reading.Seen, "access lines", run)],
        };

    private async Task<LogReading> ReadAsync(
        RunExpectation run, Func<RunExpectation, CancellationToken, IAsyncEnumerable<string>> read, CancellationToken cancellationToken)
    {
        var reading = new LogReading(run);
        await foreach (var line in read(run, cancellationToken))
        {
            reading.Add(line);
        }

        reading.Compare(store.Gaps, store.LetsOldestGo);
        if (reading.MayHaveTwins)
        {
            await foreach (var line in read(run, cancellationToken))
            {
                reading.LookForTwin(line);
            }
        }

        return reading;
    }
}
