using System.Globalization;
using Bookinfo.Cli.Commands;
using Bookinfo.Cli.Kubernetes;
using Bookinfo.Cli.Load;
using Bookinfo.Cli.Local;
using Bookinfo.Cli.Report;
using Bookinfo.Load;

namespace Bookinfo.Cli.Baseline;

/// <summary>What <c>baseline</c> does: finds what is to be measured, measures it in rounds, and writes the files.</summary>
/// <param name="options">What the user asked for.</param>
/// <param name="signals">Ctrl-C.</param>
/// <param name="time">The clock.</param>
internal sealed class BaselineSession(BaselineOptions options, StopSignals signals, TimeProvider time)
{
    private const int Width = 79;

    /// <summary>What a step takes besides sending, as long as that is not known: connecting, and asking the services what they use.</summary>
    private static readonly TimeSpan UsualOverhead = TimeSpan.FromSeconds(0.5);

    /// <summary>How long load workers may take to become ready; their image may have to be pulled.</summary>
    private static readonly TimeSpan WorkerPatience = TimeSpan.FromMinutes(3);

    private readonly IReadOnlyList<(int Round, double Rate)> _schedule = BaselineSchedule.Make(options.Rates, options.Rounds, options.Seed);
    private readonly List<StepMeasurement> _steps = [];

    /// <summary>Why it ended before all rounds were done, if it was not Ctrl-C.</summary>
    private CommandFailedException? _failure;

    /// <summary>In the order in which they came up, each once.</summary>
    private readonly OrderedDictionary<string, bool> _notes = [];

    /// <summary>Measures, and writes the files also when it is interrupted between rounds.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    /// <exception cref="CommandFailedException">It cannot be done; nothing was written.</exception>
    /// <exception cref="TargetException">Nothing answers.</exception>
    public async Task<int> RunAsync()
    {
        var files = new BaselineFiles(options.Name);
        files.Check(options.Overwrite);
        try
        {
            await using var subject = await new SubjectFinder(options, new Uri(TrafficOptions.LocalUrl), time).FindAsync(signals.Stop);
            await ToolOutput.Messages.WriteLineAsync($"Measuring {subject.Description}.");
            await using var generator = await CreateGeneratorAsync(subject);
            var facts = await subject.DescribeAsync(signals.Stop);
            Note(facts.Notes);
            var startedAt = time.GetUtcNow();
            var began = time.GetTimestamp();
            await MeasureAsync(subject, generator);
            if (!HasRound)
            {
                throw new OperationCanceledException(signals.Stop);
            }

            NoteWarnings();
            var baseline = new BaselineFile(
                BaselineFile.CurrentVersion,
                Product.Version,
                Path.GetFileName(options.Name),
                startedAt,
                Math.Round(time.GetElapsedTime(began).TotalSeconds, 3),
                _steps.Count == _schedule.Count && !_steps[^1].Interrupted,
                new BaselineSettings(
                    subject.Target.ToString(), subject.Kind, options.Workers is null ? "local" : "cluster", options.Workers ?? 1, options.Rates, options.Rounds, options.Step.TotalSeconds, options.WarmUp.TotalSeconds,
                    options.Connections, options.Timeout.TotalSeconds, options.Seed),
                new EnvironmentFacts(MachineFacts.Read(), facts.Cluster, facts.Nodes, facts.Mesh),
                facts.Services,
                _steps,
                BaselineSummary.Of(_steps),
                [.. _notes.Keys]);
            var (written, failure) = await files.WriteAsync(baseline);
            await ReportAsync(baseline, written);
            return (failure ?? _failure) is { } why ? throw why : baseline.Complete ? ExitCode.Success : ExitCode.Interrupted;
        }
        catch (OperationCanceledException) when (signals.Stop.IsCancellationRequested)
        {
            await ToolOutput.Messages.WriteLineAsync("Interrupted before the first round was done: nothing was written.");
            return ExitCode.Interrupted;
        }
    }

    /// <summary>Whether there is a round of which every rate was measured: with less there is nothing to report.</summary>
    private bool HasRound => _steps.Where(step => !step.Interrupted).GroupBy(step => step.Round).Any(round => round.Count() == options.Rates.Count);

    /// <summary>The one place where the generator is chosen.</summary>
    private async Task<ILoadGenerator> CreateGeneratorAsync(ISubject subject)
    {
        if (options.Workers is not { } workers || subject is not ClusterSubject { Cluster: var cluster, Namespace: var space })
        {
            return await LocalGenerator.CreateAsync(subject.Target, options, time, signals.Stop);
        }

        ILoadGenerator? generator = null;
        var settings = new ClusterGeneratorOptions(
            space, workers, options.WorkerImage, subject.Target, options.Headers, options.Connections, options.Timeout, options.Insecure, WorkerPatience);
        await new BuildProgress(time).RunAsync(
            $"Starting {(workers == 1 ? "a load worker" : $"{workers} load workers")} in namespace {space}",
            async report => generator = await ClusterGenerator.StartAsync(cluster, settings, report, time, signals.Stop));
        return generator!;
    }

    private async Task MeasureAsync(ISubject subject, ILoadGenerator generator)
    {
        await using var view = new BaselineView(options.WarmUp + (_schedule.Count * (options.Step + UsualOverhead)), time);
        if (options.WarmUp > TimeSpan.Zero)
        {
            await WarmUpAsync(generator, view);
        }

        var began = time.GetTimestamp();
        // Nothing of the warm-up may come up in the first step, also where figures come late.
        var settled = true;
        foreach (var (index, (round, rate)) in _schedule.Index())
        {
            var overhead = index == 0 ? UsualOverhead : (time.GetElapsedTime(began) / index) - options.Step;
            view.Show(new BaselineProgress(index + 1, _schedule.Count, round, options.Rounds, rate), (_schedule.Count - index) * (options.Step + overhead));
            var notes = new List<string>();
            var before = await ReadAsync(subject, settled, notes);
            if (signals.Stop.IsCancellationRequested)
            {
                return;
            }

            LoadResult result;
            try
            {
                result = await generator.RunAsync(rate, options.Step, options.Seed + (ulong)index + 1, signals.Stop, signals.Kill);
            }
            catch (OperationCanceledException) when (signals.Stop.IsCancellationRequested)
            {
                // The second Ctrl-C. This step is lost, those before it are not.
                return;
            }
            catch (CommandFailedException failure) when (HasRound)
            {
                _failure = failure;
                return;
            }

            var after = await ReadAsync(subject, settled: true, notes);
            settled = false;
            _steps.Add(StepMeasurement.From(round, rate, result, result.Interrupted ? new Dictionary<string, UseMeasurement>() : UseDifference.Of(before, after, notes)));
            if (result.Interrupted || signals.Stop.IsCancellationRequested)
            {
                return;
            }

            Note(notes);
        }
    }

    private async Task WarmUpAsync(ILoadGenerator generator, BaselineView view)
    {
        view.Show(new BaselineProgress(0, _schedule.Count, 0, options.Rounds, options.Rates[^1]), options.WarmUp + (_schedule.Count * (options.Step + UsualOverhead)));
        var result = await generator.RunAsync(options.Rates[^1], options.WarmUp, options.Seed, signals.Stop, signals.Kill);
        signals.Stop.ThrowIfCancellationRequested();
        if (result.Total.Good == 0)
        {
            var why = result.Total.Errors() is [var error, ..] ? error.Key : "none was sent";
            var hint = options.Workers is null ? await SchemeProbe.AskAsync(result.Plan.Target, time, signals.Stop) : null;
            throw new TargetException(string.Create(
                CultureInfo.InvariantCulture, $"not one of {result.Due} requests of the warm-up was answered as it should be: {why}. {hint ?? "Is that Bookinfo, and is it well? 'bookinfo load' says more"}."));
        }
    }

    private async Task<IReadOnlyList<InstanceUse>> ReadAsync(ISubject subject, bool settled, ICollection<string> notes)
    {
        try
        {
            return await subject.ReadUseAsync(settled, notes, signals.Stop);
        }
        catch (OperationCanceledException) when (signals.Stop.IsCancellationRequested)
        {
            // What has been measured is kept, without this.
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

    /// <summary>What the generator says of itself, each kind once.</summary>
    private void NoteWarnings()
    {
        var steps = _steps.Where(step => !step.Interrupted).ToList();
        Note(steps
            .SelectMany(step => step.Warnings.Select(warning => (step.Rate, Warning: warning)))
            .GroupBy(one => one.Warning.Code)
            .Select(group => string.Create(
                CultureInfo.InvariantCulture,
                $"In {group.Count()} of {steps.Count} steps (at {string.Join(", ", group.Select(one => one.Rate).Distinct().Order().Select(Figures.Rate))}/s), {group.Key}, first: {group.First().Warning.Text}")));
    }

    private async Task ReportAsync(BaselineFile baseline, IReadOnlyList<string> written)
    {
        if (options.Output == OutputFormat.Json)
        {
            await ToolOutput.Data.WriteAsync(BaselineStore.Write(baseline));
        }
        else
        {
            foreach (var line in Lines(baseline))
            {
                await ToolOutput.Data.WriteLineAsync(line);
            }
        }

        await ToolOutput.Messages.WriteLineAsync($"{(baseline.Complete ? "" : "Not all rounds were done; those that were are kept. ")}Written: {(written.Count == 0 ? "nothing" : string.Join(", ", written))}");
    }

    private static IEnumerable<string> Lines(BaselineFile baseline)
    {
        ReportTable[] tables =
        [
            BaselineTables.Page(baseline), BaselineTables.Errors(baseline), .. baseline.Summary.Select(rate => BaselineTables.Latencies(rate, narrow: true)), BaselineTables.Use(baseline, narrow: true), BaselineTables.Services(baseline, narrow: true),
        ];
        foreach (var line in LoadText.Wrap(BaselineText.Lead(baseline)))
        {
            yield return line;
        }

        foreach (var table in tables.Where(table => table.Rows.Count > 0))
        {
            var text = new TextTable([.. table.Headings]);
            foreach (var row in table.Rows)
            {
                text.Add([.. row]);
            }

            foreach (var line in (IEnumerable<string>)["", .. LoadText.Wrap(table.Caption), .. text.Format(Width).SelectMany(row => row)])
            {
                yield return line;
            }
        }

        foreach (var line in baseline.Notes.SelectMany(note => (IEnumerable<string>)["", .. LoadText.Wrap($"Note: {note}")]))
        {
            yield return line;
        }
    }
}
