using Bookinfo.Cli.Commands;
using Bookinfo.Cli.Terminal;
using Bookinfo.Cli.Views;
using Bookinfo.Foundation;
using Bookinfo.Kubernetes;
using Bookinfo.Load;
using Bookinfo.Measurement;

namespace Bookinfo.Cli.Sessions;

/// <summary>What <c>baseline</c> does: finds what is to be measured, measures it in rounds, and writes the files.</summary>
/// <param name="options">What the user asked for.</param>
/// <param name="signals">Ctrl-C.</param>
internal sealed class BaselineSession(BaselineOptions options, StopSignals signals, TimeProvider time)
{
    private const int Width = 79;

    /// <summary>How long load workers may take to become ready; their image may have to be pulled.</summary>
    private static readonly TimeSpan WorkerPatience = TimeSpan.FromMinutes(3);

    /// <summary>Measures, and writes the files also when it is interrupted between rounds.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    /// <exception cref="OperationFailedException">It cannot be done; nothing was written.</exception>
    /// <exception cref="TargetException">Nothing answers.</exception>
    public async Task<int> RunAsync()
    {
        var files = new BaselineFiles(options.Name);
        files.Check(options.Overwrite);
        await using var subject = await new SubjectFinder(options, new Uri(TrafficOptions.LocalUrl), time).FindAsync(signals.Stop);
        await ToolOutput.Messages.WriteLineAsync($"Measuring {subject.Description}.");
        await using var generator = await CreateGeneratorAsync(subject);
        var plan = new BaselinePlan(
            Path.GetFileName(options.Name), options.Rates, options.Rounds, options.Step, options.WarmUp, Requests, options.Seed,
            options.Workers);
        BaselineOutcome outcome;
        await using (var view = new BaselineView(BaselineRun.Planned(plan), time))
        {
            outcome = await new BaselineRun(plan, subject, generator, view, time).RunAsync(signals.Stop, signals.Kill);
        }

        if (outcome.File is not { } baseline)
        {
            throw outcome.Failure ?? (Exception)new OperationCanceledException(signals.Stop);
        }

        var (written, failure) = await files.WriteAsync(baseline, options.Overwrite);
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

        ILoadGenerator? generator = null;
        var settings = new ClusterGeneratorOptions(
            space, workers, options.WorkerImage, subject.Target, Requests, WorkerPatience);
        await new WorkProgress(time).RunAsync(
            $"Starting {(workers == 1 ? "a load worker" : $"{workers} load workers")} in namespace {space}",
            async report => generator = await ClusterGenerator.StartAsync(
                cluster, settings, report, text => ToolOutput.Messages.WriteLine($"bookinfo: {text}"), time, signals.Stop));
        return generator!;
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

        await ToolOutput.Messages.WriteLineAsync(
            $"{(baseline.Complete ? "" : "Not all rounds were done; those that were are kept. ")}Written: "
            + $"{(written.Count == 0 ? "nothing" : string.Join(", ", written))}");
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

        foreach (var line in baseline.Notes.SelectMany(note => (IEnumerable<string>)["", .. LoadText.Wrap($"Note: {note}")]))
        {
            yield return line;
        }
    }
}
