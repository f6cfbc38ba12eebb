using System.Globalization;

namespace Bookinfo.Verification;

/// <summary>
/// Traces in a platform: whether every request has its trace, whole, once, with the right names on it, and times that can be.
/// </summary>
/// <param name="store">The platform.</param>
/// <param name="sampling">Which share of the traces is to be taken, from 0 to 1.</param>
/// <param name="patience">How long to wait for spans.</param>
/// <param name="time">Tells the time and waits.</param>
public sealed class TraceSource(ISpanStore store, double sampling, TimeSpan patience, TimeProvider time) : ISource
{
    private string _version = "";

    /// <inheritdoc/>
    public string Signal => "traces";

    /// <inheritdoc/>
    public async Task PrepareAsync(Action<string> say, CancellationToken cancellationToken) =>
        _version = await store.ConnectAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<SignalResult> CheckAsync(RunExpectation run, Action<string> say, CancellationToken cancellationToken)
    {
        var requests = run.Requests;
        run = store.MostTraces is { } most ? run.Spread(most) : run;
        var few = Arrivals.Few(run);
        var arrived = await new Arrivals(Arrivals.ByOtlp, patience, time).WaitAsync(
            run.End,
            async () =>
            {
                // Which traces of a share are to come, nobody knows.
                if (sampling < 1)
                {
                    return new Glimpse(null, IsTooEarly: false);
                }

                var (reading, tally) = await ReadAsync(few, store.PeekAsync(few, cancellationToken));
                return new Glimpse(tally.IsComplete ? null : reading.Count, IsTooEarly: !tally.IsComplete);
            },
            async () =>
            {
                var (reading, tally) = await ReadAsync(run, store.ReadAsync(run, cancellationToken));
                // Of a share nobody knows that it is whole until no more comes.
                return new Reading<(TraceReading Reading, TraceTally Tally)>(
                    (reading, tally), reading.Count, tally.IsComplete && sampling == 1);
            },
            () => say("Waiting until no more spans come."),
            cancellationToken);
        return arrived.Date(await ReportAsync(arrived.What.Reading, arrived.What.Tally, run, requests, cancellationToken));
    }

    /// <inheritdoc/>
    public void Dispose() => store.Dispose();

    private static async Task<(TraceReading Reading, TraceTally Tally)> ReadAsync(RunExpectation run, IAsyncEnumerable<SeenSpan> spans)
    {
        var reading = new TraceReading(run);
        await foreach (var span in spans)
        {
            reading.Add(span);
        }

        return (reading, reading.Compare(run));
    }

    private async Task<SignalResult> ReportAsync(
        TraceReading reading, TraceTally tally, RunExpectation run, long requests, CancellationToken cancellationToken)
    {
        var checks = TraceChecks.Of(tally, sampling).ToList();
        if (store.MostTraces is { } most && requests > most)
        {
            checks[0] = checks[0] with
            {
                NotChecked =
                [
                    .. checks[0].NotChecked,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The traces of {requests - most:N0} of {requests:N0} requests: {most:N0} were asked for, spread over the run."),
                ],
            };
        }

        if (await TraceOtherWay.CheckAsync(store, reading, tally, cancellationToken) is { } otherWay)
        {
            checks.Add(otherWay);
        }

        return new SignalResult(Signal, store.Name + (_version.Length > 0 ? $", {_version}" : ""), checks)
        {
            Method = "Traces: all spans of each request's trace were compared with those that its services must have left, by service, "
                + "version, method, route and status. Its requests must last as long as their answers say and the visitor waited.",
            Notes =
            [
                .. store.Notes,
                .. tally.Foreign == 0 ? Array.Empty<string>() :
                [
                    string.Create(
                        CultureInfo.InvariantCulture, $"Spans of others in these traces, such as sidecars: {tally.Foreign:N0}."),
                ],
                Cost.PerRequest(reading.Count, "spans", run),
            ],
        };
    }
}
