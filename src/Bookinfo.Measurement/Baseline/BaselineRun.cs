using System.Globalization;
using Bookinfo.Foundation;
using Bookinfo.Load;

namespace Bookinfo.Measurement;

/// <summary>What a baseline is to measure, and how.</summary>
/// <param name="Name">What to call it.</param>
/// <param name="Rates">The rates, in requests a second, ascending.</param>
/// <param name="Rounds">How many rounds. In each, every rate is measured once.</param>
/// <param name="Step">How long each rate is sent in each round.</param>
/// <param name="WarmUp">How long the highest rate is sent before the first round.</param>
/// <param name="Requests">How requests are sent.</param>
/// <param name="Seed">The seed for the order of the steps.</param>
/// <param name="Workers">How many pods of the cluster send; <see langword="null"/> when the requests are sent from here.</param>
public sealed record BaselinePlan(
    string Name,
    IReadOnlyList<double> Rates,
    int Rounds,
    TimeSpan Step,
    TimeSpan WarmUp,
    RequestSettings Requests,
    ulong Seed,
    int? Workers)
{
    /// <summary>The most rounds that a baseline has.</summary>
    public const int MostRounds = 100;
}

/// <summary>Follows the progress of a baseline.</summary>
public interface IBaselineObserver
{
    /// <summary>A step begins.</summary>
    /// <param name="progress">The step.</param>
    /// <param name="left">How long it and the steps after it will take, as far as is known.</param>
    void Show(BaselineProgress progress, TimeSpan left);
}

/// <summary>The outcome of a baseline.</summary>
/// <param name="File">What was measured; <see langword="null"/> when it was interrupted before the first round was done.</param>
/// <param name="Failure">Why it ended before all rounds were done; <see langword="null"/> when it did not, or was interrupted.</param>
public sealed record BaselineOutcome(BaselineFile? File, OperationFailedException? Failure);

/// <summary>Measures a subject in rounds.</summary>
/// <param name="plan">What is to be measured.</param>
/// <param name="subject">The subject.</param>
/// <param name="generator">Where the requests come from.</param>
/// <param name="observer">Follows the progress.</param>
/// <param name="time">Tells the time and waits.</param>
public sealed class BaselineRun(
    BaselinePlan plan, ISubject subject, ILoadGenerator generator, IBaselineObserver observer, TimeProvider time)
{
    /// <summary>
    /// How long a step takes beyond sending, until that has been measured: connecting, and asking the services what they used.
    /// </summary>
    internal static readonly TimeSpan UsualOverhead = TimeSpan.FromSeconds(0.5);

    private readonly IReadOnlyList<(int Round, double Rate)> _schedule = BaselineSchedule.Make(plan.Rates, plan.Rounds, plan.Seed);
    private readonly BaselineRecord _record = new(plan, subject);
    private OperationFailedException? _failure;

    /// <summary>How long the whole baseline should take.</summary>
    /// <param name="plan">What is to be measured.</param>
    public static TimeSpan Planned(BaselinePlan plan) =>
        plan.WarmUp + (plan.Rounds * (BaselineRecord.QuietSpan + (plan.Rates.Count * (plan.Step + UsualOverhead))));

    /// <summary>Runs the warm-up and all rounds.</summary>
    /// <param name="stop">Ends the baseline early; the outcome has the rounds that were done.</param>
    /// <param name="kill">Ends the baseline without waiting for requests under way.</param>
    /// <exception cref="OperationFailedException">The baseline cannot be measured, and no round is complete.</exception>
    /// <exception cref="TargetException">Nothing answers as it should.</exception>
    /// <exception cref="OperationCanceledException">The baseline was stopped before the first step began.</exception>
    public async Task<BaselineOutcome> RunAsync(CancellationToken stop, CancellationToken kill)
    {
        await _record.DescribeAsync(stop);
        var startedAt = time.GetUtcNow();
        var began = time.GetTimestamp();
        if (plan.WarmUp > TimeSpan.Zero)
        {
            observer.Show(new BaselineProgress(0, _schedule.Count, 0, plan.Rounds, plan.Rates[^1]), Planned(plan));
            var result = await generator.RunAsync(plan.Rates[^1], plan.WarmUp, plan.Seed, stop, kill);
            stop.ThrowIfCancellationRequested();
            await _record.RequireGoodAsync(result, time, stop);
        }

        await MeasureAsync(stop, kill);
        if (!_record.HasRound)
        {
            return new BaselineOutcome(null, _failure);
        }

        // Whatever has failed: what it notes belongs into the file.
        var useless = _record.NoteAnswers();
        _failure ??= useless;
        return new BaselineOutcome(_record.ToFile(startedAt, time.GetElapsedTime(began)), _failure);
    }

    private async Task MeasureAsync(CancellationToken stop, CancellationToken kill)
    {
        var began = time.GetTimestamp();
        // Nothing from the warm-up may show up in the first step, even where figures arrive late.
        var settled = true;
        foreach (var (index, (round, rate)) in _schedule.Index())
        {
            var overhead = index == 0 ? UsualOverhead : (time.GetElapsedTime(began) / index) - plan.Step;
            observer.Show(
                new BaselineProgress(index + 1, _schedule.Count, round, plan.Rounds, rate),
                (_schedule.Count - index) * (plan.Step + overhead));
            if (index % plan.Rates.Count == 0)
            {
                await _record.MeasureIdleAsync(settled, time, stop);
            }

            await _record.BeginStepAsync(settled, stop);
            if (stop.IsCancellationRequested)
            {
                return;
            }

            LoadResult result;
            try
            {
                result = await generator.RunAsync(rate, plan.Step, plan.Seed + (ulong)index + 1, stop, kill);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // The second Ctrl-C. This step is lost; those before it are not.
                return;
            }
            catch (OperationFailedException failure) when (_record.HasRound)
            {
                _failure = failure;
                return;
            }

            await _record.EndStepAsync(round, rate, result, stop);
            settled = false;
            if (result.Interrupted || stop.IsCancellationRequested)
            {
                return;
            }
        }
    }
}

/// <summary>
/// The order of the steps: a randomized block design. A round is a block, in which every rate is measured once, in a new order. Slow drift,
/// such as a machine that gets warm, then affects all rates alike, and no rate always follows the same other one.
/// </summary>
public static class BaselineSchedule
{
    /// <summary>The steps of all rounds in their order, which depends on the seed alone.</summary>
    /// <param name="rates">The rates.</param>
    /// <param name="rounds">How many rounds.</param>
    /// <param name="seed">The seed.</param>
    public static IReadOnlyList<(int Round, double Rate)> Make(IReadOnlyList<double> rates, int rounds, ulong seed)
    {
        var random = new Random(unchecked((int)(seed ^ (seed >> 32))));
        return [.. Enumerable.Range(1, rounds).SelectMany(round =>
        {
            double[] order = [.. rates];
            random.Shuffle(order);
            return order.Select(rate => (round, rate));
        })];
    }
}

/// <summary>How far a baseline has come.</summary>
/// <param name="Step">The number of the step that is running, from 1; 0 for the warm-up.</param>
/// <param name="Steps">How many steps there are.</param>
/// <param name="Round">The round.</param>
/// <param name="Rounds">How many rounds there are.</param>
/// <param name="Rate">The rate.</param>
public sealed record BaselineProgress(int Step, int Steps, int Round, int Rounds, double Rate)
{
    private const int BarWidth = 30;

    /// <summary>What is being done.</summary>
    public string Doing => Step == 0
        ? $"warm-up, {Figures.Rate(Rate)}/s"
        : string.Create(CultureInfo.InvariantCulture, $"step {Step} of {Steps}, round {Round} of {Rounds}, {Figures.Rate(Rate)}/s");

    /// <summary>A progress bar, and the time left.</summary>
    /// <param name="elapsed">How long it has taken.</param>
    /// <param name="left">How much longer it will take.</param>
    public static string Bar(TimeSpan elapsed, TimeSpan left)
    {
        var done = (int)(BarWidth * Math.Clamp(elapsed / (elapsed + left), 0, 1));
        return $"{new string('█', done)}{new string('░', BarWidth - done)} {Left(left)} left";
    }

    /// <summary>Formats a time for people: <c>2m05s</c>.</summary>
    /// <param name="time">The time.</param>
    public static string Left(TimeSpan time)
    {
        var seconds = (int)Math.Ceiling(Math.Max(0, time.TotalSeconds));
        return FormattableString.Invariant(seconds < 60 ? (FormattableString)$"{seconds}s" : $"{seconds / 60}m{seconds % 60:00}s");
    }
}
