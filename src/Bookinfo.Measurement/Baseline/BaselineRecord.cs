using System.Globalization;
using Bookinfo.Foundation;
using Bookinfo.Load;
using Bookinfo.Traffic;

namespace Bookinfo.Measurement;

/// <summary>Collects what is measured of one subject, step by step, for its file.</summary>
/// <param name="plan">What is to be measured.</param>
/// <param name="subject">The subject.</param>
internal sealed class BaselineRecord(BaselinePlan plan, ISubject subject)
{
    /// <summary>How long nothing is sent in each round: half of it for the services to come to rest, and half to measure.</summary>
    public static readonly TimeSpan QuietSpan = TimeSpan.FromSeconds(2);

    /// <summary>A service that uses less of a processor sleeps more often than not when a request comes.</summary>
    private const double LowCores = 0.5;

    private readonly List<StepMeasurement> _steps = [];

    /// <summary>The notes in the order in which they came up, each once.</summary>
    private readonly OrderedDictionary<string, bool> _notes = [];

    private SubjectFacts? _facts;
    private IReadOnlyList<InstanceUse> _before = [];
    private IReadOnlyDictionary<string, IdleUse> _idle = new Dictionary<string, IdleUse>();
    private List<string> _notesOfStep = [];

    /// <summary>Whether there is a complete round, in which every rate was measured. Without one there is nothing to report.</summary>
    public bool HasRound =>
        _steps.Where(step => !step.Interrupted).GroupBy(step => step.Round).Any(round => round.Count() == plan.Rates.Count);

    private bool IsComplete => _steps.Count == plan.Rates.Count * plan.Rounds && !_steps[^1].Interrupted;

    /// <summary>Finds out what does not change during the measurement.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task DescribeAsync(CancellationToken cancellationToken)
    {
        _facts = await subject.DescribeAsync(cancellationToken);
        Note(_facts.Notes);
    }

    /// <summary>Makes sure that the warm-up was answered as it should be.</summary>
    /// <param name="result">The warm-up.</param>
    /// <param name="time">Tells the time and waits.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="TargetException">Nothing answers as it should.</exception>
    public async Task RequireGoodAsync(LoadResult result, TimeProvider time, CancellationToken cancellationToken)
    {
        if (result.Total.Good == 0)
        {
            var why = result.Total.Errors() is [var error, ..] ? error.Key : "none was sent";
            var hint = plan.Workers is null
                ? await SchemeProbe.AskAsync(result.Plan.Target, result.Total, time, cancellationToken)
                : null;
            throw new TargetException(NothingGood($"{result.Due} requests of the warm-up", why, hint));
        }

        if (Enumerable.Range(300, 100).Where(Redirect.Is).Sum(result.Total.Count) == result.Total.Sent)
        {
            var where = result.RedirectedTo is { } location ? $" to {Redirect.Printable(location)}" : "";
            throw new TargetException(
                $"every request of the warm-up was answered with a redirect{where}, and redirects are not followed: "
                + "name the address that it leads to.");
        }
    }

    /// <summary>Measures what the services use while nothing is sent, for the steps until this is done again.</summary>
    /// <param name="settled">Whether something was sent since the last step.</param>
    /// <param name="time">Tells the time and waits.</param>
    /// <param name="stop">Ends it early; the idle share of the steps is then not known.</param>
    public async Task MeasureIdleAsync(bool settled, TimeProvider time, CancellationToken stop)
    {
        _notesOfStep = [];
        _idle = new Dictionary<string, IdleUse>();
        if ((await ReadAsync(settled, stop)).Count == 0)
        {
            return;
        }

        // What was put off while there were requests is done meanwhile: a service that is not native compiles its code once more. The code
        // that answers readings has been compiled by now as well.
        await Task.Delay(QuietSpan / 2, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var first = await ReadAsync(settled: false, stop);
        var second = await ReadAsync(settled: false, stop);
        await Task.Delay(QuietSpan / 2, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _idle = UseDifference.Idle(first, second, await ReadAsync(settled: true, stop));
        if (!stop.IsCancellationRequested)
        {
            Note(first.Select(use => use.Service).Distinct().Except(_idle.Keys).Select(
                service => $"What {service} uses when idle was not known in every round: CPU figures are of the other rounds."));
        }
    }

    /// <summary>Reads what the services have used before a step.</summary>
    /// <param name="settled">Whether the reading must include everything that was used before.</param>
    /// <param name="stop">Ends the reading; the step then has no figures of CPU and memory.</param>
    public async Task BeginStepAsync(bool settled, CancellationToken stop)
    {
        _notesOfStep = [];
        _before = await ReadAsync(settled, stop);
    }

    /// <summary>Keeps a step.</summary>
    /// <param name="round">The round.</param>
    /// <param name="rate">The rate that was asked for.</param>
    /// <param name="result">The outcome of the step.</param>
    /// <param name="stop">Ends the reading of what the services have used.</param>
    public async Task EndStepAsync(int round, double rate, LoadResult result, CancellationToken stop)
    {
        var after = await ReadAsync(settled: true, stop);
        var use = result.Interrupted ? new Dictionary<string, UseMeasurement>() : UseDifference.Of(_before, after, _idle, _notesOfStep);
        _steps.Add(StepMeasurement.From(round, rate, result, use));
        if (!result.Interrupted && !stop.IsCancellationRequested)
        {
            Note(_notesOfStep);
        }
    }

    /// <summary>
    /// Notes what the answers reveal about the measurement: figures look complete even if they are of another page, or of failures only.
    /// </summary>
    /// <returns>Why the measurement is useless; <see langword="null"/> if it is not.</returns>
    public OperationFailedException? NoteAnswers()
    {
        NoteWarnings();
        var steps = _steps.Where(step => !step.Interrupted).ToList();
        if (IsComplete && steps.TrueForAll(step => step.Requests.Good == 0))
        {
            var errors = steps.SelectMany(step => step.Errors).GroupBy(error => error.Key, error => error.Value);
            var why = errors.MaxBy(error => error.Sum())?.Key ?? "none was sent";
            return new OperationFailedException(
                FailureKind.TargetUnreachable, NothingGood($"{steps.Sum(step => step.Requests.Due)} requests", why));
        }

        if (subject.Target.AbsolutePath == BookinfoTraffic.PagePath
            && steps.TrueForAll(step => !step.Latencies.ContainsKey(Measure.Server)))
        {
            Note([
                "No answer had the header Server-Timing, so only the latency of the whole request is known: "
                + $"something on the way removes it, or {subject.Target} is not the productpage of this program.",
            ]);
        }

        if (Compiling.Note(steps) is { } warmingUp)
        {
            Note([warmingUp]);
        }

        if (steps.SelectMany(step => step.Use.Values).Any(use => use.CpuSeconds / use.Seconds < LowCores))
        {
            Note([BaselineText.LowRates]);
        }

        return null;
    }

    /// <summary>Puts what was measured into a file.</summary>
    /// <param name="startedAt">When the warm-up began.</param>
    /// <param name="took">How long the whole took.</param>
    public BaselineFile ToFile(DateTimeOffset startedAt, TimeSpan took) => new(
        BaselineFile.CurrentVersion,
        ProgramVersion.Text,
        plan.Name,
        startedAt,
        Math.Round(took.TotalSeconds, 3),
        IsComplete,
        new BaselineSettings(
            subject.Target.ToString(),
            subject.Kind,
            plan.Workers is null ? "local" : "cluster",
            plan.Workers ?? 1,
            plan.Rates,
            plan.Rounds,
            plan.Step.TotalSeconds,
            plan.WarmUp.TotalSeconds,
            plan.Requests.Connections,
            plan.Requests.Timeout.TotalSeconds,
            plan.Seed,
            [.. plan.Requests.Headers.Select(header => header.Key).Order(StringComparer.OrdinalIgnoreCase)]),
        new EnvironmentFacts(MachineFacts.Read(), _facts!.Cluster, _facts.Nodes, _facts.Mesh),
        _facts.Services,
        _steps,
        BaselineSummary.Of(_steps),
        [.. _notes.Keys],
        _facts.Setup);

    private static string NothingGood(string requests, string why, string? hint = null) => string.Create(
        CultureInfo.InvariantCulture,
        $"none of {requests} got the expected answer: {why}. "
        + $"{hint ?? "Is that Bookinfo, and is it healthy? 'bookinfo load' says more"}.");

    private async Task<IReadOnlyList<InstanceUse>> ReadAsync(bool settled, CancellationToken stop)
    {
        try
        {
            return await subject.ReadUseAsync(settled, _notesOfStep, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What was measured before is kept, without this reading.
            return [];
        }
    }

    private void Note(IEnumerable<string> notes)
    {
        foreach (var note in notes)
        {
            _notes.TryAdd(note, true);
        }
    }

    /// <summary>Notes the warnings of the steps, each kind once.</summary>
    private void NoteWarnings()
    {
        var steps = _steps.Where(step => !step.Interrupted).ToList();
        Note(steps
            .SelectMany(step => step.Warnings.Select(warning => (step.Rate, Warning: warning)))
            .GroupBy(one => one.Warning.Code)
            .Select(
                group => (Rates: string.Join(", ", group.Select(one => one.Rate).Distinct().Order().Select(Figures.Rate)), Warnings: group))
            .Select(one => string.Create(
                CultureInfo.InvariantCulture,
                $"{one.Warnings.Count()} of {steps.Count} steps (at {one.Rates}/s) have a warning ({one.Warnings.Key}). The first: "
                + $"{one.Warnings.First().Warning.Text}")));
    }
}
