using System.Globalization;
using Bookinfo.Cli.Terminal;
using Bookinfo.Cli.Views;
using Bookinfo.Foundation;
using Bookinfo.Kubernetes;
using Bookinfo.Load;
using Bookinfo.Measurement;
using Bookinfo.Traffic;
using Bookinfo.Verification;

namespace Bookinfo.Cli.Sessions;

/// <summary>
/// What <c>verify</c> does: checks the application, sends requests or takes a ledger, asks the platforms, and writes the report.
/// </summary>
/// <param name="options">What the user asked for.</param>
/// <param name="signals">Ctrl-C.</param>
internal sealed class VerifySession(VerifyOptions options, StopSignals signals, TimeProvider time)
{
    private const string KeepOption = "--keep";

    private string? _kept;

    /// <summary>What to say after Ctrl-C.</summary>
    public string Interrupted => options.Ledger is { } earlier
        ? $"Interrupted. The ledger '{earlier}' is kept: 'bookinfo verify --ledger' takes it again."
        : options.App == AppChoice.Only ? "Interrupted; the application was not checked in full."
        : _kept is null ? "Interrupted before the start."
        : $"Interrupted. What was sent is in '{_kept}': 'bookinfo verify --ledger' takes it.";

    /// <summary>Checks the application, drives a run or takes its ledger, asks the platforms, and writes the report.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync()
    {
        if (options.Ledger is { } ledger)
        {
            var run = Expect(ledger);
            using var cluster = options.HasPodLogs ? await options.Place.ConnectAsync(signals.Stop) : null;
            return await AskAsync(new Uri(run.Target), cluster, _ => Task.FromResult(new Driven(ledger, run, [])));
        }

        using var app = await VerifiedApp.OpenAsync(options.Place, time, signals.Stop);
        if (options.App == AppChoice.Only)
        {
            return await VerificationOutput.WriteAsync(
                VerificationReport.Of(ProgramVersion.Text, app.Page, await CheckAsync(app)), options.Output);
        }

        return await AskAsync(app.Page, app.Cluster, sources => DriveAsync(sources, app));
    }

    /// <summary>Asks platforms about a run, and writes the report.</summary>
    /// <param name="page">Where its requests go.</param>
    /// <param name="cluster">The cluster with the pods whose logs are to be verified.</param>
    /// <param name="getRun">Gets the run.</param>
    private async Task<int> AskAsync(
        Uri page, ClusterConnection? cluster, Func<IReadOnlyList<ISource>, Task<Driven>> getRun)
    {
        var logs = options.HasPodLogs ? new PodLogs(cluster!, options.Place.UsedNamespace, time) : null;
        var sources = options.Platforms.Open(page, logs, options.Wait, time);
        try
        {
            var (ledger, run, before) = await getRun(sources);
            var results = await SourceGroup.CheckAsync(sources, run, Say, signals.Stop);
            return await VerificationOutput.WriteAsync(
                VerificationReport.Of(ProgramVersion.Text, ledger, run, [.. before, .. results]), options.Output);
        }
        finally
        {
            sources.ForEach(source => source.Dispose());
        }
    }

    private async Task<AppOutcome> CheckAsync(VerifiedApp app)
    {
        var target = await app.FindTargetAsync(signals.Stop) with
        {
            Headers = options.Requests.Headers,
            Insecure = options.Requests.Insecure,
        };
        return await new AppVerification(target, options.Requests.Timeout, time).RunAsync(Say, signals.Stop);
    }

    private RunExpectation Expect(string ledger) => new LedgerOracle(ledger).Expect(signals.Stop);

    /// <summary>Checks the application and then sends the requests of the run, so that those of the checks are not among them.</summary>
    private async Task<Driven> DriveAsync(IReadOnlyList<ISource> sources, VerifiedApp app)
    {
        if (OpenFileLimit.FindProblem(options.Requests.Connections) is { } problem)
        {
            throw new OperationFailedException(FailureKind.InvalidRequest, $"--connections: {problem}.");
        }

        var ledger = options.Keep ?? UsualLedger();
        ReportOutput.RequireUsable(KeepOption, ledger, options.Overwrite);
        if (!OutputPath.IsKept(ledger))
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest, $"{KeepOption}: '{ledger}' does not keep what is written to it: name a file.");
        }

        IReadOnlyList<SignalResult> before = options.App == AppChoice.None ? [] : [(await CheckAsync(app)).Signal];
        foreach (var source in sources)
        {
            await source.PrepareAsync(Say, signals.Stop);
        }

        var traceSeed = IndexedRandom.NewSeed();
        var requests = await BookinfoTraffic.PrepareAsync(
            app.Page, options.Requests.Insecure, options.Requests.Headers, options.Paths, traceSeed, options.Requests.Timeout, time,
            requiresUsers: false, signals.Stop);
        var plan = new LoadPlan(
            requests.Target, requests.Mix, new ConstantProfile(options.Rate, options.Duration.TotalSeconds), ArrivalProcess.Even,
            options.Seed, traceSeed, options.Requests.Connections, options.Requests.Timeout);
        await using var writer = new LedgerWriter(
            await ReportOutput.OpenAsync(KeepOption, ledger, options.Overwrite, signals.Stop), plan, ProgramVersion.Text);
        _kept = ledger;
        var view = LoadView.Create(options.Duration, time);
        try
        {
            await new LoadEngine(plan, [view, writer], time).RunAsync(requests.Setup, signals.Stop, signals.Kill);
        }
        finally
        {
            await LoadView.EndAsync(view, signals.GiveUp);
        }

        await writer.EndAsync(signals.Kill);
        signals.Stop.ThrowIfCancellationRequested();
        if (writer.Failure is { } failure)
        {
            throw new OperationFailedException(
                FailureKind.Failed, $"{KeepOption}: the file '{ledger}' could not be written: {failure.Message.TrimEnd('.')}.");
        }

        Say($"The ledger of the run is '{ledger}'.");
        return new Driven(ledger, Expect(ledger), before);
    }

    private string UsualLedger()
    {
        var directory = Path.Combine(SourceTree.Find().Artifacts, "verify");
        Directory.CreateDirectory(directory);
        return Path.Combine(
            directory, string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow().UtcDateTime:yyyyMMdd-HHmmss-fff}.ledger"));
    }

    private static void Say(string line) => ToolOutput.Messages.WriteLine(line);

    /// <summary>A run that is over.</summary>
    /// <param name="Ledger">The file that has it.</param>
    /// <param name="Run">What must be seen of it.</param>
    /// <param name="Before">What came of what was checked before it.</param>
    private sealed record Driven(string Ledger, RunExpectation Run, IReadOnlyList<SignalResult> Before);
}

/// <summary>What the user asked <c>verify</c> for.</summary>
/// <param name="Place">Which Bookinfo is meant.</param>
/// <param name="App">Whether the application itself is checked.</param>
/// <param name="Paths">Which paths; none for the usual mix.</param>
/// <param name="Rate">Requests a second.</param>
/// <param name="Duration">How long.</param>
/// <param name="Requests">How requests are sent.</param>
/// <param name="Seed">Makes what is left to chance repeatable.</param>
/// <param name="Ledger">The ledger of an earlier run, in which case nothing is sent.</param>
/// <param name="Keep">Where to keep the ledger of this one; <see langword="null"/> for the usual place.</param>
/// <param name="Overwrite">Whether that file may be replaced.</param>
/// <param name="HasPodLogs">Whether the logs of pods are verified; it is in a cluster then.</param>
/// <param name="Platforms">What to ask.</param>
/// <param name="Wait">How long to wait for figures to stand still.</param>
/// <param name="Output">How to write the report.</param>
internal sealed record VerifyOptions(
    FaultPlace Place, AppChoice App, IReadOnlyList<string> Paths, double Rate, TimeSpan Duration, RequestSettings Requests, ulong Seed,
    string? Ledger, string? Keep, bool Overwrite, bool HasPodLogs, VerifiedPlatforms Platforms, TimeSpan Wait, VerifyFormat Output);

/// <summary>Whether <c>verify</c> checks the application itself.</summary>
internal enum AppChoice
{
    /// <summary>Before the run.</summary>
    Before,

    /// <summary>Not at all.</summary>
    None,

    /// <summary>And nothing else: no run, and no platforms.</summary>
    Only,
}
