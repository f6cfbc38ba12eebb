using Bookinfo.Foundation;
using Bookinfo.Load;

namespace Bookinfo.Scenarios;

/// <summary>How a scenario is run.</summary>
/// <param name="Duration">How long the faults stay.</param>
/// <param name="Check">
/// Whether it is to be shown that the scenario causes its symptoms: then it begins when none can be seen, ends when all have been seen or
/// are late, and goes on to send requests without faults until all have cleared. A rate that is not constant is part of the trouble, and
/// ends with the faults.
/// </param>
/// <param name="Processes">How many processes Prometheus must know before it is asked.</param>
/// <param name="Least">How long the faults stay in a check, even when all has been seen before.</param>
public sealed record ScenarioRunOptions(TimeSpan Duration, bool Check, int Processes = 0, TimeSpan Least = default);

/// <summary>Is told how a scenario goes on. Calls may come from any thread, one at a time.</summary>
public interface IScenarioObserver
{
    /// <summary>The faults are on.</summary>
    /// <param name="targets">The processes that have them.</param>
    void Began(IReadOnlyList<FaultTarget> targets);

    /// <summary>A symptom was seen, has cleared, or did not in time.</summary>
    /// <param name="report">What was seen.</param>
    void Saw(SymptomReport report);

    /// <summary>
    /// The faults were taken away: after they were on, and also when only some of them could be set and not all of those be taken back.
    /// </summary>
    /// <param name="end">Why.</param>
    /// <param name="leftOn">The processes that did not answer, and may have faults until their time to live is over.</param>
    void Ended(ScenarioEnd end, IReadOnlyList<string> leftOn);
}

/// <summary>Why a scenario ended.</summary>
public enum ScenarioEnd
{
    /// <summary>Its time was over.</summary>
    TimeOver,

    /// <summary>All that was to be checked was seen or late.</summary>
    Checked,

    /// <summary>A signal asked for it.</summary>
    Interrupted,

    /// <summary>'scenario stop' or somebody else took the faults away.</summary>
    TakenAway,

    /// <summary>The faults ended by themselves, because nothing renewed them for as long as they live.</summary>
    Expired,

    /// <summary>Something went wrong, which is said elsewhere.</summary>
    Failed,
}

/// <summary>What came of a scenario.</summary>
/// <param name="End">Why it ended.</param>
/// <param name="BeganAt">When the faults were on.</param>
/// <param name="EndedAt">When they were taken away.</param>
/// <param name="Symptoms">What was seen; empty when nobody looked.</param>
/// <param name="Load">What came of the requests; <see langword="null"/> when none were sent.</param>
public sealed record ScenarioOutcome(
    ScenarioEnd End,
    DateTimeOffset BeganAt,
    DateTimeOffset EndedAt,
    IReadOnlyList<SymptomOutcome> Symptoms,
    LoadResult? Load)
{
    /// <summary>When a service first said that it had injected a fault; <see langword="null"/> when none has.</summary>
    public DateTimeOffset? FirstInjectedAt { get; init; }

    /// <summary>What was injected, as the services say.</summary>
    public IReadOnlyList<InjectedFault> Injected { get; init; } = [];
}

/// <summary>
/// Runs a scenario: sends its requests, keeps its faults on, looks for its symptoms, and takes the faults away, however it ends.
/// </summary>
/// <param name="traffic">What it sends.</param>
/// <param name="keeper">Keeps its faults on.</param>
/// <param name="load">Sends; <see langword="null"/> when somebody else does.</param>
/// <param name="watch">Looks for symptoms; <see langword="null"/> when nobody is to.</param>
/// <param name="observer">Is told how it goes on.</param>
/// <param name="say">Is told what the user has to know, in sentences.</param>
/// <param name="time">Tells the time and waits.</param>
public sealed class ScenarioRun(
    ScenarioTraffic traffic, FaultKeeper keeper, ScenarioLoad? load, SymptomWatch? watch, IScenarioObserver observer, Action<string> say,
    TimeProvider time)
{
    /// <summary>A constant rate lasts for as long as it is needed.</summary>
    private static readonly TimeSpan Endless = TimeSpan.FromHours(24);

    /// <summary>Runs the scenario to its end.</summary>
    /// <param name="options">How.</param>
    /// <param name="stop">Ends it early.</param>
    /// <param name="kill">Ends it without waiting for anything.</param>
    /// <exception cref="OperationFailedException">It cannot be begun, or not be checked.</exception>
    public async Task<ScenarioOutcome> RunAsync(ScenarioRunOptions options, CancellationToken stop, CancellationToken kill)
    {
        if (options.Check && watch is not null
            && await watch.WaitForCalmAsync(options.Processes, stop) is { Count: > 0 } there)
        {
            throw new OperationFailedException(
                FailureKind.Failed,
                "this can be seen before anything was broken, so nobody could tell whether the scenario causes it: "
                + $"{string.Join("; ", there)}.");
        }

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var profile = traffic.Over(traffic.Profile == ProfileKind.Constant ? Endless : options.Duration).Create();
        var sending = load?.RunAsync(profile, enough.Token, kill);
        ScenarioEnd end;
        DateTimeOffset began, ended;
        try
        {
            (end, began, ended) = await BreakAsync(options, sending, stop, kill);
            if (options.Check && watch is not null && end == ScenarioEnd.Checked)
            {
                if (traffic.Profile != ProfileKind.Constant)
                {
                    await enough.CancelAsync();
                }

                await watch.WatchEndAsync(stop);
                end = stop.IsCancellationRequested ? ScenarioEnd.Interrupted : end;
            }
        }
        finally
        {
            await enough.CancelAsync();
            await ((Task?)sending ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return new ScenarioOutcome(end, began, ended, watch?.Outcomes ?? [], sending is null ? null : await sending)
        {
            FirstInjectedAt = keeper.Injected.FirstAt,
            Injected = keeper.Injected.All,
        };
    }

    /// <summary>Sets the faults, keeps them on, takes them away, and says what is left of them, whatever goes wrong.</summary>
    private async Task<(ScenarioEnd End, DateTimeOffset Began, DateTimeOffset Ended)> BreakAsync(
        ScenarioRunOptions options, Task<LoadResult>? sending, CancellationToken stop, CancellationToken kill)
    {
        var end = ScenarioEnd.Failed;
        DateTimeOffset? began = null;
        DateTimeOffset ended;
        try
        {
            var targets = await keeper.BeginAsync(stop);
            began = time.GetUtcNow();
            observer.Began(targets);
            end = await GoOnAsync(options, sending, stop);
        }
        finally
        {
            end = end == ScenarioEnd.Failed && stop.IsCancellationRequested ? ScenarioEnd.Interrupted : end;
            try
            {
                await keeper.EndAsync(kill);
            }
            finally
            {
                ended = time.GetUtcNow();
                if (began is not null || keeper.Holders.Count > 0)
                {
                    observer.Ended(end, keeper.Holders);
                }
            }
        }

        return (end, began.Value, ended);
    }

    private async Task<ScenarioEnd> GoOnAsync(ScenarioRunOptions options, Task<LoadResult>? sending, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var keeping = keeper.KeepAsync(over.Token);
        var watching = WatchAsync(options, over.Token);
        var limit = Task.Delay(options.Check ? Timeout.InfiniteTimeSpan : options.Duration, time, over.Token);
        try
        {
            List<Task> ends = [keeping, limit];
            if (options.Check)
            {
                ends.Add(watching);
            }

            if (sending is not null)
            {
                // Requests that end by themselves are those of a profile that is over; only when they cannot be sent, the scenario ends.
                ends.Add(sending.ContinueWith(
                    static sent => sent.IsFaulted ? Task.FromException(sent.Exception!.InnerException!) : Task.Delay(Timeout.Infinite),
                    TaskScheduler.Default).Unwrap());
            }

            var first = await Task.WhenAny(ends);
            if (first.IsFaulted)
            {
                await first;
            }

            return stop.IsCancellationRequested ? ScenarioEnd.Interrupted
                : first == limit ? ScenarioEnd.TimeOver
                : first == watching ? ScenarioEnd.Checked
                : await keeping == KeepingEnd.Expired ? ScenarioEnd.Expired : ScenarioEnd.TakenAway;
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAll(keeping, watching).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>
    /// Without a check, the scenario goes on when Prometheus does not answer. Whatever else may go wrong is said as well: nobody would see
    /// otherwise that nothing is looked for any more.
    /// </summary>
    private async Task WatchAsync(ScenarioRunOptions options, CancellationToken cancellationToken)
    {
        var least = Task.Delay(options.Least, time, cancellationToken);
        try
        {
            await (watch?.WatchAsync(cancellationToken) ?? Task.CompletedTask);
        }
        catch (Exception exception) when (!options.Check && exception is not OperationCanceledException)
        {
            var why = exception is OperationFailedException
                ? exception.Message
                : $"{exception.Message.TrimEnd('.')} ({exception.GetType().Name}).";
            say($"Symptoms are not looked for any more: {why}");
        }

        await least;
    }
}
