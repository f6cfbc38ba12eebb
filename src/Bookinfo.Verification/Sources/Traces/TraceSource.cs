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
        run = Spread(run, store.MostTraces);
        var arrived = await new Arrivals(Arrivals.ByOtlp, patience, time).WaitAsync(
            run.End,
            () => store.GetSizeAsync(run, cancellationToken),
            async () =>
            {
                var reading = new TraceReading(run);
                await foreach (var span in store.ReadAsync(run, cancellationToken))
                {
                    reading.Add(span);
                }

                var tally = reading.Compare(run);
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

    /// <summary>A run with so many of its traces at most, evenly spread over it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="limit">How many; <see langword="null"/> for all.</param>
    internal static RunExpectation Spread(RunExpectation run, int? limit) => limit is not { } most || run.Requests <= most ? run : run with
    {
        Requests = most,
        Traces = run.Traces.Where((_, index) => (long)index * most % run.Requests < most),
    };

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
            Method = "Traces: all spans of each request's trace were held against those that its services must have left, by service, "
                + "version, method, route and status. Its requests must last as long as their answers say and the visitor waited.",
            Notes =
            [
                .. store.Notes,
                .. tally.Foreign == 0 ? Array.Empty<string>() :
                [
                    string.Create(
                        CultureInfo.InvariantCulture, $"{tally.Foreign:N0} spans in these traces are of others, such as sidecars."),
                ],
                Cost.PerRequest(reading.Count, "spans", run),
            ],
        };
    }
}
