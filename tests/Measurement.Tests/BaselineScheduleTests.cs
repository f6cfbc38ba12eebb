namespace Bookinfo.Measurement.Tests;

/// <summary>The order of the steps.</summary>
public sealed class BaselineScheduleTests
{
    private static readonly double[] Rates = [50, 200, 500];

    [Fact]
    public void Each_round_has_each_rate_once()
    {
        var schedule = BaselineSchedule.Make(Rates, 20, 1);

        Assert.Equal(60, schedule.Count);
        foreach (var (index, round) in schedule.Chunk(3).Index())
        {
            Assert.All(round, step => Assert.Equal(index + 1, step.Round));
            Assert.Equal(Rates, round.Select(step => step.Rate).Order());
        }
    }

    [Fact]
    public void Each_order_comes_up() => Assert.Equal(
        6, BaselineSchedule.Make(Rates, 60, 1)
            .Chunk(3).Select(round => string.Join(' ', round.Select(step => step.Rate))).Distinct().Count());

    [Fact]
    public void The_order_depends_on_the_seed_alone()
    {
        Assert.Equal(BaselineSchedule.Make(Rates, 20, 7), BaselineSchedule.Make(Rates, 20, 7));
        Assert.NotEqual(BaselineSchedule.Make(Rates, 20, 7), BaselineSchedule.Make(Rates, 20, 8));
    }
}
