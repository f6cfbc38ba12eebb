using MathNet.Numerics.Distributions;

namespace Bookinfo.Measurement;

/// <summary>
/// The difference of two means whose variances need not be equal, as t distributed (B. L. Welch, The generalization of 'Student's' problem
/// when several different population variances are involved, Biometrika 34, 1947).
/// </summary>
/// <param name="Difference">The second mean less the first.</param>
/// <param name="StandardError">Of the difference.</param>
/// <param name="Freedom">The degrees of freedom by Welch and Satterthwaite.</param>
internal sealed record WelchTest(double Difference, double StandardError, double Freedom)
{
    /// <summary>Compares two samples.</summary>
    /// <param name="before">The first.</param>
    /// <param name="after">The second.</param>
    /// <param name="leastVariance">
    /// What the variance of the difference is at least by its nature, such as that of a share of counted requests; rounds that happen to
    /// agree do not prove a smaller one.
    /// </param>
    /// <returns>The test, or <see langword="null"/> when one of them has fewer than two rounds.</returns>
    public static WelchTest? Of(RoundSample before, RoundSample after, double leastVariance = 0)
    {
        if (before.Variance is not { } first || after.Variance is not { } second)
        {
            return null;
        }

        var sum = first + second;
        var freedom = sum == 0
            ? before.Freedom + after.Freedom
            : sum * sum / ((first * first / before.Freedom) + (second * second / after.Freedom));
        return new WelchTest(after.Mean - before.Mean, Math.Sqrt(Math.Max(sum, leastVariance)), freedom);
    }

    /// <summary>
    /// How probable a difference as great as this is or greater, up or down, if the true one is no greater than a margin. With a margin of
    /// 0 it is the usual two-sided test; with another a minimum-effect test (K. R. Murphy and B. Myors, Testing the hypothesis that
    /// treatments have negligible effects, Journal of Applied Psychology 84, 1999).
    /// </summary>
    /// <param name="margin">The greatest difference that counts as none.</param>
    public double PValue(double margin = 0)
    {
        var size = Math.Abs(Difference);
        if (StandardError == 0)
        {
            return size > margin ? 0 : 1;
        }

        return Math.Min(
            1,
            StudentT.CDF(0, 1, Freedom, (margin - size) / StandardError) + StudentT.CDF(0, 1, Freedom, (-margin - size) / StandardError));
    }

    /// <summary>The confidence interval of the difference.</summary>
    /// <param name="confidence">How sure it is to be, such as 0.95.</param>
    public (double Low, double High) Interval(double confidence)
    {
        var reach = StandardError == 0 ? 0 : StudentT.InvCDF(0, 1, Freedom, (1 + confidence) / 2) * StandardError;
        return (Difference - reach, Difference + reach);
    }
}

/// <summary>
/// The correction for making many tests at once (S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of
/// Statistics 6, 1979): when nothing differs, the probability that any of them says so is no more than the level, however they depend on
/// each other.
/// </summary>
internal static class HolmCorrection
{
    /// <summary>Corrects p-values.</summary>
    /// <param name="values">The p-values of all tests.</param>
    /// <returns>Corrected ones in the same order, each to be compared with the level of the whole family.</returns>
    public static IReadOnlyList<double> Adjust(IReadOnlyList<double> values)
    {
        var adjusted = new double[values.Count];
        var highest = 0.0;
        foreach (var (rank, index) in Enumerable.Range(0, values.Count).OrderBy(index => values[index]).Index())
        {
            highest = Math.Max(highest, Math.Min(1, values[index] * (values.Count - rank)));
            adjusted[index] = highest;
        }

        return adjusted;
    }
}

/// <summary>
/// The smallest difference that counts. Two baselines of the same system differ by more than the rounds within each of them do: memory lies
/// elsewhere, code was compiled in another order, the machine has other things to do for minutes. Rounds cannot tell that, however many
/// there are, so a test over rounds alone finds differences that are real and mean nothing. The numbers are what pairs of baselines of the
/// same system showed, measured with bench/compare.sh on a busy machine with two processors (docs/measuring.md).
/// </summary>
internal static class SmallestDifference
{
    /// <summary>The share of what it was before, of processor time.</summary>
    public const double Cpu = 0.1;

    /// <summary>Percent of the requests.</summary>
    public const double Errors = 0.1;

    /// <summary>The share of what it was before, of a median.</summary>
    public const double MedianShare = 0.15;

    /// <summary>The least of a median, in microseconds.</summary>
    public const double MedianMicroseconds = 200;

    /// <summary>The share of what it was before, of another percentile.</summary>
    public const double TailShare = 0.3;

    /// <summary>The least of another percentile, in microseconds.</summary>
    public const double TailMicroseconds = 500;

    /// <summary>Of a latency.</summary>
    /// <param name="figure">One of <see cref="FigureName"/>.</param>
    /// <param name="before">What it was before, in microseconds.</param>
    /// <param name="generatorDelay">
    /// How late the generator was at the same percentile, in microseconds: the greater one of the two baselines. It had only to be woken,
    /// so that is how long whoever is woken waits for a processor, and each hop wakes several.
    /// </param>
    /// <returns>In microseconds.</returns>
    public static double OfLatency(string figure, double before, double generatorDelay)
    {
        var (share, microseconds) = figure == FigureName.P50 ? (MedianShare, MedianMicroseconds) : (TailShare, TailMicroseconds);
        return Math.Max(Math.Max(share * before, microseconds), generatorDelay);
    }
}
