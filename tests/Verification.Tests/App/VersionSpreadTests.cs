using Bookinfo.Measurement;

namespace Bookinfo.Verification.Tests;

/// <summary>Which versions pages come from, compared with what must be.</summary>
public sealed class VersionSpreadTests
{
    private static readonly VersionShares Thirds = VersionShares.OfWeights([new("v1", 1), new("v2", 1), new("v3", 1)]);

    [Theory]
    [InlineData(100, 100, 100, "")]
    [InlineData(70, 110, 120, "")]
    // The contract's own bounds, 18% and 50% of 300 pages, are not narrower.
    [InlineData(54, 123, 123, "VersionShare reviews v1")]
    [InlineData(150, 75, 75, "VersionShare reviews v1")]
    [InlineData(150, 150, 0, "VersionNotServed reviews v3")]
    [InlineData(300, 0, 0, "VersionNotServed reviews v2, VersionNotServed reviews v3")]
    // Of pages that show no version nobody knows: they may be those of the version that seems to lack some.
    [InlineData(100, 100, 0, "")]
    [InlineData(145, 140, 0, "VersionNotServed reviews v3")]
    public void Shares_are_what_chance_leaves_of_weights(int one, int two, int three, string findings) =>
        Assert.Equal(findings, Found(Thirds, one, two, three));

    [Theory]
    [InlineData("v1=100", 300, 0, 0, "")]
    [InlineData("v1=100", 299, 0, 1, "VersionShare reviews v1, VersionShare reviews v3")]
    [InlineData("v1=90,v3=10", 270, 0, 30, "")]
    [InlineData("v1=90,v3=10", 240, 0, 60, "VersionShare reviews v1, VersionShare reviews v3")]
    // One of a hundred may be none of 300.
    [InlineData("v1=99,v3=1", 300, 0, 0, "")]
    public void A_version_without_a_share_gets_nothing(string shares, int one, int two, int three, string findings) =>
        Assert.Equal(findings, Found(VersionShares.TryParse(shares)!, one, two, three));

    private static string Found(VersionShares shares, int one, int two, int three)
    {
        var served = new Dictionary<string, int> { ["v1"] = one, ["v2"] = two, ["v3"] = three }.Where(version => version.Value > 0)
            .ToDictionary();
        return string.Join(
            ", ", new VersionSpread(300, served).Findings(shares).Select(finding => $"{finding.Kind} {finding.Subject}"));
    }
}
