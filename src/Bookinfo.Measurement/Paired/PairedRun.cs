using Bookinfo.Foundation;
using Bookinfo.Load;

namespace Bookinfo.Measurement;

/// <summary>The outcome of measuring systems in turns.</summary>
/// <param name="File">What was measured; <see langword="null"/> when it was interrupted before the first round was done.</param>
/// <param name="Failure">Why it ended before all rounds were done; <see langword="null"/> when it did not, or was interrupted.</param>
public sealed record PairedOutcome(PairedFile? File, OperationFailedException? Failure);

/// <summary>
/// Measures two systems in turns of one request, and optionally, as a control, a third that is the same as the first. A round is one
/// observation. If the systems are restarted between rounds, the rounds include what differs from one start to the next.
/// </summary>
/// <param name="plan">What is to be measured.</param>
/// <param name="subjects">The first system, the second, and the control if there is one.</param>
/// <param name="generator">Sends to these systems, in this order.</param>
/// <param name="restart">Restarts the systems, and waits until they answer; <see langword="null"/> if that is not to be done.</param>
/// <param name="observer">Follows the progress.</param>
/// <param name="time">Tells the time and waits.</param>
public sealed class PairedRun(
    BaselinePlan plan, IReadOnlyList<ISubject> subjects, TurnsGenerator generator, Func<CancellationToken, Task>? restart,
    IBaselineObserver observer, TimeProvider time)
{
    /// <summary>How long the first system is measured alone, as a part of a step.</summary>
    private const double AloneShare = 0.25;

    /// <summary>How long a restart is expected to take, as none has been seen yet.</summary>
    private static readonly TimeSpan UsualRestart = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyList<(int Round, double Rate)> _schedule = BaselineSchedule.Make(plan.Rates, plan.Rounds, plan.Seed);
    private readonly IReadOnlyList<BaselineRecord> _records = [.. subjects.Select(subject => new BaselineRecord(plan, subject))];
    private readonly List<PairedStep> _pairs = [];
    private OperationFailedException? _failure;

    /// <summary>How long the whole should take.</summary>
    /// <param name="plan">What is to be measured.</param>
    /// <param name="restarts">Whether the systems are restarted between rounds.</param>
    public static TimeSpan Planned(BaselinePlan plan, bool restarts) =>
        plan.WarmUp + ((plan.Rounds - 1) * (restarts ? UsualRestart + plan.WarmUp : TimeSpan.Zero))
        + (plan.Rounds * (BaselineRecord.QuietSpan + (plan.Rates.Count * PerStep(plan))));

    /// <summary>Runs all rounds.</summary>
    /// <param name="stop">Ends it early; the outcome has the rounds that were done.</param>
    /// <param name="kill">Ends it without waiting for requests under way.</param>
    /// <exception cref="OperationFailedException">It cannot be measured, and no round is complete.</exception>
    /// <exception cref="TargetException">Nothing answers as it should.</exception>
    /// <exception cref="OperationCanceledException">It was stopped before the first step began.</exception>
    public async Task<PairedOutcome> RunAsync(CancellationToken stop, CancellationToken kill)
    {
        foreach (var record in _records)
        {
            await record.DescribeAsync(stop);
        }

        var startedAt = time.GetUtcNow();
        var began = time.GetTimestamp();
        await WarmUpAsync(Planned(plan, restart is not null), stop, kill);
        stop.ThrowIfCancellationRequested();
        try
        {
            await MeasureAsync(began, stop, kill);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The second Ctrl-C, or one during a restart. Only this step is lost.
        }
        catch (Exception exception) when (exception is OperationFailedException or TargetException && HasRound)
        {
            _failure = exception as OperationFailedException
                ?? new OperationFailedException(FailureKind.TargetUnreachable, exception.Message);
        }

        if (!HasRound)
        {
            return new PairedOutcome(null, _failure);
        }

        foreach (var record in _records)
        {
            // Each, whatever has failed: what it notes belongs into the file.
            var useless = record.NoteAnswers();
            _failure ??= useless;
        }

        var took = time.GetElapsedTime(began);
        BaselineFile[] files = [.. _records.Select(record => record.ToFile(startedAt, took))];
        return new PairedOutcome(
            new PairedFile(
                PairedFile.CurrentVersion, ProgramVersion.Text, plan.Name, startedAt, Math.Round(took.TotalSeconds, 3), files[0].Complete,
                restart is not null, files[0], files[1], files.ElementAtOrDefault(2), _pairs),
            _failure);
    }

    /// <summary>Whether there is a round with pairs at every rate: the steps of an interrupted round may have none.</summary>
    private bool HasRound => _pairs.GroupBy(pair => pair.Round).Any(round => round.Count() == plan.Rates.Count);

    private static TimeSpan PerStep(BaselinePlan plan) => ((1 + AloneShare) * plan.Step) + (2 * BaselineRun.UsualOverhead);

    private async Task MeasureAsync(long began, CancellationToken stop, CancellationToken kill)
    {
        foreach (var (index, (round, rate)) in _schedule.Index())
        {
            var left = index == 0
                ? Planned(plan, restart is not null) - plan.WarmUp
                : (_schedule.Count - index) * (time.GetElapsedTime(began) / index);
            var isNewRound = index > 0 && round != _schedule[index - 1].Round;
            if (isNewRound && restart is not null)
            {
                await restart(stop);
                await WarmUpAsync(left, stop, kill);
            }

            observer.Show(new BaselineProgress(index + 1, _schedule.Count, round, plan.Rounds, rate), left);
            if (index == 0 || isNewRound)
            {
                await Task.WhenAll(_records.Select(record => record.MeasureIdleAsync(settled: true, time, stop)));
            }

            if (!await MeasureAsync(index, round, rate, stop, kill))
            {
                return;
            }
        }
    }

    /// <returns>Whether the step was completed.</returns>
    private async Task<bool> MeasureAsync(int index, int round, double rate, CancellationToken stop, CancellationToken kill)
    {
        var seed = plan.Seed + (ulong)index + 1;
        // All at once: where figures are only sampled every few seconds, each waits for the next sample.
        await Task.WhenAll(_records.Select(record => record.BeginStepAsync(settled: true, stop)));
        var turns = await generator.RunAsync(rate, plan.Step, seed, stop, kill);
        await Task.WhenAll(_records.Zip(turns, (record, turn) => record.EndStepAsync(round, rate, turn.Result, stop)));

        if (turns.Any(turn => turn.Result.Interrupted) || stop.IsCancellationRequested)
        {
            return false;
        }

        // Never before the step: requests that the other systems do not get would leave the first one warmer.
        var alone = await generator.RunAloneAsync(rate, AloneShare * plan.Step, seed, stop, kill);
        _pairs.Add(new PairedStep(
            round, rate, Differences(turns[0], turns[1], rate), turns.Length > 2 ? Differences(turns[0], turns[2], rate) : null,
            Medians(turns[0], alone)));
        return !stop.IsCancellationRequested;
    }

    private async Task WarmUpAsync(TimeSpan left, CancellationToken stop, CancellationToken kill)
    {
        if (plan.WarmUp == TimeSpan.Zero)
        {
            return;
        }

        observer.Show(new BaselineProgress(0, _schedule.Count, 0, plan.Rounds, plan.Rates[^1]), left);
        var turns = await generator.RunAsync(plan.Rates[^1], plan.WarmUp, plan.Seed, stop, kill);
        stop.ThrowIfCancellationRequested();
        foreach (var (record, turn) in _records.Zip(turns))
        {
            await record.RequireGoodAsync(turn.Result, time, stop);
        }
    }

    private static IReadOnlyDictionary<string, PairedDifference> Differences(Turns before, Turns after, double rate) =>
        RequestPairs.Match(before.Samples, after.Samples, rate).Differences(before.Result.Total.Model);

    private static Dictionary<string, double> Medians(Turns beside, Turns alone)
    {
        var (first, second) = (StepMeasurement.Histograms(alone.Result.Total), StepMeasurement.Histograms(beside.Result.Total));
        return first.Keys.Intersect(second.Keys).ToDictionary(
            name => name, name => (double)(second[name].GetValueAtPercentile(50) - first[name].GetValueAtPercentile(50)));
    }
}
