using System.Globalization;
using Bookinfo.Load;

namespace Bookinfo.Measurement;

/// <summary>The tables of a run, which its page and the terminal share.</summary>
internal static class LoadTables
{
    private const long FewestForHops = 100;

    private const string Percentile50 = ">P50";
    private const string Percentile90 = ">P90";
    private const string Percentile95 = ">P95";
    private const string Percentile99 = ">P99";
    private const string Percentile999 = ">P99.9";
    private const string Longest = ">MAX";
    private const string Requests = ">REQUESTS";
    private const string Failed = ">FAILED";

    /// <summary>The latencies of all requests.</summary>
    /// <param name="fromDue">From due time.</param>
    /// <param name="fromSend">From send time.</param>
    public static ReportTable Latency(Percentiles fromDue, Percentiles fromSend) => new(
        "All requests",
        ["LATENCY", Percentile50, Percentile90, Percentile95, Percentile99, Percentile999, Longest],
        [Row("from due time", fromDue), Row("from send time", fromSend)]);

    /// <summary>The phases.</summary>
    /// <param name="phases">The phases.</param>
    public static ReportTable Phases(IReadOnlyList<PhaseFigures> phases) => new(
        "By phase, from due time",
        ["PHASE", ">ASKED", ">ACHIEVED", Failed, Percentile50, Percentile95, Percentile99],
        [
            .. phases.Select(phase => (IReadOnlyList<string>)
            [
                phase.Broke is null ? phase.Name : $"{phase.Name} (broke)",
                $"{Figures.Number(phase.Asked)}/s",
                $"{Figures.Number(phase.Achieved)}/s",
                LoadText.Share(phase.Failed + phase.Unsent, phase.Due),
                .. At(phase.FromDue, 50, 95, 99),
            ]),
        ]);

    /// <summary>The kinds of requests, if there are several.</summary>
    /// <param name="kinds">The kinds.</param>
    public static ReportTable Kinds(IReadOnlyList<GroupFigures> kinds) => new(
        "By kind of request, from due time",
        ["KIND", Requests, Failed, Percentile50, Percentile95, Percentile99, Longest],
        [
            .. kinds.Where(_ => kinds.Count > 1).Select(kind => (IReadOnlyList<string>)
            [
                kind.Name switch
                {
                    RequestKindName.Visitor => "page, by visitors",
                    RequestKindName.User => "page, by users",
                    RequestKindName.Api => "API",
                    RequestKindName.Asset => "assets of the page",
                    var path => path,
                },
                Figures.Count(kind.Requests), LoadText.Share(kind.Failed, kind.Requests), .. At(kind.FromDue, 50, 95, 99),
                Max(kind.FromDue),
            ]),
        ]);

    /// <summary>The versions of reviews, of the requests that should show reviews.</summary>
    /// <param name="versions">The versions.</param>
    public static ReportTable Versions(IReadOnlyList<GroupFigures> versions) => new(
        "By version of reviews, of the requests that should show reviews, from due time",
        ["REVIEWS", Requests, ">SHARE", Failed, Percentile50, Percentile95, Percentile99],
        [
            .. versions.Select(version => (IReadOnlyList<string>)
            [
                version.Name,
                Figures.Count(version.Requests),
                string.Create(CultureInfo.InvariantCulture, $"{version.Share:0.0%}"),
                LoadText.Share(version.Failed, version.Requests),
                .. At(version.FromDue, 50, 95, 99),
            ]),
        ]);

    /// <summary>Whether there are enough requests to say something about their hops, and hops that anybody asks about.</summary>
    /// <param name="group">The requests.</param>
    public static bool IsShown(HopGroupFigures group) => group.Requests >= FewestForHops
        && (group.Hops.Count > 1 || group.Name is not (RequestKindName.Api or RequestKindName.Asset));

    /// <summary>The hops of requests that all have the same ones.</summary>
    /// <param name="group">The requests.</param>
    public static ReportTable Hops(HopGroupFigures group)
    {
        var versions = group.Versions.Count > 0 ? $", reviews {string.Join(' ', group.Versions)}" : "";
        return new ReportTable(
            $"Hops of {group.Name}{versions}: {Figures.Count(group.Requests)} requests, as Server-Timing reports them",
            ["HOP", Percentile50, Percentile90, Percentile95, Percentile99, Percentile999, Longest],
            [.. group.Hops.Select(hop => Row(hop.Key, hop.Value)), Row("from send time", group.FromSend)]);
    }

    /// <summary>The answers by status.</summary>
    /// <param name="report">The report.</param>
    public static ReportTable Statuses(LoadReport report) => new(
        "Answers by status",
        ["STATUS", Requests, ">SHARE"],
        [
            .. report.Statuses.Select(status => (IReadOnlyList<string>)
            [
                status.Key, Figures.Count(status.Value), LoadText.Share(status.Value, report.Requests.Sent),
            ]),
        ]);

    /// <summary>The failed requests with what was sent.</summary>
    /// <param name="errors">The errors.</param>
    public static ReportTable Errors(IReadOnlyList<ErrorFigures> errors) => new(
        "Failed requests",
        ["WHAT WAS WRONG", "KIND", "PATH", "REVIEWS", Requests],
        [
            .. errors.Select(error => (IReadOnlyList<string>)
            [
                error.Error, error.Kind, $"{error.Method} {error.Path}", error.Version ?? Figures.Unknown, Figures.Count(error.Count),
            ]),
        ]);

    /// <summary>A percentile as text, or that there are too few requests for it.</summary>
    private static string At(Percentiles times, double percentile) =>
        times.At(percentile) is { } value ? LoadText.Time(value) : Figures.Unknown;

    private static IEnumerable<string> At(Percentiles times, params IEnumerable<double> percentiles) =>
        percentiles.Select(percentile => At(times, percentile));

    private static string Max(Percentiles times) => times.Count == 0 ? Figures.Unknown : LoadText.Time(times.Max);

    private static IReadOnlyList<string> Row(string name, Percentiles times) =>
        [name, .. At(times, 50, 90, 95, 99, 99.9), Max(times)];
}
