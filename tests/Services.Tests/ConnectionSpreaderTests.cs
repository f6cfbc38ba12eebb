using Bookinfo.ServiceDefaults.Backends;
using Microsoft.Extensions.Time.Testing;

namespace Services.Tests;

/// <summary>How often connections are given up, by a clock that stands still unless it is moved.</summary>
public sealed class ConnectionSpreaderTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void After_lasting_load_reloads_roll_the_dice_each_time()
    {
        var spreader = new ConnectionSpreader(_clock);
        using var other = new HttpRequestMessage();
        spreader.Begin(other);
        for (var i = 0; i < 10_000; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            GivesUp(spreader);
        }

        Assert.InRange(Enumerable.Range(0, 400).Count(_ => Later(1) && GivesUp(spreader)), 1, 3);
        spreader.End();
        _clock.Advance(ConnectionSpreader.Calm);
        Assert.All(Enumerable.Range(0, 600), _ => Assert.True(GivesUp(spreader)));
    }

    [Fact]
    public void A_request_that_finds_no_other_under_way_in_the_midst_of_load_is_no_reload()
    {
        var spreader = new ConnectionSpreader(_clock);
        var givenUp = 0;
        for (var i = 0; i < 10_000; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            using var first = new HttpRequestMessage();
            spreader.Begin(first);
            givenUp += GivesUp(spreader) ? 1 : 0;
            spreader.End();
            givenUp += (first.Headers.ConnectionClose == true ? 1 : 0) + (GivesUp(spreader) ? 1 : 0);
        }

        Assert.InRange(givenUp, ConnectionSpreader.BurstTogether, ConnectionSpreader.BurstTogether + 55);
    }

    [Fact]
    public void Reloads_without_an_end_give_up_a_connection_every_10_ms_after_the_first_two_thousand()
    {
        var spreader = new ConnectionSpreader(_clock);
        Assert.Equal(ConnectionSpreader.BurstAlone, Enumerable.Range(0, 3 * ConnectionSpreader.BurstAlone).Count(_ => GivesUp(spreader)));
        Assert.Equal(100, Enumerable.Range(0, 1000).Count(_ => Later(1) && GivesUp(spreader)));
    }

    private static bool GivesUp(ConnectionSpreader spreader)
    {
        using var request = new HttpRequestMessage();
        spreader.Begin(request);
        spreader.End();
        return request.Headers.ConnectionClose == true;
    }

    private bool Later(int milliseconds)
    {
        _clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
        return true;
    }
}
