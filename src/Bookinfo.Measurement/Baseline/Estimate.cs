using MathNet.Numerics.Distributions;

namespace Bookinfo.Measurement;

/// <summary>A figure over the rounds: the trimmed mean, and its 95% confidence interval by Student's t.</summary>
/// <param name="Mean">The mean of the middle rounds.</param>
/// <param name="Low">The lower end of the interval; <see langword="null"/> with fewer than two rounds.</param>
/// <param name="High">The upper end.</param>
public sealed record Estimate(double Mean, double? Low, double? High)
{
    /// <summary>The confidence level of the interval.</summary>
    public const double Confidence = 0.95;

    /// <summary>Half the width of the interval: the number after a plus-minus sign.</summary>
    public double? Margin() => High - Mean;

    /// <summary>Estimates from one value per round, as <see cref="RoundSample"/> says.</summary>
    /// <param name="rounds">The values, at least one.</param>
    public static Estimate Of(IReadOnlyCollection<double> rounds) => RoundSample.Of(rounds).ToEstimate();
}

/// <summary>
/// A figure over the rounds of one baseline, each round an observation: its trimmed mean, which all reports show, and how precise that is.
/// The lowest and the highest fifth of the rounds, rounded down, are left out of the mean, since a round in which the machine did something
/// else says nothing about the system; the winsorized variance accounts for that (K. K. Yuen, The two-sample trimmed t for unequal
/// population variances, Biometrika 61, 1974). With fewer than five rounds none is left out.
/// </summary>
/// <param name="Rounds">How many rounds.</param>
/// <param name="Mean">The trimmed mean.</param>
/// <param name="Variance">The variance of that mean; <see langword="null"/> with fewer than two rounds.</param>
/// <param name="Freedom">Its degrees of freedom.</param>
internal sealed record RoundSample(int Rounds, double Mean, double? Variance, int Freedom)
{
    /// <summary>The share of the rounds that is left out at each end.</summary>
    public const double UsualTrim = 0.2;

    /// <summary>Takes a sample of rounds.</summary>
    /// <param name="rounds">One value per round, at least one.</param>
    /// <param name="trim">The share to leave out at each end, below one half; 0 for the ordinary mean.</param>
    public static RoundSample Of(IReadOnlyCollection<double> rounds, double trim = UsualTrim)
    {
        var sorted = rounds.Order().ToArray();
        var cut = (int)(sorted.Length * trim);
        var kept = sorted[cut..^cut];
        var freedom = kept.Length - 1;
        if (freedom == 0)
        {
            return new RoundSample(sorted.Length, kept[0], null, 0);
        }

        var winsorized = sorted.Select(value => Math.Clamp(value, kept[0], kept[^1])).ToArray();
        var center = winsorized.Average();
        var squares = winsorized.Sum(value => (value - center) * (value - center));
        return new RoundSample(sorted.Length, kept.Average(), squares / (kept.Length * freedom), freedom);
    }

    /// <summary>The mean with its confidence interval.</summary>
    public Estimate ToEstimate()
    {
        if (Variance is not { } variance)
        {
            return new Estimate(Mean, null, null);
        }

        var reach = StudentT.InvCDF(0, 1, Freedom, (1 + Estimate.Confidence) / 2) * Math.Sqrt(variance);
        return new Estimate(Mean, Mean - reach, Mean + reach);
    }
}
