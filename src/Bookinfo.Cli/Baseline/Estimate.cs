using MathNet.Numerics.Distributions;

namespace Bookinfo.Cli.Baseline;

/// <summary>A figure over the rounds: the mean, and the 95% confidence interval by Student's t.</summary>
/// <param name="Mean">The mean of the rounds.</param>
/// <param name="Low">The lower end of the interval; <see langword="null"/> with fewer than two rounds.</param>
/// <param name="High">The upper end.</param>
internal sealed record Estimate(double Mean, double? Low, double? High)
{
    /// <summary>How sure the interval is.</summary>
    public const double Confidence = 0.95;

    /// <summary>Half the width of the interval: what to write behind a plus-minus sign.</summary>
    public double? Margin() => High - Mean;

    /// <summary>Estimates from one value a round. Rounds are few, and normally distributed about as well as means and percentiles of many requests are.</summary>
    /// <param name="rounds">The values, one at least.</param>
    public static Estimate Of(IReadOnlyCollection<double> rounds)
    {
        var mean = rounds.Average();
        if (rounds.Count < 2)
        {
            return new Estimate(mean, null, null);
        }

        var freedom = rounds.Count - 1;
        var variance = rounds.Sum(value => (value - mean) * (value - mean)) / freedom;
        var margin = StudentT.InvCDF(0, 1, freedom, (1 + Confidence) / 2) * Math.Sqrt(variance / rounds.Count);
        return new Estimate(mean, mean - margin, mean + margin);
    }
}
