using MathNet.Numerics.Distributions;

namespace Bookinfo.Measurement;

/// <summary>The test of a difference over the rounds, before it is known how many figures are judged together.</summary>
/// <param name="Difference">The difference.</param>
/// <param name="StandardError">Its standard error.</param>
/// <param name="Freedom">The degrees of freedom of Student's t.</param>
/// <param name="Rounds">The number of rounds; if two baselines have different numbers, the smaller one.</param>
internal sealed record FigureTest(double Difference, double StandardError, double Freedom, int Rounds)
{
    /// <summary>
    /// Compares two samples whose variances need not be equal (B. L. Welch, The generalization of 'Student's' problem when several
    /// different population variances are involved, Biometrika 34, 1947).
    /// </summary>
    /// <param name="before">The first.</param>
    /// <param name="after">The second.</param>
    /// <param name="leastVariance">
    /// A lower bound of the variance of the difference, such as the binomial one of a share of requests. Without it, rounds that happen to
    /// agree would make the variance too small.
    /// </param>
    /// <returns>The test, or <see langword="null"/> when one of them has fewer than two rounds.</returns>
    public static FigureTest? OfTwo(RoundSample before, RoundSample after, double leastVariance = 0)
    {
        if (before.Variance is not { } first || after.Variance is not { } second)
        {
            return null;
        }

        var sum = first + second;
        var freedom = sum == 0
            ? before.Freedom + after.Freedom
            : sum * sum / ((first * first / before.Freedom) + (second * second / after.Freedom));
        return new FigureTest(
            after.Mean - before.Mean, Math.Sqrt(Math.Max(sum, leastVariance)), freedom, Math.Min(before.Rounds, after.Rounds));
    }

    /// <summary>Tests differences, one from each round, by Student's t.</summary>
    /// <param name="differences">One for each round.</param>
    /// <param name="leastVariance">As in <see cref="OfTwo"/>.</param>
    /// <returns>The test, or <see langword="null"/> with fewer than two rounds.</returns>
    public static FigureTest? OfPairs(IReadOnlyCollection<double> differences, double leastVariance = 0)
    {
        if (differences.Count < 2)
        {
            return null;
        }

        var sample = RoundSample.Of(differences, trim: 0);
        return new FigureTest(sample.Mean, Math.Sqrt(Math.Max(sample.Variance!.Value, leastVariance)), sample.Freedom, differences.Count);
    }

    /// <summary>Half the width of the confidence interval.</summary>
    /// <param name="confidence">The confidence level, such as 0.95.</param>
    public double Reach(double confidence) => Reach(confidence, Rounds);

    /// <summary>The number of rounds with which half the width of the interval would be about as large as given, or less.</summary>
    /// <param name="reach">Half the width.</param>
    /// <param name="confidence">The confidence level of the interval.</param>
    /// <returns>The number, or <see langword="null"/> if it would be more than <see cref="BaselinePlan.MostRounds"/>.</returns>
    public int? RoundsFor(double reach, double confidence)
    {
        if (reach <= 0 || Reach(confidence, BaselinePlan.MostRounds) > reach)
        {
            return null;
        }

        // The more rounds, the narrower the interval.
        var (low, high) = (1, BaselinePlan.MostRounds);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            (low, high) = Reach(confidence, middle) > reach ? (middle, high) : (low, middle);
        }

        return high;
    }

    private double Reach(double confidence, int rounds)
    {
        if (StandardError == 0)
        {
            return 0;
        }

        var freedom = Freedom * (rounds - 1) / (Rounds - 1);
        return StudentT.InvCDF(0, 1, freedom, (1 + confidence) / 2) * StandardError * Math.Sqrt((double)Rounds / rounds);
    }
}
