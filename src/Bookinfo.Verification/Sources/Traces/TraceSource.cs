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
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(0.5);

    /// <summary>
    /// For how long nothing may come before what is not there is lost. Services send what they have every five seconds, unless they are
    /// told otherwise.
    /// </summary>
    private static readonly TimeSpan Standstill = TimeSpan.FromSeconds(8);

    private string _version = "";

    /// <inheritdoc/>
    public string Signal => "traces";

    /// <inheritdoc/>
    public async Task PrepareAsync(Action<string> say, CancellationToken cancellationToken) =>
        _version = await store.ConnectAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<SignalResult> CheckAsync(RunExpectation run, Action<string> say, CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        var requests = run.Requests;
        run = store.MostTraces is { } most && requests > most ? Spread(run, most) : run;
        var (count, since) = (-1, begin);
        var (shown, isShownFirst) = (TimeSpan.Zero, true);
        for (var isFirst = true; ; isFirst = false)
        {
            var asked = time.GetTimestamp();
            var after = time.GetUtcNow() - run.End;
            var reading = new TraceReading(run);
            await foreach (var span in store.ReadAsync(run, cancellationToken))
            {
                reading.Add(span);
            }

            var took = time.GetElapsedTime(asked);
            if (reading.Count != count)
            {
                (count, since, shown, isShownFirst) = (reading.Count, asked, after, isFirst);
            }

            var tally = reading.Compare(run);
            var isComplete = tally.IsComplete && sampling == 1;
            var isStill = time.GetElapsedTime(since) >= Standstill;
            if (isComplete || isStill || time.GetElapsedTime(begin) >= patience)
            {
                var result = await ReportAsync(reading, tally, run, requests, cancellationToken);
                // Of a share nobody knows that it is whole until no more comes.
                return isComplete || (isStill && result.Verdict == VerificationVerdict.Exact)
                    ? result with { VisibleAfter = shown, VisibleWhenFirstAsked = isShownFirst }
                    : result;
            }

            if (isFirst)
            {
                say("Waiting until no more spans come.");
            }

            // Reading all of them should not be most of what the platform does.
            await Task.Delay(took > ShortestPause ? took : ShortestPause, time, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => store.Dispose();

    /// <summary>A run with some of its traces only, evenly spread over it.</summary>
    private static RunExpectation Spread(RunExpectation run, int most) => run with
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
