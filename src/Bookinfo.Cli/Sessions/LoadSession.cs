using System.Globalization;
using System.Text.Json;
using Bookinfo.Cli.Terminal;
using Bookinfo.Cli.Views;
using Bookinfo.Foundation;
using Bookinfo.Load;
using Bookinfo.Measurement;

namespace Bookinfo.Cli.Sessions;

/// <summary>What <c>load</c> does: makes the requests, runs them or searches, shows it, and writes the outcome.</summary>
/// <param name="options">What the user asked for.</param>
/// <param name="signals">Ctrl-C.</param>
internal sealed class LoadSession(LoadOptions options, StopSignals signals, TimeProvider time)
{
    /// <summary>How many trials the time of a search is meant for.</summary>
    private const double TrialsInSearch = 30;

    private const string LedgerOption = "--ledger";
    private const string HdrOption = "--hdr";
    private const string HtmlOption = "--html";

    private static readonly TimeSpan ShortestTrial = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestTrial = TimeSpan.FromSeconds(10);

    /// <summary>What to say of a run that was interrupted and has no outcome.</summary>
    public string Interrupted { get; private set; } = "Interrupted before the start.";

    /// <summary>The least time of a search: a rate takes two trials, and each some time to connect.</summary>
    /// <param name="rate">The rate to begin with.</param>
    public static TimeSpan ShortestSearch(double rate) => 4 * SaturationTrial.LengthOf(rate, ShortestTrial);

    /// <summary>Runs the load, or the search.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync()
    {
        // First, because a process that can open only a few files fails at whatever else it does.
        if (options.Workers is null && OpenFileLimit.FindProblem(options.Connections) is { } problem)
        {
            throw new OperationFailedException(FailureKind.InvalidRequest, $"--connections: {problem}.");
        }

        if (OutputPath.FindProblem([(LedgerOption, options.Ledger), (HdrOption, options.Hdr), (HtmlOption, options.Html)]) is { } clash)
        {
            throw new OperationFailedException(FailureKind.InvalidRequest, clash);
        }

        ReportOutput.RequireUsable(HtmlOption, options.Html, options.Overwrite);
        await using ILoadSource source = options.Workers is { } workers
            ? await ClusterLoadSource.StartAsync(options, workers, signals, time)
            : await LocalLoadSource.CreateAsync(options, signals, time);
        return options.Objective is { } objective ? await SearchAsync(source, objective) : await MeasureAsync(source);
    }

    private FaultWatch WatchFaults(Uri page) => options.Workers is { } workers
        ? FaultWatch.OfPods(workers.Namespace, workers.Context, time)
        : FaultWatch.OfPage(page, time);

    private async Task<int> MeasureAsync(ILoadSource source)
    {
        var plan = source.Plan;
        await using var ledger = options.Ledger is { } ledgerFile
            ? new LedgerWriter(
                await ReportOutput.OpenAsync(LedgerOption, ledgerFile, options.Overwrite, signals.Stop), plan, ProgramVersion.Text)
            : null;
        await using var hdr = options.Hdr is { } hdrFile
            ? new HdrLog(await ReportOutput.OpenAsync(HdrOption, hdrFile, options.Overwrite, signals.Stop))
            : null;
        Interrupted = source.Interrupted;
        var faults = WatchFaults(plan.Target.Uri);
        await faults.LookAsync(signals.Stop);
        LoadResult result;
        RunDetails details;
        // What workers in a cluster have measured is known only at the end.
        var view = options.Workers is null ? LoadView.Create(options.Duration, time) : null;
        try
        {
            ILoadObserver?[] observers = [view, ledger, hdr];
            (result, details) = await source.MeasureAsync([.. observers.OfType<ILoadObserver>()]);
        }
        finally
        {
            await (view is null ? Task.CompletedTask : LoadView.EndAsync(view, signals.GiveUp));
        }

        await faults.LookAsync(signals.GiveUp);
        await Task.WhenAll(
            ledger?.EndAsync(signals.GiveUp) ?? Task.CompletedTask, hdr?.EndAsync(signals.GiveUp) ?? Task.CompletedTask);
        var further = new List<LoadWarning>();
        if (await source.FindWrongSchemeAsync(result.Total) is { } hint)
        {
            further.Add(new LoadWarning("wrong-scheme", $"{hint}."));
        }

        if (ledger is { Lost: > 0 })
        {
            further.Add(new LoadWarning("ledger-lost", $"{ledger.Lost.ToString("N0", CultureInfo.InvariantCulture)} requests are not in "
                + $"the ledger, as it could not be written fast enough."));
        }

        var (breakdown, timeline) = details;
        var figures = LoadDetails.Of(result, breakdown, timeline);
        var report = LoadReport.From(result, further).With(faults.Seen).With(
            figures, [.. options.FailOn.Select(condition => condition.Check(result, breakdown, timeline, figures.Phases))]);
        if (options.Output == OutputFormat.Json)
        {
            await ToolOutput.Data.WriteLineAsync(JsonSerializer.Serialize(report, LoadJson.Default.LoadReport));
        }
        else
        {
            foreach (var line in LoadText.Report(report))
            {
                await ToolOutput.Data.WriteLineAsync(line.TrimEnd());
            }
        }

        string?[] failures =
        [
            ledger?.Failure is { } ledgerFailure ? $"{LedgerOption}: the file could not be written: {ledgerFailure.Message}" : null,
            hdr?.Failure is { } hdrFailure ? $"{HdrOption}: the file could not be written: {hdrFailure.Message}" : null,
            options.Html is { } html
                ? await ReportOutput.WriteAsync(HtmlOption, html, options.Overwrite, LoadPage.Create(report, timeline), signals.GiveUp)
                : null,
        ];
        await ReportOutput.TellAsync((options.Ledger, failures[0]), (options.Hdr, failures[1]), (options.Html, failures[2]));
        var code = await ConditionExit.TellAsync(
            [.. report.Conditions!.Select(condition => (condition.Outcome, condition.Text))], failures, options.Inconclusive);
        return result.Interrupted ? ExitCode.Interrupted
            : result.Total is { Sent: > 0, Answered: 0 } && Array.TrueForAll(failures, failure => failure is null)
                ? ExitCode.TargetUnreachable
            : code;
    }

    private async Task<int> SearchAsync(ILoadSource source, TimeSpan objective)
    {
        Interrupted = source.Interrupted;
        var plan = source.Plan;
        var started = time.GetTimestamp();
        var faults = WatchFaults(plan.Target.Uri);
        await faults.LookAsync(signals.Stop);
        var usual = TimeSpan.FromSeconds(
            Math.Clamp(options.Duration.TotalSeconds / TrialsInSearch, ShortestTrial.TotalSeconds, LongestTrial.TotalSeconds));
        ulong number = 0;
        LoadResult? all = null;
        var search = new SaturationSearch(async rate =>
        {
            var length = SaturationTrial.LengthOf(rate, usual);
            if (signals.Stop.IsCancellationRequested || time.GetElapsedTime(started) + length > options.Duration)
            {
                return null;
            }

            var result = await source.TryAsync(rate, length, ++number);
            if (result.Interrupted)
            {
                return null;
            }

            all = all is null ? result : LoadResult.Merge(plan, [all, result]) with
            {
                // The same connections again, where the parts of a run have their own.
                SilentConnections = Math.Max(all.SilentConnections, result.SilentConnections),
            };
            var trial = SaturationTrial.From(rate, result, objective);
            var left = options.Duration - time.GetElapsedTime(started);
            await ToolOutput.Messages.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{SaturationText.Rate(rate),9}/s   "
                + $"{100 * trial.Slow ?? 0,5:0.0}% over {LoadText.Time((long)objective.TotalMicroseconds)}   "
                + $"{100 * trial.Failed,5:0.0}% failed   "
                + $"{(trial.Passed ? "passed" : "missed")}   {Math.Max(0, left.TotalSeconds):0} s left at most"));
            return trial;
        });
        await search.RunAsync(options.Rate);
        await faults.LookAsync(signals.GiveUp);

        var highest = search.Trials.Where(trial => trial.Rate == search.Highest).ToList();
        var lowestFailed = search.Trials.Where(trial => trial.Rate == search.LowestFailed).ToList();
        var report = new SaturationReport(
            SaturationReport.CurrentVersion,
            ProgramVersion.Text,
            plan.Target.Uri.ToString(),
            (long)objective.TotalMicroseconds,
            search.Highest,
            highest.Count(trial => trial.Passed),
            highest.Count,
            search.LowestFailed,
            lowestFailed.Count(trial => !trial.Passed),
            lowestFailed.Count,
            search.IsComplete,
            signals.Stop.IsCancellationRequested,
            all?.Total.Good ?? 0,
            all?.Total.Errors().ToDictionary() ?? [],
            all?.Unsent ?? 0,
            search.Trials,
            [.. all is null ? [] : AnswerCheck.Check(all), .. LoadWarning.Of(faults.Seen)]);
        if (options.Output == OutputFormat.Json)
        {
            await ToolOutput.Data.WriteLineAsync(JsonSerializer.Serialize(report, LoadJson.Default.SaturationReport));
        }
        else
        {
            foreach (var line in SaturationText.Lines(report).SelectMany(LoadText.Wrap))
            {
                await ToolOutput.Data.WriteLineAsync(line);
            }
        }

        if (all is not null && await source.FindWrongSchemeAsync(all.Total) is { } hint)
        {
            await ToolOutput.Messages.WriteLineAsync($"{hint}.");
        }

        return report.Interrupted ? ExitCode.Interrupted
            : report.NothingWasGood ? ExitCode.TargetUnreachable
            : ExitCode.Success;
    }
}
