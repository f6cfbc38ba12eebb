using Bookinfo.Cli.Terminal;
using Bookinfo.Cli.Views;
using Bookinfo.Foundation;
using Bookinfo.Kubernetes;
using Bookinfo.Load;
using Bookinfo.Local;
using Bookinfo.Measurement;

namespace Bookinfo.Cli.Sessions;

/// <summary>What <c>baseline</c> does: finds what is to be measured, measures it in rounds, and writes the files.</summary>
/// <param name="options">What the user asked for.</param>
/// <param name="signals">Ctrl-C.</param>
internal sealed class BaselineSession(BaselineOptions options, StopSignals signals, TimeProvider time)
{
    private const int Width = 79;

    /// <summary>Measures, and writes the files also when it is interrupted between rounds.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    /// <exception cref="OperationFailedException">It cannot be done; nothing was written.</exception>
    /// <exception cref="TargetException">Nothing answers.</exception>
    public async Task<int> RunAsync()
    {
        var files = new BaselineFiles(options.Name);
        files.Check(options.Overwrite);
        await using var subject = await new SubjectFinder(options, static () => LocalPage.FindAsync(SourceTree.Find()), time)
            .FindAsync(options.Url, options.Namespace, signals.Stop);
        using var alone = options.Shared ? null : MeasurementLock.Take([subject]);
        await ToolOutput.Messages.WriteLineAsync($"Measuring {subject.Description}.");
        await using var generator = await CreateGeneratorAsync(subject);
        var plan = new BaselinePlan(
            Path.GetFileName(options.Name), options.Rates, options.Rounds, options.Step, options.WarmUp, Requests, options.Seed,
            options.Workers);
        var faults = FaultWatch.Of(subject, options.Context, time);
        await faults.LookAsync(signals.Stop);
        BaselineOutcome outcome;
        await using (var view = new BaselineView(BaselineRun.Planned(plan), time))
        {
            outcome = await new BaselineRun(plan, subject, generator, view, time).RunAsync(signals.Stop, signals.Kill);
        }

        if (outcome.File is not { } measured)
        {
            throw outcome.Failure ?? (Exception)new OperationCanceledException(signals.Stop);
        }

        await faults.LookAsync(signals.Kill);
        var baseline = measured.With(faults.Seen);

        var (written, failure) = await files.WriteAsync(
            [BaselineStore.Write(baseline), BaselinePage.Create(baseline), BaselineMarkdown.Create(baseline)], options.Overwrite,
            signals.GiveUp);
        await ReportAsync(baseline, written);
        return (failure ?? outcome.Failure) is { } why ? throw why : baseline.Complete ? ExitCode.Success : ExitCode.Interrupted;
    }

    private RequestSettings Requests => new(options.Headers, options.Connections, options.Timeout, options.Insecure);

    /// <summary>The one place where the generator is chosen.</summary>
    private async Task<ILoadGenerator> CreateGeneratorAsync(ISubject subject)
    {
        if (options.Workers is not { } workers || subject is not ClusterSubject { Cluster: var cluster, Namespace: var space })
        {
            return await LocalGenerator.CreateAsync(subject.Target, Requests, options.Seed, time, signals.Stop);
        }

        var settings = new ClusterGeneratorOptions(
            space, workers, options.WorkerImage, subject.Target, Requests, WorkerStart.Patience);
        return await WorkerStart.RunAsync(cluster, settings, time, signals.Stop);
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

        await BaselineFiles.TellAsync(baseline.Complete, written);
    }

    private static IEnumerable<string> Lines(BaselineFile baseline)
    {
        ReportTable[] tables =
        [
            BaselineTables.Page(baseline), BaselineTables.Errors(baseline),
            .. baseline.Summary.Select(rate => BaselineTables.Latencies(rate, narrow: true)), BaselineTables.Use(baseline, narrow: true),
            BaselineTables.Services(baseline, narrow: true),
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

        if (BaselineTables.LackPercentiles(baseline))
        {
            yield return "";
            yield return LoadText.TooFew;
        }

        foreach (var line in baseline.Notes.SelectMany(note => (IEnumerable<string>)["", .. LoadText.Wrap($"Note: {note}")]))
        {
            yield return line;
        }
    }
}

/// <summary>What the user asked <c>baseline</c> for.</summary>
/// <param name="Url">Where to; <see langword="null"/> to find out.</param>
/// <param name="Name">What to call it, with the directory of its files.</param>
/// <param name="Overwrite">Whether files that exist may be replaced.</param>
/// <param name="Rates">The rates, in requests a second, ascending.</param>
/// <param name="Rounds">How many rounds.</param>
/// <param name="Step">How long each rate is sent in each round.</param>
/// <param name="WarmUp">How long the highest rate is sent before.</param>
/// <param name="Headers">Further headers.</param>
/// <param name="Connections">How many connections.</param>
/// <param name="Timeout">How long a request may take.</param>
/// <param name="Insecure">Whether any certificate will do.</param>
/// <param name="Seed">What the order of the steps comes from.</param>
/// <param name="Namespace">The namespace of the pods; <see langword="null"/> for the usual one.</param>
/// <param name="Context">The context of kubectl's configuration; <see langword="null"/> for the current one.</param>
/// <param name="WantsCluster">Whether the pods of a cluster are to be measured, wherever the requests go.</param>
/// <param name="Output">How to write the outcome to stdout.</param>
internal sealed record BaselineOptions(
    Uri? Url,
    string Name,
    bool Overwrite,
    IReadOnlyList<double> Rates,
    int Rounds,
    TimeSpan Step,
    TimeSpan WarmUp,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    int Connections,
    TimeSpan Timeout,
    bool Insecure,
    ulong Seed,
    string? Namespace,
    string? Context,
    bool WantsCluster,
    OutputFormat Output)
{
    /// <summary>How many workers send from inside the cluster; <see langword="null"/> to send from here.</summary>
    public int? Workers { get; init; }

    /// <summary>Their image; <see langword="null"/> for the one that belongs to what is deployed.</summary>
    public string? WorkerImage { get; init; }

    /// <summary>Where the second system is, when two are measured in turns.</summary>
    public Uri? SecondUrl { get; init; }

    /// <summary>The namespace of the second system's pods.</summary>
    public string? Against { get; init; }

    /// <summary>Where a third system is that is the same as the first; <see langword="null"/> for none.</summary>
    public Uri? Control { get; init; }

    /// <summary>A command that starts the systems anew between rounds; <see langword="null"/> for none.</summary>
    public string? Between { get; init; }

    /// <summary>Whether to measure even if another process on this machine measures the same.</summary>
    public bool Shared { get; init; }

    /// <summary>Whether two systems are measured in turns.</summary>
    public bool AreTwo => SecondUrl is not null || Against is not null;
}

/// <summary>Finds what is to be measured: what the user named, else what <c>up</c> runs here, else what <c>deploy</c> deployed.</summary>
/// <param name="options">What the user asked for.</param>
/// <param name="here">Finds where <c>up</c> has its page on this machine.</param>
internal sealed class SubjectFinder(BaselineOptions options, Func<Task<Uri>> here, TimeProvider time)
{
    private const string Page = "/productpage";

    /// <summary>Finds a subject.</summary>
    /// <param name="address">Where it is; <see langword="null"/> to find out.</param>
    /// <param name="space">The namespace of its pods; <see langword="null"/> for the usual one.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">There is nothing: the message says what to do.</exception>
    public async Task<ISubject> FindAsync(Uri? address, string? space, CancellationToken cancellationToken)
    {
        var url = address is null ? null : WithPage(address);
        if (options.WantsCluster)
        {
            return await OpenAsync(url, space, cancellationToken);
        }

        if (url is not null)
        {
            return await LocalSubject.FindAsync(url, time, cancellationToken) ?? (ISubject)new UrlSubject(url);
        }

        var local = new Uri(await here(), Page);
        if (await LocalSubject.FindAsync(local, time, cancellationToken) is { } subject)
        {
            return subject;
        }

        try
        {
            return await OpenAsync(null, space, cancellationToken);
        }
        catch (OperationFailedException failure)
        {
            throw new OperationFailedException(
                FailureKind.TargetUnreachable,
                $"nothing to measure. On this machine no Bookinfo answers at {local}: 'bookinfo up' starts one. In a cluster: "
                + $"{failure.Message} Or name an address.");
        }
    }

    /// <summary>Finds the control. Of one in a cluster only the latency is known, as nobody says where its pods are.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<ISubject> FindControlAsync(Uri address, CancellationToken cancellationToken)
    {
        var url = WithPage(address);
        return options.WantsCluster ? new UrlSubject(url) : await FindAsync(url, null, cancellationToken);
    }

    private static Uri WithPage(Uri address) => address.AbsolutePath == "/" ? new Uri(address, Page + address.Query) : address;

    private async Task<ISubject> OpenAsync(Uri? target, string? wanted, CancellationToken cancellationToken)
    {
        var space = wanted ?? DeployedApplication.UsualNamespace;
        target ??= options.Workers is null ? null : ClusterGeneratorOptions.UsualTarget(space);
        var cluster = await ClusterConnection.OpenAsync(Kubectl.Find(options.Context), cancellationToken);
        try
        {
            return await ClusterSubject.OpenAsync(cluster, space, target, ToolOutput.Messages.WriteLine, time, cancellationToken);
        }
        catch (Exception exception)
        {
            cluster.Dispose();
            throw ClusterFailure.Explain(exception, cluster.Config, cancellationToken) ?? exception;
        }
    }
}
