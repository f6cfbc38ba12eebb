using Bookinfo.Cli.Terminal;
using Bookinfo.Foundation;
using Bookinfo.Load;
using Bookinfo.Traffic;

namespace Bookinfo.Cli.Sessions;

/// <summary>Where the requests of <c>load</c> come from.</summary>
internal interface ILoadSource : IAsyncDisposable
{
    /// <summary>What is to be done.</summary>
    LoadPlan Plan { get; }

    /// <summary>What to say of a run that a second Ctrl-C has ended.</summary>
    string Interrupted { get; }

    /// <summary>Sends all requests of the plan.</summary>
    /// <param name="observers">Are told about each request, if it is sent from here.</param>
    /// <returns>The run, and its requests by what was sent and over time.</returns>
    Task<(LoadResult Result, RunDetails Details)> MeasureAsync(IReadOnlyList<ILoadObserver> observers);

    /// <summary>Sends the same requests at a constant rate, with other arrivals and trace ids each time.</summary>
    /// <param name="rate">Requests a second.</param>
    /// <param name="length">How long requests fall due.</param>
    /// <param name="number">Which time it is, from 1.</param>
    Task<LoadResult> TryAsync(double rate, TimeSpan length, ulong number);

    /// <summary>Asks whether requests failed because the target speaks the other one of http and https.</summary>
    /// <param name="total">What came of the requests.</param>
    /// <returns>A sentence without its end; <see langword="null"/> when that is not why, or is not known.</returns>
    Task<string?> FindWrongSchemeAsync(Recording total);
}

/// <summary>Requests from this process.</summary>
/// <param name="plan">What is to be done.</param>
/// <param name="setup">The requests that were sent for that.</param>
/// <param name="signals">Ctrl-C.</param>
internal sealed class LocalLoadSource(LoadPlan plan, IReadOnlyList<Sample> setup, StopSignals signals, TimeProvider time) : ILoadSource
{
    /// <inheritdoc/>
    public LoadPlan Plan => plan;

    /// <inheritdoc/>
    public string Interrupted => "Interrupted.";

    /// <summary>Finds the target, and makes the requests.</summary>
    /// <param name="options">What the user asked for.</param>
    /// <param name="signals">Ctrl-C.</param>
    /// <param name="time">Tells the time and waits.</param>
    /// <exception cref="TargetException">Nothing answers, or it is not Bookinfo.</exception>
    public static async Task<LocalLoadSource> CreateAsync(LoadOptions options, StopSignals signals, TimeProvider time)
    {
        var url = options.Url ?? await LocalPage.FindAsync(SourceTree.Find());
        var traceSeed = IndexedRandom.NewSeed();
        var requests = await BookinfoTraffic.PrepareAsync(
            url, options.Insecure, options.Headers, options.Paths, traceSeed, options.Timeout, time, requiresUsers: false,
            signals.Stop);
        var plan = new LoadPlan(
            requests.Target, requests.Mix, options.Shape.Create(), options.Arrivals, options.Seed, traceSeed, options.Connections,
            options.Timeout);
        return new LocalLoadSource(plan, requests.Setup, signals, time);
    }

    /// <inheritdoc/>
    public async Task<(LoadResult Result, RunDetails Details)> MeasureAsync(IReadOnlyList<ILoadObserver> observers)
    {
        var details = RunDetails.Of(plan);
        var engine = new LoadEngine(plan, [details.Breakdown, details.Timeline, .. observers], time);
        return (await engine.RunAsync(setup, signals.Stop, signals.Kill), details);
    }

    /// <inheritdoc/>
    public Task<LoadResult> TryAsync(double rate, TimeSpan length, ulong number)
    {
        // Other arrivals and other trace ids in each trial: they are to tell what differs by chance.
        var trial = plan with
        {
            Profile = new ConstantProfile(rate, length.TotalSeconds),
            Seed = plan.Seed + number,
            TraceSeed = plan.TraceSeed + number,
        };
        return new LoadEngine(trial, [], time).RunAsync([], signals.Stop, signals.Kill);
    }

    /// <inheritdoc/>
    public async Task<string?> FindWrongSchemeAsync(Recording total)
    {
        try
        {
            return await SchemeProbe.AskAsync(plan.Target, total, time, signals.Stop);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
