using System.Globalization;
using Bookinfo.Foundation;
using Bookinfo.Load;

namespace Bookinfo.Measurement;

/// <summary>
/// The figures of a run as lines of text, the same on a terminal while it runs and in the report after it. No line has more than 79
/// characters.
/// </summary>
public static class LoadText
{
    private const int Width = 79;
    private const int NameWidth = 21;

    /// <summary>The latencies, the hops, the versions of reviews and the errors.</summary>
    /// <param name="recording">What was recorded.</param>
    public static IReadOnlyList<string> Figures(Recording recording)
    {
        var lines = new List<string>
        {
            Row("LATENCY", "P50", "P90", "P99", "P99.9", "MAX"),
            Row("from due time", Percentiles.Of(recording.FromDue)),
            Row("from send time", Percentiles.Of(recording.FromSend)),
        };
        var hops = recording.Model.Hops.Where(hop => recording[hop.Name].TotalCount > 0).ToList();
        if (hops.Count > 0)
        {
            lines.Add("");
            lines.Add(Row("HOP, as Server-Timing", "P50", "P90", "P99", "P99.9", "MAX"));
            lines.AddRange(hops.Select(hop => Row(hop.Name, Percentiles.Of(recording[hop.Name]))));
        }

        var versions = recording.Versions();
        if (versions.Count > 0)
        {
            var reviews = versions.Sum(version => version.Value);
            lines.Add("");
            lines.Add(Heading("REVIEWS") + string.Join("   ", versions
                .Select(version => string.Create(CultureInfo.InvariantCulture, $"{version.Key} {100.0 * version.Value / reviews:0.0}%"))));
        }

        var statuses = recording.Statuses();
        if (statuses.Count > 0)
        {
            lines.Add("");
            lines.AddRange(statuses.Select((status, index) => Heading(index == 0 ? "STATUS" : "") + string.Create(
                CultureInfo.InvariantCulture, $"{status.Value,9:N0}  {100.0 * status.Value / recording.Sent,5:0.00}%  {status.Key}")));
        }

        if (recording.Errors() is { Count: > 0 } errors)
        {
            lines.Add("");
            lines.AddRange(errors.Select((error, index) => Heading(index == 0 ? "ERRORS" : "") + string.Create(
                CultureInfo.InvariantCulture, $"{error.Value,9:N0}  {100.0 * error.Value / recording.Sent,5:0.00}%  {error.Key}")));
        }

        return lines;
    }

    /// <summary>How a run stands.</summary>
    /// <param name="progress">Of the run.</param>
    /// <param name="duration">How long it is to be, in seconds.</param>
    public static string Status(LoadProgress progress, double duration)
    {
        var seconds = progress.At / 1e9;
        var rate = progress.Length > 0 ? progress.Interval.Sent / (progress.Length / 1e9) : 0;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Math.Clamp(seconds, 0, duration),6:0} s of {duration:0.#} s   {rate,8:N0}/s of {progress.Asked:N0}/s   "
            + $"{progress.InFlight,4} in flight   {progress.Total.Failed:N0} failed");
    }

    /// <summary>The status with the percentiles of the interval, for a log.</summary>
    /// <inheritdoc cref="Status"/>
    public static string StatusLine(LoadProgress progress, double duration)
    {
        var latency = Percentiles.Of(progress.Interval.FromDue);
        return $"{Status(progress, duration)}   p50 {Time(latency.P50)}   p99 {Time(latency.P99)}".TrimStart();
    }

    /// <summary>The whole report.</summary>
    /// <param name="result">The run.</param>
    /// <param name="report">The same as figures.</param>
    public static IReadOnlyList<string> Report(LoadResult result, LoadReport report)
    {
        var requests = report.Requests;
        List<string> lines =
        [
            report.Target,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Profile} rate for {report.Seconds:0.##} s{(report.Interrupted ? " (interrupted)" : "")}, {report.Arrivals} "
                + $"arrivals, seed {report.Seed}, {report.Connections} connections"),
            "",
            Heading("REQUESTS") + string.Create(
                CultureInfo.InvariantCulture, $"{requests.Due:N0} due   {requests.Good:N0} good   {requests.Failed:N0} failed"),
            .. requests.Unsent > 0
                ? [Heading("") + string.Create(CultureInfo.InvariantCulture, $"{requests.Unsent:N0} not sent")]
                : Array.Empty<string>(),
            Heading("RATE") + string.Create(
                CultureInfo.InvariantCulture, $"{report.Rate.Asked:N1}/s asked   {report.Rate.Achieved:N1}/s achieved"),
            "",
        ];
        lines.AddRange(Figures(result.Total));
        lines.Add("");
        lines.Add(Heading("GENERATOR") + string.Create(
            CultureInfo.InvariantCulture,
            $"late by {Time(report.Generator.SchedulingDelay.P50)} at p50, {Time(report.Generator.SchedulingDelay.P99)} at p99   "
            + $"{report.Generator.ProcessorSeconds / Math.Max(report.Seconds, 0.001):0.00} of {report.Generator.Processors} processors"));
        foreach (var warning in report.Warnings)
        {
            lines.Add("");
            lines.AddRange(Wrap($"Warning: {warning.Text}"));
        }

        return lines;
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

    /// <summary>Breaks a text into lines as wide as the figures; words stay whole.</summary>
    /// <param name="text">The text.</param>
    public static IEnumerable<string> Wrap(string text) => TextCut.Lines(text, Width);

    private static string Heading(string text) => text.PadRight(12);

    private static string Row(string name, Percentiles times) => times.Count == 0
        ? Row(name, "-", "-", "-", "-", "-")
        : Row(name, Time(times.P50), Time(times.P90), Time(times.P99), Time(times.P999), Time(times.Max));

    private static string Row(string name, params string[] cells) =>
        name.PadRight(NameWidth) + string.Concat(cells.Select(cell => cell.PadLeft(11)));
}
