using Microsoft.Extensions.Time.Testing;

namespace Bookinfo.Local.Tests;

public sealed class RestartDelaysTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Delays_grow_to_30_seconds()
    {
        var delays = new RestartDelays(_time);

        Assert.Equal([1, 2, 4, 8, 16, 30, 30, 30], Enumerable.Range(0, 8).Select(_ => LiveFor(delays, seconds: 0.5)));
    }

    [Fact]
    public void A_minute_of_life_makes_good()
    {
        var delays = new RestartDelays(_time);
        LiveFor(delays, seconds: 1);
        LiveFor(delays, seconds: 1);

        Assert.Equal(4, LiveFor(delays, seconds: 59.9));
        Assert.Equal(1, LiveFor(delays, seconds: 60));
        Assert.Equal(2, LiveFor(delays, seconds: 1));
    }

    private double LiveFor(RestartDelays delays, double seconds)
    {
        delays.Started();
        _time.Advance(TimeSpan.FromSeconds(seconds));
        return delays.Ended().TotalSeconds;
    }
}
