using Bookinfo.Load;
using HdrHistogram;

namespace Bookinfo.Measurement;

/// <summary>What is slow or fails in a run, and when: its figures by kind of request, by version, by hop and over time.</summary>
/// <param name="Kinds">By kind of request, or by path where the user named paths.</param>
/// <param name="Versions">By version of reviews, of the requests that should show reviews.</param>
/// <param name="HopGroups">By the hops that answers report.</param>
/// <param name="ErrorPaths">The failed requests with what was sent, the most frequent first.</param>
/// <param name="Phases">The phases of the profile that were reached.</param>
/// <param name="Recovery">How the application recovered; <see langword="null"/> for a profile that it need not recover from.</param>
public sealed record LoadDetails(
    IReadOnlyList<GroupFigures> Kinds,
    IReadOnlyList<GroupFigures> Versions,
    IReadOnlyList<HopGroupFigures> HopGroups,
    IReadOnlyList<ErrorFigures> ErrorPaths,
    IReadOnlyList<PhaseFigures> Phases,
    RecoveryFigures? Recovery)
{
    /// <summary>What a page view is called, whoever views it.</summary>
    public const string Page = "page";

    /// <summary>Makes them from what was recorded.</summary>
    /// <param name="result">The run.</param>
    /// <param name="breakdown">Its requests by what was sent.</param>
    /// <param name="timeline">Its requests over time.</param>
    public static LoadDetails Of(LoadResult result, LoadBreakdown breakdown, LoadTimeline timeline)
    {
        var answers = breakdown.Mix.Answers;
        var errors = breakdown.Errors.ToList();
        var versions = breakdown.Parts.Where(part => part.Version != 0).ToList();
        var phases = PhaseFigures.Of(result, timeline);
        return new LoadDetails(
            [
                .. from part in breakdown.Parts
                   group part by part.Group into parts
                   orderby parts.Key
                   select Group(
                       NameOf(breakdown.Groups[parts.Key]), parts, result.Total.Sent, answers,
                       errors.Where(error => breakdown.GroupOf(error.Template) == parts.Key)),
            ],
            [
                .. from part in versions
                   group part by part.Version into parts
                   orderby parts.Key
                   select Group(
                       answers.Versions[parts.Key - 1], parts, versions.Sum(part => part.Sent), answers,
                       errors.Where(error => error.Version == parts.Key)),
            ],
            HopGroupFigures.Of(breakdown),
            [
                .. from error in errors
                   let template = breakdown.Mix.Templates[error.Template]
                   let version = error.Version == 0 ? null : answers.Versions[error.Version - 1]
                   let name = answers.NameOf(error.Error, error.Status)
                   group error.Count by (name, template.Kind, template.Method, template.Path, version) into counts
                   let what = counts.Key
                   orderby counts.Sum() descending, what.name, what.Path
                   select new ErrorFigures(what.name, RequestKindName.Of(what.Kind), what.Method, what.Path, what.version, counts.Sum()),
            ],
            phases,
            RecoveryFigures.Of(result, timeline, phases));
    }

    /// <summary>The name of a group of requests: its kind, or the path that the user named.</summary>
    /// <param name="group">The group.</param>
    public static string NameOf(RequestGroup group) => group.Path ?? RequestKindName.Of(group.Kind);

    /// <summary>A histogram with the values of several.</summary>
    /// <param name="histograms">The histograms.</param>
    internal static LongHistogram Sum(IEnumerable<HistogramBase> histograms)
    {
        var sum = Recording.NewHistogram();
        foreach (var histogram in histograms)
        {
            sum.Add(histogram);
        }

        return sum;
    }

    private static GroupFigures Group(
        string name, IEnumerable<RequestPart> parts, long all, AnswerModel answers, IEnumerable<ErrorCount> errors)
    {
        var sent = parts.Sum(part => part.Sent);
        return new GroupFigures(
            name, sent, Math.Round(sent / (double)Math.Max(1, all), 4), parts.Sum(part => part.Failed),
            ErrorFigures.ByName(errors, answers), Percentiles.Of(Sum(parts.Select(part => part.FromDue))));
    }
}

/// <summary>The requests of a kind, or of a version of reviews.</summary>
/// <param name="Name">
/// The kind (<c>visitor</c>, <c>user</c>, <c>api</c>, <c>asset</c>), the path that the user named, or the version.
/// </param>
/// <param name="Requests">How many were sent.</param>
/// <param name="Share">Their share of all that were sent, or that should show reviews; 0 to 1.</param>
/// <param name="Failed">How many failed.</param>
/// <param name="Errors">The failed ones by what was wrong.</param>
/// <param name="FromDue">Latency from due time.</param>
public sealed record GroupFigures(
    string Name, long Requests, double Share, long Failed, IReadOnlyDictionary<string, long> Errors, Percentiles FromDue);

/// <summary>Requests that failed in the same way.</summary>
/// <param name="Error">What was wrong.</param>
/// <param name="Kind">What the requests stood for.</param>
/// <param name="Method">GET or POST.</param>
/// <param name="Path">Path and query.</param>
/// <param name="Version">
/// The version of reviews; <see langword="null"/> if such requests are answered without reviews anyway.
/// </param>
/// <param name="Count">How many.</param>
public sealed record ErrorFigures(string Error, string Kind, string Method, string Path, string? Version, long Count)
{
    /// <summary>Counts failed requests by what was wrong, the most frequent first.</summary>
    /// <param name="errors">The failed requests.</param>
    /// <param name="answers">How answers were read.</param>
    internal static IReadOnlyDictionary<string, long> ByName(IEnumerable<ErrorCount> errors, AnswerModel answers) => errors
        .GroupBy(error => answers.NameOf(error.Error, error.Status), error => error.Count)
        .Select(counts => KeyValuePair.Create(counts.Key, counts.Sum()))
        .OrderByDescending(count => count.Value)
        .ThenBy(count => count.Key, StringComparer.Ordinal)
        .ToDictionary();
}
