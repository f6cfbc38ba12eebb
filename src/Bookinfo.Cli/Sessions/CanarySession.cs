using System.Globalization;
using System.Text.Json;
using Bookinfo.Cli.Terminal;
using Bookinfo.Foundation;
using Bookinfo.Kubernetes;
using Bookinfo.Local;
using Bookinfo.Measurement;

namespace Bookinfo.Cli.Sessions;

/// <summary>What <c>canary</c> does: finds what divides requests to reviews, changes it, measures, and says so.</summary>
/// <param name="options">What the user asked for.</param>
/// <param name="signals">Ctrl-C.</param>
internal sealed class CanarySession(CanaryOptions options, StopSignals signals, TimeProvider time) : ICanaryView
{
    private static readonly TimeSpan StatusLength = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    /// <summary>What to say after Ctrl-C.</summary>
    public string Interrupted { get; private set; } = "Interrupted; nothing was changed.";

    /// <summary>Divides requests otherwise, at once or in steps.</summary>
    /// <param name="shares">What part each version is to get.</param>
    /// <param name="walk">How to walk; <see langword="null"/> to do it at once.</param>
    /// <param name="rule">What a condition that cannot be decided counts as.</param>
    public Task<int> SetAsync(VersionShares shares, CanaryWalkOptions? walk, InconclusiveRule? rule) => RunAsync(async split =>
    {
        if (walk is null)
        {
            SetInterrupted($"Interrupted while {shares} was being set");
            var state = await WatchAsync($"Setting {shares}", split.SetAsync(shares, signals.Stop));
            return await TellAsync(CanaryReport.Of(split, state), ExitCode.Success);
        }

        var probe = await SplitProbe.CreateAsync(await split.FindPageAsync(signals.Stop), time, signals.Stop);
        SetInterrupted("Interrupted in the middle of a step");
        var outcome = await new CanaryWalk(split, probe, walk, this).RunAsync(shares, signals.Stop, signals.Kill);
        var report = CanaryReport.Of(split, outcome.State) with
        {
            End = outcome.End,
            Steps = outcome.Steps,
            // What was measured says nothing of how it is after it has gone back.
            Measured = outcome.End is CanaryEnd.Arrived or CanaryEnd.Interrupted && outcome.Steps is [.., var last]
                ? last.Measured
                : null,
        };
        var code = outcome.End switch
        {
            CanaryEnd.Arrived => ExitCode.Success,
            CanaryEnd.Interrupted => ExitCode.Interrupted,
            CanaryEnd.Inconclusive when rule is null => ExitCode.Inconclusive,
            _ => ExitCode.CanaryFailed,
        };
        await TellAsync(report, code);
        await ToolOutput.Messages.WriteLineAsync(outcome.End switch
        {
            CanaryEnd.Arrived => $"Done: {outcome.Shares}.",
            CanaryEnd.Interrupted => Stays(outcome.Shares),
            CanaryEnd.Inconclusive => $"bookinfo: a condition could not be decided, and it is {outcome.Shares} again, as before.",
            _ => $"bookinfo: a condition was violated, and it is {outcome.Shares} again, as before.",
        });
        return code;
    });

    /// <summary>Says how requests are divided, and measures that.</summary>
    /// <param name="rate">Page views a second.</param>
    /// <param name="duration">For how long; <see langword="null"/> for the usual time.</param>
    public Task<int> StatusAsync(double rate, TimeSpan? duration) => RunAsync(async split =>
    {
        var state = await split.ReadAsync(signals.Stop);
        var probe = await SplitProbe.CreateAsync(await split.FindPageAsync(signals.Stop), time, signals.Stop);
        var length = duration ?? StatusLength;
        var measured = await WatchAsync(
            string.Create(CultureInfo.InvariantCulture, $"Sending {rate * length.TotalSeconds:0} page views"),
            probe.RunAsync(rate, length, [], signals.Stop, signals.Kill));
        return await TellAsync(
            CanaryReport.Of(split, state) with { Measured = measured },
            measured.Interrupted ? ExitCode.Interrupted
            : measured is { Sent: > 0, Told: 0 } && measured.Failed == measured.Sent ? ExitCode.TargetUnreachable
            : ExitCode.Success);
    }, onlyReads: true);

    /// <summary>Goes back to how requests were divided before the first change.</summary>
    public Task<int> RollbackAsync() => RunAsync(async split =>
    {
        SetInterrupted("Interrupted while it was going back");
        if (await WatchAsync("Going back", split.RestoreAsync(null, signals.Stop)) is not { } state)
        {
            await ToolOutput.Messages.WriteLineAsync("There is nothing to go back to: 'canary set' has changed nothing here.");
            state = await split.ReadAsync(signals.Stop);
        }

        return await TellAsync(CanaryReport.Of(split, state), ExitCode.Success);
    });

    /// <inheritdoc/>
    /// <remarks>Work that ends within a second shows nothing.</remarks>
    public async Task<T> WatchAsync<T>(string what, Task<T> work)
    {
        await Task.WhenAny(work, Task.Delay(Soon, time));
        if (!work.IsCompleted)
        {
            await new WorkProgress(time) { TakesLongerAtFirst = false }.RunAsync(what, lastTime: null, _ => work);
        }

        return await work;
    }

    /// <inheritdoc/>
    public void Taken(int number, int count, SplitState state)
    {
        Interrupted = Stays($"{state.Shares}");
        ToolOutput.Messages.WriteLine(
            $"Step {number} of {count}: {state.Shares}{(state.Detail is null ? "" : $" ({state.Detail})")}.");
    }

    /// <inheritdoc/>
    public void Measured(SplitState state, SplitMeasurement measured)
    {
        SetInterrupted("Interrupted in the middle of a step");
        ToolOutput.Messages.WriteLine($"  {CanaryText.Line(measured)}");
        foreach (var condition in measured.Conditions)
        {
            ToolOutput.Messages.WriteLine($"  {condition.Text}");
        }
    }

    private static string Stays(string shares) =>
        $"Interrupted: {shares} stays set. 'bookinfo canary rollback' goes back to how it was before the first change.";

    private void SetInterrupted(string what) => Interrupted =
        $"{what}: 'bookinfo canary status' says how it is now, and 'bookinfo canary rollback' goes back to how it was before.";

    private async Task<int> RunAsync(Func<IVersionSplit, Task<int>> work, bool onlyReads = false)
    {
        await using var split = await OpenAsync(onlyReads);
        return await work(split);
    }

    private async Task<IVersionSplit> OpenAsync(bool onlyReads)
    {
        var tree = SourceTree.Find();
        if (options.Port is { } port)
        {
            return LocalSplit.Open(tree, new UriBuilder("http", "localhost", port).Uri);
        }

        if (!options.WantsCluster && RunLock.FindHeld(tree).Count > 0)
        {
            return LocalSplit.Open(tree, await LocalPage.FindAsync(tree, "name its port with --port"));
        }

        var cluster = await ClusterConnection.OpenAsync(Kubectl.Find(options.Context), signals.Stop);
        try
        {
            return await ClusterSplit.OpenAsync(
                cluster, options.Namespace ?? DeployedApplication.UsualNamespace,
                new ClusterSplitOptions(options.MostPods, options.Timeout, onlyReads), time, signals.Stop);
        }
        catch
        {
            cluster.Dispose();
            throw;
        }
    }

    private async Task<int> TellAsync(CanaryReport report, int exitCode)
    {
        if (options.Output == OutputFormat.Json)
        {
            await ToolOutput.Data.WriteLineAsync(JsonSerializer.Serialize(report, CanaryJson.Default.CanaryReport));
            return exitCode;
        }

        foreach (var line in CanaryText.Lines(report))
        {
            await ToolOutput.Data.WriteLineAsync(line);
        }

        return exitCode;
    }
}

/// <summary>Where <c>canary</c> looks, and how it says what it finds.</summary>
/// <param name="Port">The port of the page of an <c>up</c>; <see langword="null"/> to look.</param>
/// <param name="Namespace">The namespace; <see langword="null"/> for the usual one.</param>
/// <param name="Context">The context of kubectl's configuration; <see langword="null"/> for the current one.</param>
/// <param name="MostPods">The most pods of reviews, where their number divides requests.</param>
/// <param name="Timeout">How long pods may take to become ready.</param>
/// <param name="Output">How to write the outcome.</param>
internal sealed record CanaryOptions(
    int? Port, string? Namespace, string? Context, int MostPods, TimeSpan Timeout, OutputFormat Output)
{
    /// <summary>Whether a cluster is meant, even if an <c>up</c> runs here.</summary>
    public bool WantsCluster => (Namespace ?? Context) is not null;
}
