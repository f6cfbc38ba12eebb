using MathNet.Numerics.Distributions;

namespace Bookinfo.Measurement.Tests;

/// <summary>The statistics of <c>compare</c>, against published values and, for what they promise, against chance.</summary>
public sealed class CompareStatisticsTests
{
    /// <summary>
    /// Hours of sleep gained by two drugs (Student 1908), for which R prints t = -1.8608, df = 17.776, p = 0.07939 and -3.3654832 to
    /// 0.2054832.
    /// </summary>
    private static readonly double[] FirstDrug = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];

    private static readonly double[] SecondDrug = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

    [Fact]
    public void Welchs_test_gives_the_published_values()
    {
        var test = WelchTest.Of(RoundSample.Of(SecondDrug, trim: 0), RoundSample.Of(FirstDrug, trim: 0))!;

        Assert.Equal(-1.58, test.Difference, 1e-9);
        Assert.Equal(-1.8608, test.Difference / test.StandardError, 5e-5);
        Assert.Equal(17.776, test.Freedom, 5e-4);
        Assert.Equal(0.07939, test.PValue(), 5e-6);
        var (low, high) = test.Interval(0.95);
        Assert.Equal(-3.3654832, low, 5e-8);
        Assert.Equal(0.2054832, high, 5e-8);
    }

    [Fact]
    public void Of_five_rounds_the_lowest_and_the_highest_are_left_out_and_paid_for()
    {
        // By hand: 2, 3, 7 are kept, the mean is 4; winsorized 2, 2, 3, 7, 7 around 4.2 have squares of 4.84, 4.84, 1.44, 7.84 and 7.84,
        // 26.8 together; by 3 x 2.
        var sample = RoundSample.Of([7, 1000, 3, 2, 1]);

        Assert.Equal((5, 2), (sample.Rounds, sample.Freedom));
        Assert.Equal(4, sample.Mean, 1e-12);
        Assert.Equal(26.8 / 6, sample.Variance!.Value, 1e-12);
        // The 97.5% quantile of Student's t with two degrees of freedom, from any table.
        Assert.Equal(4 + (4.30265 * Math.Sqrt(26.8 / 6)), sample.ToEstimate().High!.Value, 1e-4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Of_fewer_rounds_all_count(int rounds)
    {
        var values = Enumerable.Range(1, rounds).Select(value => (double)value * value).ToArray();

        Assert.Equal(values.Average(), RoundSample.Of(values).Mean, 1e-12);
    }

    [Fact]
    public void One_round_says_nothing_of_chance()
    {
        Assert.Null(RoundSample.Of([5]).Variance);
        Assert.Equal(
            (5, null, null),
            (RoundSample.Of([5]).ToEstimate().Mean, RoundSample.Of([5]).ToEstimate().Low, RoundSample.Of([5]).ToEstimate().High));
        Assert.Null(WelchTest.Of(RoundSample.Of([5]), RoundSample.Of([1, 2, 3])));
        Assert.Null(WelchTest.Of(RoundSample.Of([1, 2, 3]), RoundSample.Of([5])));
    }

    [Fact]
    public void Rounds_that_are_all_alike_differ_or_not()
    {
        var test = WelchTest.Of(RoundSample.Of([2, 2, 2]), RoundSample.Of([5, 5, 5]))!;

        Assert.Equal((3, 0.0), (test.Difference, test.StandardError));
        Assert.Equal((3.0, 3.0), test.Interval(0.95));
        Assert.Equal(0, test.PValue(2.9));
        Assert.Equal(1, test.PValue(3));
    }

    [Fact]
    public void A_least_variance_is_one()
    {
        var test = WelchTest.Of(RoundSample.Of([0, 0, 0]), RoundSample.Of([1, 1, 1]), leastVariance: 0.25)!;

        Assert.Equal(0.5, test.StandardError, 1e-12);
        // Student's t with four degrees of freedom is beyond 2 either way with 0.11612.
        Assert.Equal(0.11612, test.PValue(), 5e-6);
    }

    [Fact]
    public void With_a_margin_only_what_is_beyond_it_counts()
    {
        var test = WelchTest.Of(RoundSample.Of(SecondDrug, trim: 0), RoundSample.Of(FirstDrug, trim: 0))!;

        // (1.58 - 0.5) / 0.849 = 1.272 and (1.58 + 0.5) / 0.849 = 2.450, each on one side.
        Assert.Equal(
            StudentT.CDF(0, 1, 17.776, -1.08 / test.StandardError) + StudentT.CDF(0, 1, 17.776, -2.08 / test.StandardError),
            test.PValue(0.5), 1e-5);
        Assert.True(test.PValue(0.5) > test.PValue());
        Assert.InRange(test.PValue(1.58), 0.5, 1);
        Assert.InRange(test.PValue(10), 0.9, 1);
    }

    [Fact]
    public void Holms_correction_gives_the_published_values()
    {
        // R: p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm")
        Assert.Equal(
            [0.05, 0.08, 0.09, 0.09, 0.09], HolmCorrection.Adjust([0.01, 0.02, 0.03, 0.04, 0.05]).Select(value => Math.Round(value, 9)));
        Assert.Equal([1, 0.03, 1], HolmCorrection.Adjust([0.6, 0.01, 0.5]).Select(value => Math.Round(value, 9)));
        Assert.Empty(HolmCorrection.Adjust([]));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    public void Of_families_of_tests_where_nothing_differs_one_in_twenty_shows_something(int rounds)
    {
        const int Families = 1000;
        const int Tests = 30;
        var random = new Random(1);

        var wrong = Enumerable.Range(0, Families).Count(_ => HolmCorrection
            .Adjust([.. Enumerable.Range(0, Tests)
                .Select(_ => WelchTest.Of(Draw(random, rounds, 10, 1), Draw(random, rounds, 10, 3))!.PValue())])
            .Any(value => value < Comparison.Level));

        // The seed is always the same, so this holds always or never.
        Assert.InRange(wrong, 0, Most(Families, Comparison.Level));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    public void A_true_difference_of_just_the_margin_is_shown_one_time_in_twenty(int rounds)
    {
        const int Pairs = 2000;
        var random = new Random(2);

        var shown = Enumerable.Range(0, Pairs).Count(
            _ => WelchTest.Of(Draw(random, rounds, 10, 1), Draw(random, rounds, 11, 2))!.PValue(margin: 1) < 0.05);

        Assert.InRange(shown, 0, Most(Pairs, 0.05));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    public void Intervals_hold_the_true_difference_as_often_as_they_say(int rounds)
    {
        const int Pairs = 2000;
        var random = new Random(3);

        var missed = Enumerable.Range(0, Pairs).Count(_ =>
            WelchTest.Of(Draw(random, rounds, 10, 1), Draw(random, rounds, 13, 2))!.Interval(0.95) is var (low, high)
                && (low > 3 || high < 3));

        Assert.InRange(missed, 0, Most(Pairs, 0.05));
    }

    private static RoundSample Draw(Random random, int rounds, double mean, double deviation) =>
        RoundSample.Of([.. Enumerable.Range(0, rounds).Select(_ => Normal.Sample(random, mean, deviation))]);

    /// <summary>The number of successes that is not exceeded but for one time in a million.</summary>
    private static int Most(int trials, double probability) =>
        Enumerable.Range(0, trials).First(number => Binomial.CDF(probability, trials, number) > 1 - 1e-6);
}
