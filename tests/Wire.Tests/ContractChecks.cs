using Bookinfo.Contracts;
using Bookinfo.Verification;

namespace Wire.Tests;

/// <summary>
/// Everything in the contract's list (<see cref="AppContract"/>), against which <c>bookinfo verify</c> checks what is deployed, and what
/// only those can know who have started the processes themselves.
/// </summary>
public sealed class ContractChecks(WireSystem system)
{
    /// <summary>Checks in which we are stricter than the originals have a trait.</summary>
    public static IEnumerable<TheoryDataRow<string>> Checks => AppContract.Checks.Select(check =>
    {
        var row = new TheoryDataRow<string>(check.ToString());
        return check.IsOurs ? row.WithTrait("Scope", "Ours") : row;
    });

    [Theory]
    [MemberData(nameof(Checks))]
    public Task The_contract(string check)
    {
        var one = AppContract.Checks.Single(known => known.ToString() == check);
        return one.RunAsync(system.ProbeOf(one.Process));
    }

    [Fact]
    public async Task Reloads_show_no_stars_black_stars_and_red_stars()
    {
        // Six times the number of versions: with connections spread at random, one is missed once in 500 runs; ours take turns.
        var spread = await VersionSpread.LoadAsync(system.ProbeOf(AppContract.Page), system.IsOurs ? 6 : 60);
        Assert.Equal(spread.Views, spread.Told);
        Assert.Equal(["v1", "v2", "v3"], spread.Served.Keys.Order());
        if (system.IsOurs)
        {
            Assert.All(spread.Served.Values, count => Assert.Equal(2, count));
        }
    }

    [Fact]
    public async Task Nine_of_ten_stars_are_filled()
    {
        for (var view = 0; view < 6; view++)
        {
            var page = await system.ProbeOf(AppContract.Page).GetAsync("/productpage");
            var stars = PageStars.Of(page.Body);
            Assert.Equal(stars.Colors.Count == 0 ? 0 : 9, stars.Filled);
            Assert.Equal(stars.Filled, stars.Lines);
        }
    }

    [Fact]
    [Trait("Scope", "Ours")]
    public async Task Pod_and_cluster_are_named()
    {
        Assert.SkipUnless(system.IsOurs, "What pods and clusters are called is known of our own processes only.");
        var answer = await system.ProbeOf("reviews-v2").GetAsync("/reviews/0");
        Assert.StartsWith("""{"id":"0","podname":"reviews-v2","clustername":"null",""", answer.Body, StringComparison.Ordinal);
    }

    /// <summary>Whoever takes a check out of the list has to say so here.</summary>
    [Fact]
    public void No_check_is_there_twice_and_none_has_gone()
    {
        Assert.Equal(AppContract.Checks.Count, AppContract.Checks.Select(check => check.ToString()).Distinct().Count());
        Assert.InRange(AppContract.Checks.Count, 191, int.MaxValue);
        Assert.Equal(
            ServiceCatalog.All.SelectMany(service => service.Versions).Select(version => version.Name).Order(),
            AppContract.Checks.Select(check => check.Process).Distinct().Order());
    }
}
