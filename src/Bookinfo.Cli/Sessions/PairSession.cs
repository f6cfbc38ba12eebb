using System.Globalization;
using Bookinfo.Cli.Terminal;
using Bookinfo.Cli.Views;
using Bookinfo.Foundation;
using Bookinfo.Kubernetes;
using Bookinfo.Load;
using Bookinfo.Measurement;

namespace Bookinfo.Cli.Sessions;

/// <summary>What <c>baseline</c> does with two systems: measures both in turns, and says by how much they differ.</summary>
/// <param name="options">What the user asked for.</param>
/// <param name="signals">Ctrl-C.</param>
internal sealed class PairSession(BaselineOptions options, StopSignals signals, TimeProvider time)
{
    /// <summary>How long the systems may take to answer after they were restarted.</summary>
    private static readonly TimeSpan RestartPatience = TimeSpan.FromMinutes(2);

    private static readonly string[] Names = ["Before: ", "After:  ", "Control:"];

    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Measures, and writes the files. If it is interrupted, they have the rounds that were done.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    /// <exception cref="OperationFailedException">It cannot be done; nothing was written.</exception>
    /// <exception cref="TargetException">Nothing answers at one of them.</exception>
    public async Task<int> RunAsync()
    {
        var files = new BaselineFiles(options.Name);
        files.Check(options.Overwrite);
        var finder = new SubjectFinder(options, static () => LocalPage.FindAsync(SourceTree.Find()), time);
        List<ISubject> subjects = [];
        try
        {
            subjects.Add(await finder.FindAsync(options.Url, options.Namespace, signals.Stop));
            subjects.Add(await finder.FindAsync(options.SecondUrl, options.Against, signals.Stop));
            if (options.Control is { } control)
            {
                subjects.Add(await finder.FindControlAsync(control, signals.Stop));
            }

            using var alone = options.Shared ? null : MeasurementLock.Take(subjects);
            return await MeasureAsync(subjects, files);
        }
        finally
        {
            foreach (var subject in subjects)
            {
                await subject.DisposeAsync();
            }
        }
    }

    private async Task<int> MeasureAsync(List<ISubject> subjects, BaselineFiles files)
    {
        foreach (var (name, subject) in Names.Zip(subjects))
        {
            await ToolOutput.Messages.WriteLineAsync($"{name} {subject.Description}");
        }

        var requests = new RequestSettings(options.Headers, options.Connections, options.Timeout, options.Insecure);
        var targets = subjects.Select(subject => subject.Target).ToList();
        var generator = await TurnsGenerator.CreateAsync(targets, requests, options.Seed, time, signals.Stop);
        var plan = new BaselinePlan(
            Path.GetFileName(options.Name), options.Rates, options.Rounds, options.Step, options.WarmUp, requests, options.Seed, null);
        Func<CancellationToken, Task>? restart = options.Between is { } command ? stop => RestartAsync(command, targets, stop) : null;
        var faults = subjects.ConvertAll(subject => FaultWatch.Of(subject, options.Context, time));
        await Task.WhenAll(faults.Select(watch => watch.LookAsync(signals.Stop)));
        PairedOutcome outcome;
        await using (var view = new BaselineView(PairedRun.Planned(plan, restart is not null), time))
        {
            outcome = await new PairedRun(plan, subjects, generator, restart, view, time).RunAsync(signals.Stop, signals.Kill);
        }

        if (outcome.File is not { } measured)
        {
            throw outcome.Failure ?? (Exception)new OperationCanceledException(signals.Stop);
        }

        await Task.WhenAll(faults.Select(watch => watch.LookAsync(signals.Kill)));
        var file = measured with
        {
            Before = measured.Before.With(faults[0].Seen),
            After = measured.After.With(faults[1].Seen),
            Control = measured.Control?.With(faults[^1].Seen),
        };

        var report = PairedComparison.Of(file, files.Paths[0]);
        var (written, failure) = await files.WriteAsync(
            [BaselineStore.Write(file), ComparisonPage.Create(report, file.Before, file.After), ComparisonMarkdown.Create(report)],
            options.Overwrite,
            signals.GiveUp);
        await CompareSession.WriteAsync(report, options.Output, all: false);
        await BaselineFiles.TellAsync(file.Complete, written);
        return (failure ?? outcome.Failure) is { } why ? throw why : file.Complete ? ExitCode.Success : ExitCode.Interrupted;
    }

    /// <summary>Runs the user's command, which restarts the systems, and waits until all of them answer with a complete page.</summary>
    private async Task RestartAsync(string command, IReadOnlyList<Uri> targets, CancellationToken stop)
    {
        var log = Path.GetTempFileName();
        try
        {
            // Processes that the command leaves running may keep writing; this does not wait for them.
            var ended = await ToolProcess.RunAsync(
                "/bin/sh", ["-c", "exec >>\"$1\" 2>&1 </dev/null; eval \"$2\"", "sh", log, command], Environment.CurrentDirectory, stop);
            if (ended.ExitCode != 0)
            {
                var said = File.ReadLines(log).LastOrDefault(line => line.Length > 0);
                throw new OperationFailedException(
                    FailureKind.Failed,
                    $"the command of --between ended with {ToolResult.DescribeExit(ended.ExitCode)}"
                        + $"{(said is null ? "" : $": {ToolResult.Cut(said)}")}.");
            }
        }
        finally
        {
            File.Delete(log);
        }

        using var client = PatientProbe.CreateClient(RequestTimeout);
        var probe = new PatientProbe(client, PageCheck.Judge, RestartPatience, static _ => { }, time);
        var places = targets.Select(target => ($"{target}", (IReadOnlyList<string>)[$"{target}"])).ToList();
        foreach (var (place, address, wrong) in await probe.FindAsync(places, stop))
        {
            if (address is null)
            {
                throw new OperationFailedException(
                    FailureKind.TargetUnreachable,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{place} does not answer as it should {RestartPatience.TotalMinutes:0} minutes after the command of --between: "
                        + $"{wrong ?? "there is no answer"}."));
            }
        }
    }
}
