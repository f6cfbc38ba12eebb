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

/// <summary>What <c>verify</c> does: sends requests or takes a ledger, asks the platforms, and writes the report.</summary>
/// <param name="options">What the user asked for.</param>
/// <param name="signals">Ctrl-C.</param>
internal sealed class VerifySession(VerifyOptions options, StopSignals signals, TimeProvider time)
{
    private const string KeepOption = "--keep";

    private string? _kept;

    /// <summary>What to say after Ctrl-C.</summary>
    public string Interrupted => options.Ledger is { } earlier
        ? $"Interrupted. The ledger '{earlier}' is kept: 'bookinfo verify --ledger' takes it again."
        : _kept is null ? "Interrupted before the start."
        : $"Interrupted. What was sent is in '{_kept}': 'bookinfo verify --ledger' takes it.";

    /// <summary>Verifies.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync()
    {
        var ledger = options.Ledger;
        var run = ledger is null ? null : Expect(ledger);
        var page = run is not null ? new Uri(run.Target) : options.Url;
        await using var cluster = options.Cluster is null ? null : await options.Cluster.OpenAsync(page, time, signals.Stop);
        page ??= cluster is null
            ? await LocalPage.FindAsync(SourceTree.Find())
            : new Uri(cluster.Target.GetLeftPart(UriPartial.Authority));
        var sources = options.Platforms.Open(
            page, options.Cluster is { HasLogs: true } ? new PodLogs(cluster!.Cluster, cluster.Namespace, time) : null, options.Wait, time);
        try
        {
            if (ledger is null)
            {
                ledger = await DriveAsync(sources, page);
                run = Expect(ledger);
            }

            var results = await SourceGroup.CheckAsync(sources, run!, Say, signals.Stop);
            return await VerificationOutput.WriteAsync(VerificationReport.Of(ProgramVersion.Text, ledger, run!, results), options.Output);
        }
        finally
        {
            sources.ForEach(source => source.Dispose());
        }
    }

    private RunExpectation Expect(string ledger) => new LedgerOracle(ledger).Expect(signals.Stop);

    private async Task<string> DriveAsync(IReadOnlyList<ISource> sources, Uri page)
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

        foreach (var source in sources)
        {
            await source.PrepareAsync(Say, signals.Stop);
        }

        var traceSeed = IndexedRandom.NewSeed();
        var requests = await BookinfoTraffic.PrepareAsync(
            page, options.Requests.Insecure, options.Requests.Headers, options.Paths, traceSeed, options.Requests.Timeout, time,
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
        return ledger;
    }

    private string UsualLedger()
    {
        var directory = Path.Combine(SourceTree.Find().Artifacts, "verify");
        Directory.CreateDirectory(directory);
        return Path.Combine(
            directory, string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow().UtcDateTime:yyyyMMdd-HHmmss-fff}.ledger"));
    }

    private static void Say(string line) => ToolOutput.Messages.WriteLine(line);
}

/// <summary>What the user asked <c>verify</c> for.</summary>
/// <param name="Url">Where to; <see langword="null"/> for what <c>up</c> runs here.</param>
/// <param name="Paths">Which paths; none for the usual mix.</param>
/// <param name="Rate">Requests a second.</param>
/// <param name="Duration">How long.</param>
/// <param name="Requests">How requests are sent.</param>
/// <param name="Seed">Makes what is left to chance repeatable.</param>
/// <param name="Ledger">The ledger of an earlier run, in which case nothing is sent.</param>
/// <param name="Keep">Where to keep the ledger of this one; <see langword="null"/> for the usual place.</param>
/// <param name="Overwrite">Whether that file may be replaced.</param>
/// <param name="Cluster">The cluster that it is about; <see langword="null"/> for none.</param>
/// <param name="Platforms">What to ask.</param>
/// <param name="Wait">How long to wait for figures to stand still.</param>
/// <param name="Output">How to write the report.</param>
internal sealed record VerifyOptions(
    Uri? Url, IReadOnlyList<string> Paths, double Rate, TimeSpan Duration, RequestSettings Requests, ulong Seed, string? Ledger,
    string? Keep, bool Overwrite, VerifiedCluster? Cluster, VerifiedPlatforms Platforms, TimeSpan Wait, VerifyFormat Output);
