using System.Net;
using System.Text.RegularExpressions;
using Bookinfo.Contracts;

namespace Bookinfo.Verification;

/// <summary>The pages of productpage, and what belongs to them.</summary>
internal static partial class PageContract
{
    /// <summary>The pages, with the queries of their links.</summary>
    private static readonly string[] Paths = ["/productpage", "/productpage?u=normal", "/productpage?u=test"];

    private static readonly string[] IndexPaths = ["/", "/index.html"];

    /// <summary>Views of the page in which each of three equal versions of reviews is seen in 97.7% of runs.</summary>
    private const int Views = 12;

    private static readonly Dictionary<string, string> TypesOfAssets = new()
    {
        [".css"] = "text/css",
        [".js"] = "text/javascript",
        [".svg"] = "image/svg+xml",
    };

    /// <summary>The checks.</summary>
    public static IEnumerable<AppCheck> Checks =>
    [
        .. IndexPaths.Select(path => Check($"shows the tree of services and two links at {path}", async probe =>
        {
            var page = IsPage(await probe.GetAsync(path));
            var links = Links().Matches(page.Body).Select(link => WebUtility.HtmlDecode(link.Groups["to"].Value))
                .Where(link => link.Contains("?u=", StringComparison.Ordinal)).ToList();
            page.Is(
                links.SequenceEqual(["/productpage?u=normal", "/productpage?u=test"]),
                $"has the links {string.Join(", ", links)} instead of /productpage?u=normal and /productpage?u=test");
            var text = Tags().Replace(page.Body, " ");
            foreach (var service in ServiceCatalog.All)
            {
                page.Is(text.Contains(service.Name, StringComparison.OrdinalIgnoreCase), $"does not name {service.Name}");
            }
        })),
        .. Paths.Select(path => Check($"shows title, book, details and who served the reviews at {path}", async probe =>
            IsPage(await probe.GetAsync(path)).Shows(
                "<title>Simple Bookstore App</title>", "The Comedy of Errors", "PublisherA", "1234567890", PageTexts.ReviewsServedBy))),
        Check("shows a page without error messages", async probe =>
        {
            var page = IsPage(await probe.GetAsync("/productpage"));
            foreach (var text in ServiceCatalog.Bookinfo.MissingTexts)
            {
                page.Hides(text);
            }
        }),
        Check("draws each filled star on a line of its own, all in one color", async probe =>
        {
            for (var view = 0; view < Views; view++)
            {
                var page = IsPage(await probe.GetAsync("/productpage"));
                var stars = PageStars.Of(page.Body);
                page.Is(stars.Lines == stars.Filled, $"has {stars.Filled} filled stars in {stars.Lines} lines");
                page.Is(
                    stars.Colors.Count <= 1 && stars.Filled > 0 == stars.Colors.Count > 0,
                    $"has {stars.Filled} filled stars in {stars.Colors.Count} colors");
            }
        }),
        Check("serves what the page is drawn with", async probe =>
        {
            var page = IsPage(await probe.GetAsync("/productpage"));
            foreach (var path in Assets().Matches(page.Body).Select(link => WebUtility.HtmlDecode(link.Groups["path"].Value)).Distinct())
            {
                var asset = (await probe.GetAsync(path)).HasStatus(HttpStatusCode.OK);
                asset.Is(asset.Body.Length > 0, "is empty");
                if (TypesOfAssets.TryGetValue(Path.GetExtension(path.Split('?')[0]), out var type))
                {
                    asset.HasType(type);
                }
            }
        }),
    ];

    private static AppCheck Check(string name, Func<AppProbe, Task> runAsync) => new(AppArea.Pages, AppContract.Page, name, runAsync);

    /// <summary>Requires an answer to be a page.</summary>
    /// <param name="answer">The answer.</param>
    public static AppAnswer IsPage(AppAnswer answer) => answer.HasStatus(HttpStatusCode.OK).HasType("text/html");

    [GeneratedRegex("""<a\b[^>]*\bhref="(?<to>[^"]*)"[^>]*>""")]
    private static partial Regex Links();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex("""\b(?:href|src)="(?<path>/static/[^"]+)["]""")]
    private static partial Regex Assets();
}

/// <summary>The stars of a page, which tell the version of reviews.</summary>
/// <param name="Colors">The colors of the groups of stars.</param>
/// <param name="Filled">How many stars are filled.</param>
/// <param name="Lines">In how many lines: tutorials count the stars with grep.</param>
public sealed partial record PageStars(IReadOnlyList<string> Colors, int Filled, int Lines)
{
    private const string FilledClass = "glyphicon glyphicon-star";

    /// <summary>Reads the stars of a page.</summary>
    /// <param name="page">The page.</param>
    public static PageStars Of(string page) => new(
        [.. Groups().Matches(page).Select(match => match.Groups["color"].Value).Distinct()],
        FilledStars().Count(page),
        page.Split('\n').Count(line => line.Contains(FilledClass, StringComparison.Ordinal)));

    [GeneratedRegex("class=\"[^\"]*\\btext-(?<color>[a-z]+)-500\\b")]
    private static partial Regex Groups();

    [GeneratedRegex("(?:class|id)=\"[^\"]*" + FilledClass + "[^\"]*\"")]
    private static partial Regex FilledStars();
}
