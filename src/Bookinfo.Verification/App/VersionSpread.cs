using System.Globalization;
using System.Net;
using Bookinfo.Contracts;
using Bookinfo.Measurement;

namespace Bookinfo.Verification;

/// <summary>Which versions of reviews pages are served from that are loaded one after another.</summary>
/// <param name="Views">How many pages were loaded.</param>
/// <param name="Served">How many were served from each version; those that show no version are left out.</param>
public sealed record VersionSpread(int Views, IReadOnlyDictionary<string, int> Served)
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

    /// <summary>Holds it against what must be.</summary>
    /// <param name="shares">What part each version must get.</param>
    public IEnumerable<Finding> Findings(VersionShares shares)
    {
        // What a version that is not served should have got, the others have got: that is one mistake.
        var whole = Math.Max(1, shares.Versions.Where(Served.ContainsKey).Sum(version => shares[version]));
        foreach (var version in shares.Versions.Union(Served.Keys).Order(StringComparer.Ordinal))
        {
            var seen = Served.GetValueOrDefault(version);
            var share = shares[version] / (seen == 0 ? 100.0 : whole);
            var chance = Deviations * Math.Sqrt(Told * share * (1 - share));
            var low = (long)Math.Ceiling((Told * (share - Rounding)) - chance);
            var high = share == 0 ? 0 : (long)Math.Floor((Told * (share + Rounding)) + chance);
            if (share < 1 ? seen >= low && seen <= high : seen == Told)
            {
                continue;
            }

            var due = string.Create(CultureInfo.InvariantCulture, $"{shares[version]}% of the requests are to go to it");
            yield return seen == 0
                ? new Finding(
                    FindingKind.VersionNotServed, $"reviews {version}",
                    string.Create(CultureInfo.InvariantCulture, $"reviews {version} was served in none of {Told:N0} pages, though {due}."))
                {
                    Count = Told,
                }
                : new Finding(
                    FindingKind.VersionShare, $"reviews {version}",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"reviews {version} was served in {seen:N0} of {Told:N0} pages, though {due}: chance leaves "
                        + $"{Math.Max(0, low):N0} to {Math.Min(Told, high):N0}."))
                {
                    Count = seen,
                };
        }
    }

    /// <summary>How often each version was served, in words.</summary>
    public override string ToString() => Served.Count == 0 ? "none shows one" : string.Join(
        ", ", Served.OrderBy(one => one.Key, StringComparer.Ordinal)
            .Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Key} {one.Value:N0}")));

    /// <summary>The version that a page is from; <see langword="null"/> when it does not show that.</summary>
    private static string? VersionIn(AppAnswer page) => page.Status == HttpStatusCode.OK
        && page.Body.Contains(PageTexts.ReviewsServedBy, StringComparison.Ordinal)
        && !page.Body.Contains(PageTexts.RatingsMissing, StringComparison.Ordinal)
        && PageStars.Of(page.Body).Colors is { Count: <= 1 } colors
            ? ReviewsContract.VersionOf(colors is [var color] ? color : null)
            : null;
}
