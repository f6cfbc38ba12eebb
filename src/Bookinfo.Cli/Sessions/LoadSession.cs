using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Bookinfo.Cli.Terminal;
using Bookinfo.Cli.Views;
using Bookinfo.Foundation;
using Bookinfo.Load;
using Bookinfo.Measurement;
using Bookinfo.Traffic;

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

    /// <summary>The least time of a search: a rate takes two trials, and each some time to connect.</summary>
    /// <param name="rate">The rate to begin with.</param>
    public static TimeSpan ShortestSearch(double rate) => 4 * SaturationTrial.LengthOf(rate, ShortestTrial);

    /// <summary>Runs the load, or the search.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync()
    {
        if (OpenFileLimit.FindProblem(options.Connections) is { } problem)
        {
            throw new OperationFailedException(FailureKind.InvalidRequest, $"--connections: {problem}.");
        }

        if (OutputPath.FindProblem([(LedgerOption, options.Ledger), (HdrOption, options.Hdr), (HtmlOption, options.Html)]) is { } clash)
        {
            throw new OperationFailedException(FailureKind.InvalidRequest, clash);
        }

        ReportOutput.RequireUsable(HtmlOption, options.Html, options.Overwrite);
        var url = options.Url ?? await LocalPage.FindAsync(SourceTree.Find());
        var target = await LoadTarget.ResolveAsync(url, options.Insecure, signals.Stop);
        var traceSeed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        var setup = new BookinfoTraffic(target, options.Headers, traceSeed, options.Timeout, BookinfoAnswers.Usual, time);
        var mix = options.Paths.Count > 0 ? await setup.PathsAsync(options.Paths, signals.Stop) : await setup.UsualAsync(signals.Stop);
        var plan = new LoadPlan(
            target, mix, options.CreateProfile(), options.Arrivals, options.Seed, traceSeed, options.Connections, options.Timeout);
        return options.Objective is { } objective ? await SearchAsync(plan, objective) : await MeasureAsync(plan, setup.Samples);
    }

    private async Task<int> MeasureAsync(LoadPlan plan, IReadOnlyList<Sample> setup)
    {
        await using var ledger = options.Ledger is { } ledgerFile
            ? new LedgerWriter(await CreateAsync(LedgerOption, ledgerFile), plan, ProgramVersion.Text)
            : null;
        await using var hdr = options.Hdr is { } hdrFile ? new HdrLog(await CreateAsync(HdrOption, hdrFile)) : null;
        LoadResult result;
        var breakdown = new LoadBreakdown(plan.Mix);
        var timeline = new LoadTimeline(plan.Profile);
        var view = CreateView();
        try
        {
            ILoadObserver?[] observers = [breakdown, timeline, view, ledger, hdr];
            result = await new LoadEngine(plan, [.. observers.OfType<ILoadObserver>()], time).RunAsync(setup, signals.Stop, signals.Kill);
        }
        finally
        {
            await EndAsync(view);
        }

        await Task.WhenAll(ledger?.EndAsync(GiveUp) ?? Task.CompletedTask, hdr?.EndAsync(GiveUp) ?? Task.CompletedTask);
        var further = new List<LoadWarning>();
        if (await FindWrongSchemeAsync(plan.Target, result.Total) is { } hint)
        {
            further.Add(new LoadWarning("wrong-scheme", $"{hint}."));
        }

        if (ledger is { Lost: > 0 })
        {
            further.Add(new LoadWarning("ledger-lost", $"{ledger.Lost.ToString("N0", CultureInfo.InvariantCulture)} requests are not in "
                + $"the ledger, as it could not be written fast enough."));
        }

        var details = LoadDetails.Of(result, breakdown, timeline);
        var report = LoadReport.From(result, further).With(
            details, [.. options.FailOn.Select(condition => condition.Check(result, breakdown, timeline, details.Phases))]);
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
                ? await ReportOutput.WriteAsync(HtmlOption, html, options.Overwrite, LoadPage.Create(report, timeline))
                : null,
        ];
        var code = await ConditionExit.TellAsync(
            [.. report.Conditions!.Select(condition => (condition.Outcome, condition.Text))], failures, options.Inconclusive);
        return result.Interrupted ? ExitCode.Interrupted
            : result.Total is { Sent: > 0, Answered: 0 } && Array.TrueForAll(failures, failure => failure is null)
                ? ExitCode.TargetUnreachable
            : code;
    }

    private async Task<int> SearchAsync(LoadPlan plan, TimeSpan objective)
    {
        var started = time.GetTimestamp();
        var usual = TimeSpan.FromSeconds(
            Math.Clamp(options.Duration.TotalSeconds / TrialsInSearch, ShortestTrial.TotalSeconds, LongestTrial.TotalSeconds));
        var number = 0;
        LoadResult? all = null;
        var search = new SaturationSearch(async rate =>
        {
            var length = SaturationTrial.LengthOf(rate, usual);
            if (signals.Stop.IsCancellationRequested || time.GetElapsedTime(started) + length > options.Duration)
            {
                return null;
            }

            // Other arrivals and other trace ids in each trial: they are to tell what differs by chance.
            number++;
            var trialPlan = plan with
            {
                Profile = new ConstantProfile(rate, length.TotalSeconds),
                Seed = plan.Seed + (ulong)number,
                TraceSeed = plan.TraceSeed + (ulong)number,
            };
            var result = await new LoadEngine(trialPlan, [], time).RunAsync([], signals.Stop, signals.Kill);
            if (result.Interrupted)
            {
                return null;
            }

            all = all is null ? result : LoadResult.Merge(plan, [all, result]);
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
            all is null ? [] : [.. AnswerCheck.Check(all)]);
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

        if (all is not null && await FindWrongSchemeAsync(plan.Target, all.Total) is { } hint)
        {
            await ToolOutput.Messages.WriteLineAsync($"{hint}.");
        }

        return report.Interrupted ? ExitCode.Interrupted
            : report.NothingWasGood ? ExitCode.TargetUnreachable
            : ExitCode.Success;
    }

    private async Task<string?> FindWrongSchemeAsync(LoadTarget target, Recording total)
    {
        try
        {
            return await SchemeProbe.AskAsync(target, total, time, signals.Stop);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>
    /// Ends the wait for whoever takes nothing: a pipe whose reader sleeps, a terminal that is held up. Whoever has ended the run with
    /// Ctrl-C already has to say once more that he does not wait.
    /// </summary>
    private CancellationToken GiveUp => signals.Stop.IsCancellationRequested ? signals.Kill : signals.Stop;

    private async Task EndAsync(ILoadView view)
    {
        try
        {
            await view.DisposeAsync().AsTask().WaitAsync(GiveUp);
        }
        catch (OperationCanceledException)
        {
            // What it showed last stays there.
        }
    }

    /// <summary>On stderr, so that it is there as well when the outcome goes to a file.</summary>
    private ILoadView CreateView() => ToolOutput.MessagesTerminal is { } terminal
        ? new LiveLoadView(terminal, options.Duration.TotalSeconds, time)
        : new PlainLoadView(ToolOutput.Messages, options.Duration.TotalSeconds);

    private async Task<FileStream> CreateAsync(string option, string file)
    {
        if (!options.Overwrite && !Directory.Exists(file))
        {
            ReportOutput.RequireFree(option, file);
        }

        try
        {
            // A file that another run writes is refused, before what is in it is cut off. Of a device or a pipe, several may be written to.
            var share = OutputPath.IsKept(file) ? FileShare.None : FileShare.ReadWrite;
            // A pipe that nobody reads holds up whoever opens it. Nobody waits for that longer than the user does.
            return await Task.Run(() => new FileStream(file, FileMode.Create, FileAccess.Write, share)).WaitAsync(signals.Stop);
        }
        catch (Exception exception) when (OutputFile.IsRefusal(exception))
        {
            var why = Directory.Exists(file) ? "it is a directory" : exception.Message;
            throw new OperationFailedException(FailureKind.InvalidRequest, $"{option}: the file '{file}' cannot be written: {why}");
        }
    }
}

/// <summary>What the user asked <c>load</c> for.</summary>
/// <param name="Url">Where to; <see langword="null"/> for what <c>up</c> runs here.</param>
/// <param name="Paths">Which paths; none for the usual mix.</param>
/// <param name="Headers">Further headers.</param>
/// <param name="Rate">Requests a second.</param>
/// <param name="Duration">How long.</param>
/// <param name="Profile">The rate over time.</param>
/// <param name="From">The rate that a ramp or a day begins with; <see langword="null"/> for the usual one.</param>
/// <param name="Peak">The rate in a spike; <see langword="null"/> for the usual one.</param>
/// <param name="Steps">How many steps.</param>
/// <param name="Arrivals">How arrivals lie around the rate.</param>
/// <param name="Seed">Makes what is left to chance repeatable.</param>
/// <param name="Connections">How many connections.</param>
/// <param name="Timeout">How long a request may take.</param>
/// <param name="Insecure">Whether any certificate will do.</param>
/// <param name="Objective">
/// What the p99 must stay under, when the highest rate for that is to be found; else <see langword="null"/>.
/// </param>
/// <param name="FailOn">What must hold for the outcome.</param>
/// <param name="Inconclusive">
/// What a condition that cannot be decided counts as; <see langword="null"/> for an exit code of its own.
/// </param>
/// <param name="Html">The file for the page, if one is to be written.</param>
/// <param name="Ledger">The file for the ledger, if one is to be kept.</param>
/// <param name="Hdr">The file for the log of histograms, if one is to be written.</param>
/// <param name="Overwrite">Whether files that exist may be replaced.</param>
/// <param name="Output">How to write the outcome.</param>
internal sealed record LoadOptions(
    Uri? Url,
    IReadOnlyList<string> Paths,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    double Rate,
    TimeSpan Duration,
    ProfileKind Profile,
    double? From,
    double? Peak,
    int Steps,
    ArrivalProcess Arrivals,
    ulong Seed,
    int Connections,
    TimeSpan Timeout,
    bool Insecure,
    TimeSpan? Objective,
    IReadOnlyList<LoadCondition> FailOn,
    InconclusiveRule? Inconclusive,
    string? Html,
    string? Ledger,
    string? Hdr,
    bool Overwrite,
    OutputFormat Output)
{
    /// <summary>Makes the profile.</summary>
    public RateProfile CreateProfile() => new ProfileShape(Profile, Rate, From, Peak, Steps).Over(Duration);
}
