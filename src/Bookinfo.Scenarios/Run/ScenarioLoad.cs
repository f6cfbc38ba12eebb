using Bookinfo.Foundation;
using Bookinfo.Load;
using Bookinfo.Traffic;

namespace Bookinfo.Scenarios;

/// <summary>The requests of a scenario, sent from this process on schedule, however slowly they are answered.</summary>
public sealed class ScenarioLoad
{
    /// <summary>Enough for ten requests a second that all wait for as long as the page may.</summary>
    private const int Connections = 128;

    /// <summary>The page itself gives up earlier.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly LoadPlan _plan;
    private readonly IReadOnlyList<Sample> _setup;
    private readonly TimeProvider _time;

    private (string File, string Program)? _ledger;

    private ScenarioLoad(LoadPlan plan, IReadOnlyList<Sample> setup, TimeProvider time) => (_plan, _setup, _time) = (plan, setup, time);

    /// <summary>Prepares to send, and makes sure that the page answers. To be done before anything is broken.</summary>
    /// <param name="page">Where to send.</param>
    /// <param name="paths">What to request, in equal shares; none for the usual mix.</param>
    /// <param name="seed">Determines arrivals and the choice of requests.</param>
    /// <param name="time">Tells the time and waits.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">This process cannot have as many connections.</exception>
    /// <exception cref="TargetException">Nothing answers there.</exception>
    public static async Task<ScenarioLoad> PrepareAsync(
        Uri page, IReadOnlyList<string> paths, ulong seed, TimeProvider time, CancellationToken cancellationToken)
    {
        if (OpenFileLimit.FindProblem(Connections) is { } problem)
        {
            throw new OperationFailedException(FailureKind.Failed, $"the requests of a scenario: {problem}.");
        }

        var traceSeed = IndexedRandom.NewSeed();
        var requests = await BookinfoTraffic.PrepareAsync(
            page, insecure: false, [], paths, traceSeed, Timeout, time, requiresUsers: false, cancellationToken);
        return new ScenarioLoad(
            new LoadPlan(
                requests.Target, requests.Mix, new ConstantProfile(1, 1), ArrivalProcess.Poisson, seed, traceSeed, Connections, Timeout),
            requests.Setup,
            time);
    }

    /// <summary>Keeps a ledger of what it sends.</summary>
    /// <param name="file">The file, which is replaced.</param>
    /// <param name="program">The version of the program.</param>
    public void KeepLedger(string file, string program) => _ledger = (file, program);

    /// <summary>Sends requests at the rates of a profile.</summary>
    /// <param name="profile">The rate over time.</param>
    /// <param name="stop">Ends it early; what was measured until then is the result.</param>
    /// <param name="kill">Ends it without waiting for what is under way.</param>
    /// <exception cref="OperationFailedException">
    /// This process cannot have as many connections, or the ledger could not be written.
    /// </exception>
    public async Task<LoadResult> RunAsync(RateProfile profile, CancellationToken stop, CancellationToken kill)
    {
        try
        {
            var plan = _plan with { Profile = profile };
            await using var ledger = _ledger is ({ } file, { } program)
                ? new LedgerWriter(new FileStream(file, FileMode.Create, FileAccess.Write), plan, program)
                : null;
            var result = await new LoadEngine(plan, ledger is null ? [] : [ledger], _time).RunAsync(_setup, stop, kill);
            await (ledger?.EndAsync(kill) ?? Task.CompletedTask);
            return ledger?.Failure is not { } failure ? result : throw new OperationFailedException(
                FailureKind.Failed, $"the ledger of the requests could not be written: {failure.Message.TrimEnd('.')}.");
        }
        catch (ThreadLimitException exception)
        {
            throw new OperationFailedException(FailureKind.Failed, $"the requests of a scenario: {exception.Message}.");
        }
    }
}
