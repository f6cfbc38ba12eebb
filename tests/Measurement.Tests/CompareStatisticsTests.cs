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
        var test = FigureTest.OfTwo(RoundSample.Of(SecondDrug, trim: 0), RoundSample.Of(FirstDrug, trim: 0))!;

        Assert.Equal(-1.58, test.Difference, 1e-9);
        Assert.Equal(-1.8608, test.Difference / test.StandardError, 5e-5);
        Assert.Equal(17.776, test.Freedom, 5e-4);
        Assert.Equal(-3.3654832, test.Difference - test.Reach(0.95), 5e-8);
        Assert.Equal(0.2054832, test.Difference + test.Reach(0.95), 5e-8);
    }

    [Fact]
    public void Students_test_of_pairs_gives_the_published_values()
    {
        // R: t.test(extra ~ group, data = sleep, paired = TRUE) prints t = -4.0621, df = 9 and -2.4598858 to -0.7001142.
        var test = FigureTest.OfPairs([.. FirstDrug.Zip(SecondDrug, (first, second) => first - second)])!;

        Assert.Equal((9, 10), (test.Freedom, test.Rounds));
        Assert.Equal(-4.0621, test.Difference / test.StandardError, 5e-5);
        Assert.Equal(-2.4598858, test.Difference - test.Reach(0.95), 5e-8);
        Assert.Equal(-0.7001142, test.Difference + test.Reach(0.95), 5e-8);
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
        Assert.Null(FigureTest.OfTwo(RoundSample.Of([5]), RoundSample.Of([1, 2, 3])));
        Assert.Null(FigureTest.OfTwo(RoundSample.Of([1, 2, 3]), RoundSample.Of([5])));
        Assert.Null(FigureTest.OfPairs([5]));
    }

    [Theory]
    [InlineData(5, 2.9, Verdict.Greater)]
    [InlineData(5, 3, Verdict.Inconclusive)]
    [InlineData(-1, 2.9, Verdict.Smaller)]
    [InlineData(-1, 3, Verdict.Inconclusive)]
    public void Rounds_that_are_all_alike_differ_by_more_than_two_runs_do_or_not(double after, double least, Verdict verdict)
    {
        var test = FigureTest.OfTwo(RoundSample.Of([2, 2, 2]), RoundSample.Of([after, after, after]))!;

        Assert.Equal((after - 2, 0.0, 0.0), (test.Difference, test.StandardError, test.Reach(0.95)));
        Assert.Equal(verdict, Judge(test, least: least, matters: 1).Verdict);
    }

    [Fact]
    public void A_least_variance_is_one()
    {
        var test = FigureTest.OfTwo(RoundSample.Of([0, 0, 0]), RoundSample.Of([1, 1, 1]), leastVariance: 0.25)!;

        Assert.Equal(0.5, test.StandardError, 1e-12);
        // The 97.5% quantile of Student's t with four degrees of freedom, from any table.
        Assert.Equal(0.5 * 2.77645, test.Reach(0.95), 5e-6);
    }

    [Fact]
    public void An_interval_has_in_it_what_two_runs_differ_by_and_the_number_of_figures()
    {
        var test = FigureTest.OfTwo(RoundSample.Of(SecondDrug, trim: 0), RoundSample.Of(FirstDrug, trim: 0))!;

        var alone = Judge(test);
        var wide = Judge(test, least: 0.5);
        var corrected = Judge(test, tests: 10);

        Assert.Equal((-1.58, -3.3654832), (alone.Difference, Math.Round(alone.Low!.Value, 7)));
        Assert.Equal(alone.Low!.Value - 0.5, wide.Low!.Value, 1e-9);
        Assert.Equal(alone.High!.Value + 0.5, wide.High!.Value, 1e-9);
        // Of ten, each is to hold with 99.5%.
        Assert.Equal(test.Reach(0.995), corrected.High!.Value - corrected.Difference, 1e-9);
    }

    [Theory]
    [InlineData(10.0, Verdict.Same, null)]
    [InlineData(3.4, Verdict.Same, null)]
    [InlineData(3.3, Verdict.Inconclusive, "too few rounds")]
    public void What_is_not_shown_is_too_small_to_matter_or_inconclusive(double matters, Verdict verdict, string? reason)
    {
        // The interval is -3.37 to 0.21.
        var figure = Judge(
            FigureTest.OfTwo(RoundSample.Of(SecondDrug, trim: 0), RoundSample.Of(FirstDrug, trim: 0))!, matters: matters);

        Assert.Equal((verdict, reason), (figure.Verdict, figure.Reason));
        Assert.Equal(3.3654832, figure.Bound!.Value, 5e-8);
    }

    [Fact]
    public void The_reason_says_what_keeps_a_difference_from_being_shown()
    {
        var test = new FigureTest(10, 3, 18, 10);

        Assert.Equal(Verdict.Greater, Judge(test, matters: 1).Verdict);
        Assert.Equal("corrected for 50 figures", Judge(test, tests: 50, matters: 1).Reason);
        Assert.Equal("two runs differ by as much", Judge(test, least: 9, matters: 1).Reason);
        Assert.Equal("too few rounds", Judge(test with { StandardError = 9 }, matters: 1).Reason);
    }

    [Fact]
    public void So_many_rounds_as_are_said_suffice()
    {
        var test = new FigureTest(10, 12, 18, 10);

        var rounds = Judge(test, matters: 1).RoundsNeeded!.Value;

        // The standard error goes with the root of their number.
        double Reach(int number) => StudentT.InvCDF(0, 1, 2.0 * (number - 1), 0.975) * 12 * Math.Sqrt(10.0 / number);
        Assert.InRange(Reach(rounds), 0, 10);
        Assert.True(Reach(rounds - 1) > 10);
        // Of a small difference there must be enough to say that it does not matter.
        Assert.True(Judge(test with { Difference = 1 }, matters: 9.5).RoundsNeeded > rounds);
        Assert.Null(Judge(test with { StandardError = 3000 }, matters: 1).RoundsNeeded);
        Assert.Null(Judge(test, least: 11, matters: 1).RoundsNeeded);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    public void Of_families_of_tests_where_nothing_differs_one_in_twenty_shows_something(int rounds)
    {
        const int Families = 500;
        const int Tests = 20;
        var random = new Random(1);

        var wrong = Enumerable.Range(0, Families).Count(_ => Enumerable.Range(0, Tests)
            .Select(_ => Judge(FigureTest.OfTwo(Draw(random, rounds, 10, 1), Draw(random, rounds, 10, 3))!, tests: Tests))
            .ToList().Exists(figure => figure.IsShown));
        var wrongOfPairs = Enumerable.Range(0, Families).Count(_ => Enumerable.Range(0, Tests)
            .Select(_ => Judge(FigureTest.OfPairs([.. Values(random, rounds, 0, 1)])!, tests: Tests))
            .ToList().Exists(figure => figure.IsShown));

        // The seed is always the same, so this holds always or never.
        Assert.InRange(wrong, 0, Most(Families, 1 - Comparison.Confidence));
        Assert.InRange(wrongOfPairs, 0, Most(Families, 1 - Comparison.Confidence));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    public void A_true_difference_of_what_two_runs_differ_by_is_shown_one_time_in_twenty(int rounds)
    {
        const int Pairs = 2000;
        var random = new Random(2);

        var shown = Enumerable.Range(0, Pairs).Count(
            _ => Judge(FigureTest.OfTwo(Draw(random, rounds, 10, 1), Draw(random, rounds, 11, 2))!, least: 1).IsShown);

        Assert.InRange(shown, 0, Most(Pairs, 0.05));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    public void Intervals_hold_the_true_difference_as_often_as_they_say(int rounds)
    {
        const int Pairs = 2000;
        var random = new Random(3);

        bool Misses(FigureTest test) => Math.Abs(test.Difference - 3) > test.Reach(0.95);
        var missed = Enumerable.Range(0, Pairs).Count(
            _ => Misses(FigureTest.OfTwo(Draw(random, rounds, 10, 1), Draw(random, rounds, 13, 2))!));
        var missedOfPairs = Enumerable.Range(0, Pairs).Count(_ => Misses(FigureTest.OfPairs([.. Values(random, rounds, 3, 2)])!));

        Assert.InRange(missed, 0, Most(Pairs, 0.05));
        Assert.InRange(missedOfPairs, 0, Most(Pairs, 0.05));
    }

    private static FigureComparison Judge(FigureTest test, int tests = 1, double least = 0, double matters = 0) => new FigureDraft(
        Measure.Page, FigureName.P50, 10, 10 + test.Difference, test.Difference, test, least, "two runs differ by as much", matters, null)
        .Judge(tests, Comparison.Confidence);

    private static IEnumerable<double> Values(Random random, int rounds, double mean, double deviation) =>
        Enumerable.Range(0, rounds).Select(_ => Normal.Sample(random, mean, deviation));

    private static RoundSample Draw(Random random, int rounds, double mean, double deviation) =>
        RoundSample.Of([.. Values(random, rounds, mean, deviation)]);

    /// <summary>The number of successes that is not exceeded but for one time in a million.</summary>
    private static int Most(int trials, double probability) =>
        Enumerable.Range(0, trials).First(number => Binomial.CDF(probability, trials, number) > 1 - 1e-6);
}
