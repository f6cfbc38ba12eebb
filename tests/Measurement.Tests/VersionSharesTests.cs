using FsCheck;
using FsCheck.Xunit;

namespace Bookinfo.Measurement.Tests;

/// <summary>Shares of versions: what is one, and the steps from some to others.</summary>
public sealed class VersionSharesTests
{
    private const string Form = "must be versions with their shares in whole percent and commas between them, such as v1=80,v3=20";

    [Theory]
    [InlineData("v1=80,v3=20", "v1=80,v3=20")]
    [InlineData("v3=20%, v1=80%", "v1=80,v3=20")]
    [InlineData("v1=0,v2=100", "v2=100")]
    [InlineData("v2=100", "v2=100")]
    public void Shares_are_read(string text, string shares) => Assert.Equal(shares, $"{VersionShares.TryParse(text)}");

    [Theory]
    [InlineData("", Form)]
    [InlineData("v1", Form)]
    [InlineData("v1=", Form)]
    [InlineData("v1=-1,v2=101", Form)]
    [InlineData("v1=+80,v3=20", Form)]
    [InlineData("v1=99.5,v3=0.5", Form)]
    [InlineData("v1=NaN,v3=20", Form)]
    [InlineData("v1=1e2", Form)]
    [InlineData("v1=1000", Form)]
    [InlineData("v1=80 v3=20", Form)]
    [InlineData("v1=80;v3=20", Form)]
    [InlineData("v1 = 80,v3 = 20", Form)]
    [InlineData("v1=80%%,v3=20", Form)]
    [InlineData("V1=100", Form)]
    [InlineData("reviews-v1=100", Form)]
    [InlineData("v1=80,v3=20,", Form)]
    [InlineData(",v1=100", Form)]
    [InlineData("v4=100", "must name versions of reviews (v1, v2, v3), and there is no v4")]
    [InlineData("v1=80,v01=20", "must name versions of reviews (v1, v2, v3), and there is no v01")]
    [InlineData("v1=50,v1=50", "must name each version once, and v1 is there more than once")]
    [InlineData("v1=100,v2=0,v2=0", "must name each version once, and v2 is there more than once")]
    [InlineData("v1=80", "must add up to 100%, and adds up to 80%")]
    [InlineData("v1=80,v3=30", "must add up to 100%, and adds up to 110%")]
    [InlineData("v1=0,v3=0", "must add up to 100%, and adds up to 0%")]
    public void What_is_wrong_with_shares_is_told(string text, string problem)
    {
        Assert.Null(VersionShares.TryParse(text, out var told));
        Assert.Equal(problem, told);
    }

    [Theory]
    [InlineData("v1=100", "v1=80,v3=20", 10, "v1=90,v3=10|v1=80,v3=20")]
    [InlineData("v1=100", "v1=80,v3=20", 15, "v1=85,v3=15|v1=80,v3=20")]
    [InlineData("v1=100", "v1=80,v3=20", 100, "v1=80,v3=20")]
    [InlineData("v1=80,v3=20", "v1=80,v3=20", 10, "")]
    [InlineData("v1=34,v2=33,v3=33", "v3=100", 40, "v1=14,v2=13,v3=73|v3=100")]
    [InlineData("v1=100", "v2=50,v3=50", 50, "v1=50,v2=25,v3=25|v2=50,v3=50")]
    public void The_way_goes_in_steps_of_at_most_so_many_points(string from, string to, int points, string steps) => Assert.Equal(
        steps, string.Join('|', VersionShares.TryParse(from)!.StepsTo(VersionShares.TryParse(to)!, points)));

    [Property(MaxTest = 300)]
    public void Every_way_arrives_and_no_step_is_too_long(int seed, PositiveInt most)
    {
        var random = new Random(seed);
        var points = (most.Get % 100) + 1;
        var (from, to) = (Any(random), Any(random));
        var way = from.StepsTo(to, points).Prepend(from).ToList();

        Assert.Equal(to, way[^1]);
        Assert.All(way.Zip(way.Skip(1)), step => Assert.All(VersionShares.AllVersions, version =>
            // Whole percents: a step may be rounded up by less than one.
            Assert.InRange(Math.Abs(step.Second[version] - step.First[version]), 0, points + 1)));
    }

    [Fact]
    public void Weights_become_whole_percents()
    {
        Assert.Equal("v1=34,v2=33,v3=33", $"{VersionShares.OfWeights([new("v1", 1), new("v2", 1), new("v3", 1)])}");
        Assert.Equal("v1=90,v3=10", $"{VersionShares.OfWeights([new("v1", 9), new("v2", 0), new("v3", 1)])}");
        Assert.Equal("v1=86,v3=14", $"{VersionShares.OfWeights([new("v1", 6), new("v3", 1)])}");
    }

    /// <summary>Against the values in Brown, Cai and DasGupta, Statistical Science 16 (2001), and their formula at the ends.</summary>
    [Theory]
    [InlineData(0, 10, 0, 0.2775)]
    [InlineData(10, 10, 0.7225, 1)]
    [InlineData(5, 10, 0.2366, 0.7634)]
    [InlineData(20, 100, 0.1334, 0.2888)]
    [InlineData(0, 0, 0, 1)]
    public void The_interval_is_Wilsons(long count, long of, double low, double high)
    {
        var share = ShareEstimate.From(count, of);
        Assert.Equal((low, high), (Math.Round(share.Low, 4), Math.Round(share.High, 4)));
    }

    private static VersionShares Any(Random random)
    {
        var first = random.Next(101);
        var second = random.Next(101 - first);
        return new VersionShares([new("v1", first), new("v2", second), new("v3", 100 - first - second)]);
    }
}
