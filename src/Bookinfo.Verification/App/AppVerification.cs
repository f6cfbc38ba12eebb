using System.Globalization;
using System.Text.Json;
using Bookinfo.Foundation;

namespace Bookinfo.Verification;

/// <summary>
/// Whether what is deployed obeys the contract: asked from outside, by requests that have nothing to do with the run that platforms are
/// verified by. They are sent and done with before it begins, because they reach the same services and so the same metrics, traces and
/// logs.
/// </summary>
/// <param name="target">The application.</param>
/// <param name="patience">How long an answer may take.</param>
/// <param name="time">Tells the time and waits.</param>
public sealed class AppVerification(AppTarget target, TimeSpan patience, TimeProvider time)
{
    /// <summary>What the signal is called.</summary>
    public const string Signal = "app";

    /// <summary>A process that has not answered so often is not asked any more: each time takes all of the patience.</summary>
    private const int MostUnanswered = 2;

    /// <summary>How many failed checks of a process are shown.</summary>
    private const int MostExamples = 10;

    /// <summary>A request is counted and logged when its answer has been written, which whoever reads it may see before.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    private readonly Dictionary<AppArea, Line> _lines = AppArea.All.ToDictionary(area => area, _ => new Line());
    private readonly Dictionary<string, List<string>> _unanswered = [];
    private readonly List<string> _notes = [];

    private string Origin => target.Page.GetLeftPart(UriPartial.Authority);

    /// <summary>How many pages are loaded to see which versions of reviews they come from.</summary>
    internal int Views { get; init; } = VersionSpread.UsualViews;

    /// <summary>Checks everything.</summary>
    /// <param name="say">Is told what is done.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">Nothing answers at the address of the page.</exception>
    public async Task<AppOutcome> RunAsync(Action<string> say, CancellationToken cancellationToken)
    {
        using var client = new AppClient(patience, target.Insecure, time);
        var (start, firstId) = (time.GetUtcNow(), AppProbe.FirstIdAt(time));
        AppProbe ProbeOf(string process) => new(client, target.AddressOf(process)!, firstId, cancellationToken)
        {
            UsualHeaders = process == AppContract.Page ? target.Headers : [],
        };
        await RequireAnswerAsync(ProbeOf(AppContract.Page));
        say($"Checking what {Origin} and the services behind it answer.");
        foreach (var area in AppContract.Checks.Where(check => target.AddressOf(check.Process) is not null)
            .GroupBy(check => (check.Area, check.Process)))
        {
            await RunAsync([.. area], ProbeOf(area.Key.Process));
        }

        await RunVersionsAsync(ProbeOf(AppContract.Page));
        await RunHeadersAsync(ProbeOf, cancellationToken);
        var end = time.GetUtcNow();
        await Task.Delay(Settling, time, cancellationToken);
        return new AppOutcome(Result(client.Requests), start, end, client.Requests);
    }

    private async Task RequireAnswerAsync(AppProbe page)
    {
        try
        {
            await page.GetAsync("/health");
        }
        catch (ContractBrokenException exception) when (exception.IsUnanswered)
        {
            throw new OperationFailedException(
                FailureKind.TargetUnreachable,
                $"{Origin} does not answer: {exception.Message} Start Bookinfo with 'bookinfo up', or name another address.");
        }
    }

    /// <summary>Makes the checks of a process in an area.</summary>
    private async Task RunAsync(IReadOnlyList<AppCheck> checks, AppProbe probe)
    {
        var (area, process) = (checks[0].Area, checks[0].Process);
        var (line, broken, skipped) = (_lines[area], new List<(AppCheck Check, string Message)>(), 0);
        line.Expected += checks.Count;
        foreach (var check in checks)
        {
            if (_unanswered.GetValueOrDefault(process)?.Count >= MostUnanswered)
            {
                skipped++;
                continue;
            }

            switch (await TryAsync(() => check.RunAsync(probe)))
            {
                case null:
                    line.Seen++;
                    break;
                case { IsUnanswered: true } silence:
                    Silent(line, process, probe, silence.Message);
                    break;
                case { IsOpen: true } open:
                    line.Open.Add($"Not known whether {process} {check}: {open.Message}");
                    break;
                case { } problem:
                    broken.Add((check, problem.Message));
                    break;
            }
        }

        if (broken.Count > 0)
        {
            line.Findings.Add(new Finding(
                area.Kind, process,
                broken.Count == 1 ? $"{process}: {broken[0].Message}" : string.Create(
                    CultureInfo.InvariantCulture, $"{process} fails {broken.Count:N0} of {checks.Count:N0} checks of '{area.Name}'."))
            {
                Count = broken.Count,
                Examples =
                [
                    .. broken.Take(MostExamples).Select(one => broken.Count == 1
                        ? $"The contract: {one.Check}."
                        : $"The contract: {one.Check}. {one.Message}"),
                ],
                LookAt = [probe.Address.AbsoluteUri],
            });
        }

        if (skipped > 0)
        {
            line.Open.Add(string.Create(
                CultureInfo.InvariantCulture, $"Checks left out, because {process} does not answer: {skipped:N0}."));
        }
    }

    /// <summary>Makes a check, whatever comes of it.</summary>
    /// <returns>What is wrong; <see langword="null"/> when nothing is.</returns>
    private static async Task<ContractBrokenException?> TryAsync(Func<Task> check)
    {
        try
        {
            await check();
            return null;
        }
        catch (ContractBrokenException exception)
        {
            return exception;
        }
        catch (Exception exception) when (
            exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            // JSON of another shape than the check reads.
            return new ContractBrokenException($"An answer has another shape: {exception.Message}");
        }
    }

    /// <summary>A process that does not answer is one finding, however often it is asked.</summary>
    private void Silent(Line line, string process, AppProbe probe, string message)
    {
        if (!_unanswered.TryGetValue(process, out var messages))
        {
            _unanswered.Add(process, messages = []);
            line.Findings.Add(new Finding(FindingKind.NotAnswered, process, $"{process}: {message}")
            {
                Examples = messages,
                LookAt = [probe.Address.AbsoluteUri],
            });
        }

        messages.Add(message);
    }

    private async Task RunVersionsAsync(AppProbe page)
    {
        var line = _lines[AppArea.Versions];
        if (_unanswered.GetValueOrDefault(AppContract.Page)?.Count >= MostUnanswered)
        {
            line.Open.Add($"{AppContract.Page} does not answer.");
            return;
        }

        VersionSpread? spread = null;
        if (await TryAsync(async () => spread = await VersionSpread.LoadAsync(page, Views)) is { } problem)
        {
            line.Open.Add(problem.Message);
            return;
        }

        (line.Expected, line.Seen) = (spread!.Views, spread.Told);
        _notes.Add($"Pages by the version of reviews: {spread}.");
        if (spread.Told < spread.Views)
        {
            line.Open.Add(string.Create(
                CultureInfo.InvariantCulture, $"{spread.Views - spread.Told:N0} of {spread.Views:N0} pages show no version of reviews."));
        }

        if (target.Shares is null)
        {
            line.Open.Add(target.SharesUnknown);
        }
        else if (spread.Told > 0)
        {
            line.Findings.AddRange(spread.Findings(target.Shares));
        }
    }

    private async Task RunHeadersAsync(Func<string, AppProbe> probeOf, CancellationToken cancellationToken)
    {
        if (target.Logs is not { } directory || !Directory.Exists(directory))
        {
            _notes.Add("Whether headers reach the services behind the page was not checked: that needs their access logs, and there are "
                + "none here.");
            return;
        }

        if (_unanswered.Count > 0)
        {
            _notes.Add("Whether headers reach the services behind the page was not checked, because not every process answers.");
            return;
        }

        var line = _lines[AppArea.Headers];
        var problem = await TryAsync(async () =>
        {
            var (due, lost, unknown) = await new PassedOnHeaders(target, directory, patience, time).CheckAsync(probeOf, cancellationToken);
            line.Expected += due;
            line.Seen += due - lost.Count;
            line.Findings.AddRange(lost);
            _notes.AddRange(unknown);
        });
        if (problem is not null)
        {
            line.Open.Add(problem.Message);
        }
    }

    private SignalResult Result(long requests)
    {
        foreach (var service in target.Services.Where(service => service.Value is null).GroupBy(service => service.Key.Split('-')[0]))
        {
            _lines[AppArea.Of(service.Key)].Open.Add(
                $"{WordList.And(service.Select(one => one.Key).Order(StringComparer.Ordinal))} cannot be reached from here{target.NoWay}.");
        }

        if (AppContract.Processes.Where(process => process != AppContract.Page && !target.Services.ContainsKey(process)).ToList()
            is { Count: > 0 } absent)
        {
            _notes.Add($"{WordList.And(absent)} {(absent.Count == 1 ? "does" : "do")} not run there.");
        }

        if (target.Services.Keys.Except(AppContract.Processes).ToList() is { Count: > 0 } unknown)
        {
            _notes.Add($"{WordList.And(unknown)} {(unknown.Count == 1 ? "is" : "are")} not in the contract: not asked.");
        }

        var there = target.Services.Count(service => service.Key != AppContract.Page && service.Value is not null);
        _notes.Insert(0, string.Create(
            CultureInfo.InvariantCulture, $"{requests:N0} requests were sent for these checks, before those of the run."));
        return new SignalResult(
            Signal,
            string.Create(CultureInfo.InvariantCulture, $"{Origin}, and {there:N0} {(there == 1 ? "process" : "processes")} behind it"),
            [
                .. _lines.Where(line => line.Value.Expected > 0 || line.Value.Open.Count > 0).Select(line => new CheckResult(line.Key.Name)
                {
                    Expected = line.Value.Expected == 0 ? null : CountRange.Exactly(line.Value.Expected),
                    Seen = line.Value.Expected == 0 ? null : line.Value.Seen,
                    Findings = line.Value.Findings,
                    NotChecked = line.Value.Open,
                }),
            ])
        {
            Method = "The application was asked from outside, and each answer compared with the contract: status, type and text, what is "
                + "refused, sessions, probes, metrics, Server-Timing, and how many pages come from each version of reviews. What was "
                + "posted was posted for products that nobody else asks for.",
            Notes = _notes,
        };
    }

    /// <summary>A line of the report.</summary>
    private sealed class Line
    {
        public int Expected { get; set; }

        public int Seen { get; set; }

        public List<Finding> Findings { get; } = [];

        public List<string> Open { get; } = [];
    }
}

/// <summary>What came of the checks of an application.</summary>
/// <param name="Signal">The result.</param>
/// <param name="Start">When the first request was sent.</param>
/// <param name="End">When the last was answered.</param>
/// <param name="Requests">How many were sent.</param>
public sealed record AppOutcome(SignalResult Signal, DateTimeOffset Start, DateTimeOffset End, long Requests);
