using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Bookinfo.Contracts;
using Bookinfo.Measurement;

namespace Bookinfo.Verification;

/// <summary>Which versions of reviews pages are served from that are loaded one after another.</summary>
/// <param name="Views">How many pages were loaded.</param>
/// <param name="Served">How many were served from each version; those that show no version are left out.</param>
public sealed partial record VersionSpread(int Views, IReadOnlyDictionary<string, int> Served)
{
    /// <summary>How many pages the contract speaks of.</summary>
    public const int UsualViews = 300;

    /// <summary>So many standard deviations from its mean, chance leads once in two million times.</summary>
    private const double Deviations = 5;

    /// <summary>Shares are told in whole percent.</summary>
    private const double Rounding = 0.01;

    /// <summary>Loads pages.</summary>
    /// <param name="probe">What asks productpage.</param>
    /// <param name="views">How many.</param>
    /// <exception cref="ContractBrokenException">One is not answered.</exception>
    public static async Task<VersionSpread> LoadAsync(AppProbe probe, int views)
    {
        var served = new Dictionary<string, int>();
        for (var view = 0; view < views; view++)
        {
            var page = await probe.GetAsync("/productpage");
            if (VersionIn(page) is { } version)
            {
                served[version] = served.GetValueOrDefault(version) + 1;
            }
        }

        return new VersionSpread(views, served);
    }

    /// <summary>How many pages have shown a version.</summary>
    public int Told => Served.Values.Sum();

    /// <summary>Holds it against what must be. A page that shows no version may be from any.</summary>
    /// <param name="shares">What part each version must get.</param>
    public IEnumerable<Finding> Findings(VersionShares shares)
    {
        var untold = Views - Told;
        bool IsMissing(string version) =>
            Served.GetValueOrDefault(version) == 0 && untold < Bounds(shares[version] / 100.0).Low;
        // What a version that is not served should have got, the others have got: that is one mistake.
        var whole = Math.Max(1, shares.Versions.Where(version => !IsMissing(version)).Sum(version => shares[version]));
        foreach (var version in shares.Versions.Union(Served.Keys).Order(StringComparer.Ordinal))
        {
            var seen = Served.GetValueOrDefault(version);
            var due = string.Create(CultureInfo.InvariantCulture, $"{shares[version]}% of the requests are to go to it");
            var (low, high) = Bounds((double)shares[version] / whole);
            if (IsMissing(version))
            {
                yield return new Finding(
                    FindingKind.VersionNotServed, $"reviews {version}",
                    string.Create(CultureInfo.InvariantCulture, $"reviews {version} was served in none of {Views:N0} pages, though {due}."))
                {
                    Count = Views,
                };
            }
            else if (seen + untold < low || seen > high)
            {
                yield return new Finding(
                    FindingKind.VersionShare, $"reviews {version}",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"reviews {version} was served in {seen:N0} of {Views:N0} pages, though {due}: chance explains {low:N0} to "
                        + $"{high:N0}."))
                {
                    Count = seen,
                };
            }
        }
    }

    /// <summary>How many pages chance leaves to a share.</summary>
    private (long Low, long High) Bounds(double share)
    {
        if (share is 0 or 1)
        {
            return ((long)share * Views, (long)share * Views);
        }

        var chance = Deviations * Math.Sqrt(Views * share * (1 - share));
        return (
            Math.Max(0, (long)Math.Ceiling((Views * (share - Rounding)) - chance)),
            Math.Min(Views, (long)Math.Floor((Views * (share + Rounding)) + chance)));
    }

    /// <summary>How often each version was served, in words.</summary>
    public override string ToString() => Served.Count == 0 ? "none shows one" : string.Join(
        ", ", Served.OrderBy(one => one.Key, StringComparer.Ordinal)
            .Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Key} {one.Value:N0}")));

    /// <summary>
    /// The version that a page is from, by the name of the pod, or else by the stars; <see langword="null"/> when it does not show that.
    /// </summary>
    private static string? VersionIn(AppAnswer page)
    {
        if (page.Status != HttpStatusCode.OK || !page.Body.Contains(PageTexts.ReviewsServedBy, StringComparison.Ordinal))
        {
            return null;
        }

        if (PodOfPage().Match(page.Body) is { Success: true } pod)
        {
            return pod.Groups["version"].Value;
        }

        return !page.Body.Contains(PageTexts.RatingsMissing, StringComparison.Ordinal)
            && PageStars.Of(page.Body).Colors is { Count: <= 1 } colors
                ? ReviewsContract.VersionOf(colors is [var color] ? color : null)
                : null;
    }

    [GeneratedRegex(PageTexts.ReviewsServedBy + @"(?:\s|<[^>]*>)*reviews-(?<version>v[0-9]+)\b")]
    private static partial Regex PodOfPage();
}
