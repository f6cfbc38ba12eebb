using Bookinfo.Foundation;
using Bookinfo.Load;
using Bookinfo.Traffic;

namespace Bookinfo.Measurement;

/// <summary>Requests from this process.</summary>
/// <param name="plan">What every run has in common.</param>
/// <param name="time">Tells the time and waits.</param>
public sealed class LocalGenerator(LoadPlan plan, TimeProvider time) : ILoadGenerator
{
    private ulong _runs;

    /// <summary>Prepares to send, and sees that the target can be reached.</summary>
    /// <param name="target">Where the requests go, with the path.</param>
    /// <param name="settings">How requests are sent.</param>
    /// <param name="seed">Makes what is left to chance repeatable.</param>
    /// <param name="time">Tells the time and waits.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">The connections are more than this process can have.</exception>
    /// <exception cref="TargetException">Nothing answers there.</exception>
    public static async Task<LocalGenerator> CreateAsync(
        Uri target, RequestSettings settings, ulong seed, TimeProvider time, CancellationToken cancellationToken) =>
        new(await PlanAsync(target, settings, settings.Connections, seed, time, cancellationToken), time);

    /// <summary>Plans what all runs against a target have in common, and sees that it can be reached.</summary>
    /// <param name="target">Where the requests go, with the path.</param>
    /// <param name="settings">How requests are sent.</param>
    /// <param name="allConnections">How many connections this process has, to all targets.</param>
    /// <param name="seed">Makes what is left to chance repeatable.</param>
    /// <param name="time">Tells the time and waits.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">The connections are more than this process can have.</exception>
    /// <exception cref="TargetException">Nothing answers there.</exception>
    internal static async Task<LoadPlan> PlanAsync(
        Uri target, RequestSettings settings, int allConnections, ulong seed, TimeProvider time, CancellationToken cancellationToken)
    {
        if (OpenFileLimit.FindProblem(allConnections) is { } problem)
        {
            throw new OperationFailedException(FailureKind.InvalidRequest, $"{problem}.");
        }

        var traceSeed = IndexedRandom.NewSeed();
        var requests = await BookinfoTraffic.PrepareAsync(
            target, settings.Insecure, settings.Headers, [target.PathAndQuery], traceSeed, settings.Timeout, time, requiresUsers: false,
            cancellationToken);
        return new LoadPlan(
            requests.Target, requests.Mix, new ConstantProfile(1, 1), ArrivalProcess.Even, seed, traceSeed, settings.Connections,
            settings.Timeout);
    }

    /// <inheritdoc/>
    public Task<LoadResult> RunAsync(double rate, TimeSpan duration, ulong seed, CancellationToken stop, CancellationToken kill)
    {
        var run = plan with
        {
            Profile = new ConstantProfile(rate, duration.TotalSeconds),
            Seed = seed,
            TraceSeed = plan.TraceSeed + ++_runs,
        };
        return RunAsync(run, [], time, stop, kill);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Runs a plan from this process.</summary>
    /// <param name="run">The plan.</param>
    /// <param name="observers">Are told about each request.</param>
    /// <param name="time">Tells the time and waits.</param>
    /// <param name="stop">Ends it early; what was measured until then is the result.</param>
    /// <param name="kill">Ends it without waiting for what is under way.</param>
    /// <exception cref="OperationFailedException">The connections are more than this process can have.</exception>
    internal static async Task<LoadResult> RunAsync(
        LoadPlan run, IReadOnlyList<ILoadObserver> observers, TimeProvider time, CancellationToken stop, CancellationToken kill)
    {
        try
        {
            return await new LoadEngine(run, observers, time).RunAsync([], stop, kill);
        }
        catch (ThreadLimitException limit)
        {
            throw new OperationFailedException(FailureKind.InvalidRequest, $"{limit.Message}.");
        }
    }
}
