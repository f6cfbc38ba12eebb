using Bookinfo.Load;

namespace Bookinfo.Measurement;

/// <summary>Finds out which version of reviews page views are answered from.</summary>
public interface ISplitProbe
{
    /// <summary>Sends page views at a constant rate.</summary>
    /// <param name="rate">Page views a second.</param>
    /// <param name="duration">For how long.</param>
    /// <param name="conditions">What must hold; one that is sure to be violated ends it early.</param>
    /// <param name="stop">Ends it early; what was measured until then is the result.</param>
    /// <param name="kill">Ends it without waiting for what is under way.</param>
    Task<SplitMeasurement> RunAsync(
        double rate, TimeSpan duration, IReadOnlyList<LoadCondition> conditions, CancellationToken stop, CancellationToken kill);
}

/// <summary>Sends page views from this process, and counts which version of reviews each was answered from.</summary>
public sealed class SplitProbe : ISplitProbe
{
    /// <summary>How many connections page views are sent on.</summary>
    public const int Connections = 16;

    /// <summary>How long a page view may take.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly LoadPlan _plan;
    private readonly TimeProvider _time;
    private ulong _runs;

    private SplitProbe(LoadPlan plan, TimeProvider time)
    {
        _plan = plan;
        _time = time;
    }

    /// <summary>Prepares, and sees that the page answers.</summary>
    /// <param name="page">The page, with its path.</param>
    /// <param name="time">Tells the time and waits.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="Foundation.OperationFailedException">There are more connections than this process can have.</exception>
    /// <exception cref="TargetException">Nothing answers there.</exception>
    public static async Task<SplitProbe> CreateAsync(Uri page, TimeProvider time, CancellationToken cancellationToken)
    {
        var settings = new RequestSettings([], Connections, Timeout, Insecure: false);
        var seed = IndexedRandom.NewSeed();
        return new SplitProbe(await LocalGenerator.PlanAsync(page, settings, Connections, seed, time, cancellationToken), time);
    }

    /// <inheritdoc/>
    /// <exception cref="Foundation.OperationFailedException">There are more connections than this process can have.</exception>
    public async Task<SplitMeasurement> RunAsync(
        double rate, TimeSpan duration, IReadOnlyList<LoadCondition> conditions, CancellationToken stop, CancellationToken kill)
    {
        var run = _plan with
        {
            Profile = new ConstantProfile(rate, duration.TotalSeconds),
            TraceSeed = _plan.TraceSeed + ++_runs,
        };
        var details = RunDetails.Of(run);
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var watch = new Watch(details.Breakdown, conditions, rate * duration.TotalSeconds, lost);
        var result = await LocalGenerator.RunAsync(run, [details.Breakdown, details.Timeline, watch], _time, lost.Token, kill);
        var phases = LoadDetails.Of(result, details.Breakdown, details.Timeline).Phases;
        return SplitMeasurement.Of(
            result, [.. conditions.Select(condition => condition.Check(result, details.Breakdown, details.Timeline, phases))],
            stop.IsCancellationRequested);
    }

    /// <summary>Ends a run whose conditions cannot hold any more.</summary>
    private sealed class Watch(
        LoadBreakdown breakdown, IReadOnlyList<LoadCondition> conditions, double planned, CancellationTokenSource lost) : ILoadObserver
    {
        public void Progress(LoadProgress progress)
        {
            if (conditions.Any(condition => condition.IsLost(breakdown, planned)))
            {
                lost.Cancel();
            }
        }
    }
}

/// <summary>Where page views went.</summary>
/// <param name="Seconds">For how long they were sent.</param>
/// <param name="Sent">How many were sent.</param>
/// <param name="Failed">How many of these failed, or were answered with an error or without reviews.</param>
/// <param name="Unsent">How many were due and not sent.</param>
/// <param name="Versions">For each version, its share of the page views whose version can be told.</param>
/// <param name="Conditions">Whether the conditions hold.</param>
/// <param name="Interrupted">Whether the user has ended it.</param>
public sealed record SplitMeasurement(
    double Seconds,
    long Sent,
    long Failed,
    long Unsent,
    IReadOnlyDictionary<string, ShareEstimate> Versions,
    IReadOnlyList<LoadConditionResult> Conditions,
    bool Interrupted)
{
    /// <summary>How many page views told their version.</summary>
    public long Told => Versions.Values.Sum(version => version.Count);

    /// <summary>Makes it of a run.</summary>
    /// <param name="result">The run.</param>
    /// <param name="conditions">Whether the conditions hold.</param>
    /// <param name="interrupted">Whether the user has ended it.</param>
    internal static SplitMeasurement Of(LoadResult result, IReadOnlyList<LoadConditionResult> conditions, bool interrupted)
    {
        var counts = VersionShares.AllVersions.Select(version => (
            Version: version, Count: result.Total.Versions().FirstOrDefault(one => one.Key == version).Value)).ToList();
        var told = counts.Sum(one => one.Count);
        return new SplitMeasurement(
            Math.Round(result.Seconds, 3), result.Total.Sent, result.Total.Failed, result.Unsent,
            counts.ToDictionary(one => one.Version, one => ShareEstimate.From(one.Count, told)), conditions, interrupted);
    }
}
