using System.Globalization;
using Bookinfo.Foundation;
using Bookinfo.Load;

namespace Bookinfo.Measurement;

/// <summary>
/// The figures of a run as lines of text, on a terminal while it runs and in the report after it. No line has more than 79 characters,
/// unless a path is longer.
/// </summary>
public static class LoadText
{
    private const int Width = 79;
    private const int NameWidth = 17;
    private const int CellWidth = 8;

    /// <summary>How many phases are shown.</summary>
    private const int MostPhases = 20;

    /// <summary>How many lines there are for the paths of each error.</summary>
    private const int MostPaths = 5;

    /// <summary>What stands in a table for a percentile that says too little.</summary>
    public static readonly string TooFew =
        $"{Figures.Unknown} stands for a percentile that fewer than {Percentiles.FewestBeyond} requests lie beyond.";

    /// <summary>The figures of all requests so far, for a terminal.</summary>
    /// <param name="recording">What was recorded.</param>
    public static IReadOnlyList<string> Totals(Recording recording)
    {
        var versions = recording.Versions();
        var reviews = versions.Sum(version => version.Value);
        return
        [
            .. Lines(LoadTables.Latency(Percentiles.Of(recording.FromDue), Percentiles.Of(recording.FromSend))),
            .. versions.Count == 0
                ? []
                : (IEnumerable<string>)["", Heading("REVIEWS") + string.Join("   ", versions.Select(version =>
                    string.Create(CultureInfo.InvariantCulture, $"{version.Key} {100.0 * version.Value / reviews:0.0}%")))],
            "",
            .. Statuses(recording.Sent, recording.Statuses().Select(status => KeyValuePair.Create($"{status.Key}", status.Value))),
            .. Errors(recording.Sent, recording.Errors(), []),
        ];
    }

    /// <summary>How a run stands.</summary>
    /// <param name="progress">Of the run.</param>
    /// <param name="duration">How long it is to be, in seconds.</param>
    public static string Status(LoadProgress progress, double duration)
    {
        var seconds = progress.At / 1e9;
        var rate = progress.Length > 0 ? progress.Interval.Sent / (progress.Length / 1e9) : 0;
        var asked = progress.Asked switch
        {
            > 0 and < 10 => string.Create(CultureInfo.InvariantCulture, $" of {progress.Asked:0.#}/s"),
            >= 10 => string.Create(CultureInfo.InvariantCulture, $" of {progress.Asked:N0}/s"),
            _ => ", no more due",
        };
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Math.Clamp(seconds, 0, duration),6:0} s of {duration:0.#} s   {rate,8:N0}/s{asked}   "
            + $"{progress.InFlight,4} in flight   {progress.Total.Failed:N0} failed");
    }

    /// <summary>The status with the latency of the interval, for a log.</summary>
    /// <inheritdoc cref="Status"/>
    public static string StatusLine(LoadProgress progress, double duration)
    {
        var latency = Percentiles.Of(progress.Interval.FromDue);
        var median = latency.At(50) is { } value ? $"   p50 {Time(value)}" : "";
        var tail = Tail(latency) is var (name, highest) && latency.Count > 0 ? $"   {name} {Time(highest)}" : "";
        return $"{Status(progress, duration)}{median}{tail}".TrimStart();
    }

    /// <summary>Which profile was sent, and for how long.</summary>
    /// <param name="report">The report.</param>
    public static string Shape(LoadReport report) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(report.Profile == ConstantProfile.ProfileName ? "constant rate" : $"profile {report.Profile}")} for {report.Seconds:0.##} s"
        + $"{(report.Interrupted ? " (interrupted)" : "")}");

    /// <summary>The whole report.</summary>
    /// <param name="report">The report.</param>
    public static IReadOnlyList<string> Report(LoadReport report)
    {
        var requests = report.Requests;
        IReadOnlyList<string> verdict = [.. (report.Verdict ?? []).SelectMany(Wrap)];
        IReadOnlyList<string> first = [.. (report.Conditions ?? []).SelectMany(condition => Wrap(condition.Text)), .. verdict];
        var phases = report.Phases ?? [];
        var broke = phases.Any(phase => phase.Broke is not null);
        List<string> lines =
        [
            report.Target,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Shape(report)}, {report.Arrivals} arrivals, seed {report.Seed}, {report.Connections} connections"),
            "",
            .. first.Count > 0 ? [.. first, ""] : Array.Empty<string>(),
            Heading("REQUESTS") + string.Create(
                CultureInfo.InvariantCulture, $"{requests.Due:N0} due   {requests.Good:N0} good   {requests.Failed:N0} failed"),
            .. requests.Unsent > 0
                ? [Heading("") + string.Create(CultureInfo.InvariantCulture, $"{requests.Unsent:N0} not sent")]
                : Array.Empty<string>(),
            Heading("RATE") + string.Create(
                CultureInfo.InvariantCulture, $"{report.Rate.Asked:N1}/s asked   {report.Rate.Achieved:N1}/s achieved"),
            "",
        ];
        ReportTable[] tables =
        [
            LoadTables.Phases(report.Profile != ConstantProfile.ProfileName || broke ? Around(phases) : []),
            LoadTables.Latency(report.FromDue, report.FromSend),
            LoadTables.Kinds(report.Kinds ?? []),
            LoadTables.Versions(report.Versions ?? []),
        ];
        lines.AddRange(tables.Where(table => table.Rows.Count > 0).SelectMany(table => Lines(table).Append("")));
        List<ReportTable> hops =
            [.. (report.HopGroups ?? []).Where(group => LoadTables.IsShown(group) && !IsOfApi(group)).Select(LoadTables.Hops)];
        lines.AddRange(hops.SelectMany(table => Wrap(table.Caption).Concat(Lines(table)).Append("")));
        lines.AddRange(Statuses(requests.Sent, report.Statuses));
        lines.AddRange(Errors(requests.Sent, report.Errors, report.ErrorPaths ?? []));
        lines.AddRange(["", Heading("GENERATOR") + Generator(report)]);
        lines.AddRange(report.Warnings.SelectMany(warning => Wrap($"Warning: {warning.Text}").Prepend("")));
        if (phases.Count > MostPhases)
        {
            lines.AddRange(["", $"{MostPhases} of {phases.Count} phases are shown. --html and --output json have all."]);
        }

        if (requests.Unsent > 0 && tables[0].Rows.Count > 0)
        {
            lines.AddRange(["", .. Wrap("Requests that were not sent count as failed in the table of phases, and in no other table.")]);
        }

        if (tables.Concat(hops).Any(table => table.Rows.Any(row => row.Contains(Figures.Unknown))))
        {
            lines.AddRange(["", TooFew]);
        }

        // Again at the end, because a terminal shows the last lines.
        return verdict.Count > 0 ? [.. lines, "", .. verdict] : lines;
    }

    /// <summary>How late the generator was, and how many processors it used.</summary>
    /// <param name="report">The report.</param>
    public static string Generator(LoadReport report)
    {
        var late = report.Generator.SchedulingDelay;
        var (name, highest) = Tail(late);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(late.At(50) is { } median ? $"late by {Time(median)} at p50, {Time(highest)} at {name}   " : "")}"
            + $"{report.Generator.ProcessorSeconds / Math.Max(report.Seconds, 0.001):0.00} of {report.Generator.Processors} processors");
    }

    /// <summary>A time with three digits and a unit.</summary>
    /// <param name="microseconds">The time.</param>
    public static string Time(long microseconds) => microseconds switch
    {
        < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{microseconds} us"),
        < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1e3:0.00} ms"),
        < 100_000 => string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1e3:0.0} ms"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1e3:0} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1e6:0.00} s"),
    };

    /// <summary>A share in percent.</summary>
    /// <param name="count">How many.</param>
    /// <param name="all">Of how many.</param>
    public static string Share(long count, long all) => count == 0
        ? "0%"
        : (100.0 * count / all) is var percent && percent < 10
            ? string.Create(CultureInfo.InvariantCulture, $"{percent:0.00}%")
            : string.Create(CultureInfo.InvariantCulture, $"{percent:0.0}%");

    /// <summary>Breaks a text into lines as wide as the figures; words stay whole.</summary>
    /// <param name="text">The text.</param>
    public static IEnumerable<string> Wrap(string text) => TextCut.Lines(text, Width);

    /// <summary>The highest percentile that there are enough values for, or the highest value.</summary>
    private static (string Name, long Value) Tail(Percentiles times) =>
        times.At(99) is { } p99 ? ("p99", p99)
        : times.At(90) is { } p90 ? ("p90", p90)
        : ("max", times.Max);

    /// <summary>The calls to the API are several kinds of requests in one, so their hops are left to the page.</summary>
    private static bool IsOfApi(HopGroupFigures group) => group.Name == RequestKindName.Api;

    private static IEnumerable<string> Statuses(long sent, IEnumerable<KeyValuePair<string, long>> statuses) => statuses
        .Select((status, index) => Heading(index == 0 ? "STATUS" : "") + Counted(status.Value, sent, status.Key))
        .DefaultIfEmpty(Heading("STATUS") + "no answer");

    /// <summary>The errors, each with the paths of its requests.</summary>
    private static IEnumerable<string> Errors(
        long sent, IEnumerable<KeyValuePair<string, long>> errors, IReadOnlyList<ErrorFigures> paths)
    {
        foreach (var (index, error) in errors.Index())
        {
            if (index == 0)
            {
                yield return "";
            }

            yield return Heading(index == 0 ? "ERRORS" : "") + Counted(error.Value, sent, error.Key);
            var byPath = paths.Where(path => path.Error == error.Key)
                .GroupBy(path => $"{path.Method} {path.Path}", path => path.Count)
                .Select(counts => (Path: counts.Key, Count: counts.Sum()))
                .OrderByDescending(path => path.Count)
                .ToList();
            var named = byPath.Count > MostPaths ? MostPaths - 1 : byPath.Count;
            foreach (var (path, count) in byPath.Take(named))
            {
                yield return Heading("") + Counted(count, sent, $"  {path}");
            }

            if (named < byPath.Count)
            {
                yield return Heading("")
                    + Counted(byPath.Skip(named).Sum(path => path.Count), sent, $"  {byPath.Count - named} other paths");
            }
        }
    }

    private static string Counted(long count, long all, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count,9:N0}  {100.0 * count / all,6:0.00}%  {what}");

    private static string Heading(string text) => text.PadRight(12);

    /// <summary>As many phases as fit, around the first that broke, or else the last ones.</summary>
    private static IReadOnlyList<PhaseFigures> Around(IReadOnlyList<PhaseFigures> phases)
    {
        var first = phases.TakeWhile(phase => phase.Broke is null).Count();
        return [.. phases.Skip(Math.Clamp(first - (MostPhases / 2), 0, Math.Max(0, phases.Count - MostPhases))).Take(MostPhases)];
    }

    /// <summary>A table whose columns are as wide as those of the other tables.</summary>
    private static IEnumerable<string> Lines(ReportTable table)
    {
        var text = new TextTable([.. table.Headings]);
        foreach (var row in table.Rows)
        {
            text.Add([row[0].PadRight(NameWidth), .. row.Skip(1).Select(cell => cell.PadLeft(CellWidth))]);
        }

        return text.Format(Width).SelectMany(row => row);
    }
}
