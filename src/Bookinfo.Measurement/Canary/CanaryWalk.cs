using Bookinfo.Foundation;

namespace Bookinfo.Measurement;

/// <summary>
/// Moves requests from one version of reviews to another in steps. In each it sends page views and judges them; when they fail, it goes
/// back at once to how it was before the first step.
/// </summary>
/// <param name="split">What divides the requests.</param>
/// <param name="probe">What sends page views.</param>
/// <param name="options">How it walks.</param>
/// <param name="view">Is told how far it is.</param>
public sealed class CanaryWalk(IVersionSplit split, ISplitProbe probe, CanaryWalkOptions options, ICanaryView view)
{
    /// <summary>Raises the share of the new version step by step, and goes back when a condition fails.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="stop">Stops; what is set by then stays.</param>
    /// <param name="kill">The same, without waiting for page views under way.</param>
    /// <exception cref="OperationFailedException">
    /// A step could not be taken or not be measured, and it has gone back if that was possible: the message says whether it was.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was stopped before the first step, or in the middle of one.</exception>
    public async Task<CanaryOutcome> RunAsync(VersionShares target, CancellationToken stop, CancellationToken kill)
    {
        var start = await split.ReadAsync(stop);
        var steps = start.Shares.StepsTo(target, options.Points);
        var now = start;
        var taken = new List<CanaryStep>();
        foreach (var (index, shares) in steps.Index())
        {
            now = await OrBackAsync(
                start, $"Setting {shares}", $"{shares} could not be set", () => split.SetAsync(shares, stop), stop);
            view.Taken(index + 1, steps.Count, now);
            var measured = await OrBackAsync(
                start, $"Sending page views to {now.Shares}", $"{now.Shares} could not be measured",
                () => probe.RunAsync(options.Rate, options.Every, options.Conditions, stop, kill), stop);
            taken.Add(new CanaryStep(now.Shares.ToString(), now.Detail, measured));
            view.Measured(now, measured);
            if (measured.Interrupted)
            {
                return new CanaryOutcome(CanaryEnd.Interrupted, now, taken);
            }

            var outcomes = measured.Conditions.Select(condition => condition.Outcome).ToHashSet();
            CanaryEnd? end = outcomes.Contains(ConditionOutcome.Violated) ? CanaryEnd.Failed
                : outcomes.Contains(ConditionOutcome.Inconclusive) && options.NeedsProof ? CanaryEnd.Inconclusive
                : null;
            if (end is { } why)
            {
                now = await BackAsync(start, $"{now.Shares} {(why == CanaryEnd.Failed ? "violates a condition" : "cannot be judged")}");
                return new CanaryOutcome(why, now, taken);
            }
        }

        return new CanaryOutcome(CanaryEnd.Arrived, now, taken);
    }

    /// <summary>Does a part of a step; goes back when that fails.</summary>
    /// <param name="start">Where to.</param>
    /// <param name="doing">What is done, for whoever watches.</param>
    /// <param name="failing">What has failed if it fails, in a sentence without its end.</param>
    /// <param name="work">The part.</param>
    /// <param name="stop">What the user stops with; that is not a failure.</param>
    private async Task<T> OrBackAsync<T>(
        SplitState start, string doing, string failing, Func<Task<T>> work, CancellationToken stop)
    {
        try
        {
            return await view.WatchAsync(doing, work());
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !stop.IsCancellationRequested)
        {
            await BackAsync(start, $"{failing} ({exception.Message.TrimEnd('.')})");
            if (exception is OperationFailedException failure)
            {
                throw new OperationFailedException(
                    failure.Kind, $"{failing}, and it is {start.Shares} again, as before. {failure.Message}");
            }

            throw;
        }
    }

    /// <summary>Goes back. That is not given up for Ctrl-C: that a version fails is when it matters most.</summary>
    /// <param name="start">Where to.</param>
    /// <param name="why">Why, in a sentence without its end.</param>
    private async Task<SplitState> BackAsync(SplitState start, string why)
    {
        try
        {
            return await view.WatchAsync($"Going back to {start.Shares}", split.RestoreAsync(start, CancellationToken.None)) ?? start;
        }
        catch (OperationFailedException failure)
        {
            throw new OperationFailedException(
                failure.Kind, $"{why}, and it could not go back to {start.Shares}. {failure.Message}");
        }
    }
}

/// <summary>How a canary walks.</summary>
/// <param name="Points">The most points of a step, for whichever version moves most.</param>
/// <param name="Every">How long page views are sent in each step.</param>
/// <param name="Rate">Page views a second.</param>
/// <param name="Conditions">What must hold in each step.</param>
/// <param name="NeedsProof">Whether a condition that cannot be decided counts as one that is violated.</param>
public sealed record CanaryWalkOptions(
    int Points, TimeSpan Every, double Rate, IReadOnlyList<LoadCondition> Conditions, bool NeedsProof);

/// <summary>Is told how a canary walks.</summary>
public interface ICanaryView
{
    /// <summary>Something is being done that may take a while.</summary>
    /// <param name="what">What it is, such as <c>Setting v1=80,v3=20</c>.</param>
    /// <param name="work">It.</param>
    /// <returns>What comes of it.</returns>
    Task<T> WatchAsync<T>(string what, Task<T> work);

    /// <summary>A step was taken.</summary>
    /// <param name="number">Which one, from 1.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="state">How requests are divided now.</param>
    void Taken(int number, int count, SplitState state);

    /// <summary>Page views were sent.</summary>
    /// <param name="state">How requests were divided.</param>
    /// <param name="measured">Where they went.</param>
    void Measured(SplitState state, SplitMeasurement measured);
}

/// <summary>A step of a canary.</summary>
/// <param name="Asked">The shares that were set, such as <c>v1=90,v3=10</c>.</param>
/// <param name="Detail">How that came about.</param>
/// <param name="Measured">Where page views went.</param>
public sealed record CanaryStep(string Asked, string? Detail, SplitMeasurement Measured);

/// <summary>How a canary has ended.</summary>
/// <param name="End">How.</param>
/// <param name="State">How requests are divided now.</param>
/// <param name="Steps">The steps that were taken.</param>
public sealed record CanaryOutcome(CanaryEnd End, SplitState State, IReadOnlyList<CanaryStep> Steps)
{
    /// <summary>The shares that are in force now.</summary>
    public string Shares => State.Shares.ToString();
}

/// <summary>The ends of a canary.</summary>
public enum CanaryEnd
{
    /// <summary>All steps were taken.</summary>
    Arrived,

    /// <summary>A condition was violated, and it went back.</summary>
    Failed,

    /// <summary>A condition could not be decided, and it went back.</summary>
    Inconclusive,

    /// <summary>The user has stopped it; what was set stays.</summary>
    Interrupted,
}
