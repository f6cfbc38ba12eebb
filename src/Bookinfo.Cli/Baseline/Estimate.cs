namespace Bookinfo.Cli.Baseline;

/// <summary>A figure over the rounds: the trimmed mean, and its 95% confidence interval by Student's t.</summary>
/// <param name="Mean">The mean of the middle rounds.</param>
/// <param name="Low">The lower end of the interval; <see langword="null"/> with fewer than two rounds.</param>
/// <param name="High">The upper end.</param>
internal sealed record Estimate(double Mean, double? Low, double? High)
{
    /// <summary>How sure the interval is.</summary>
    public const double Confidence = 0.95;

    /// <summary>Half the width of the interval: what to write behind a plus-minus sign.</summary>
    public double? Margin() => High - Mean;

    /// <summary>Estimates from one value a round, as <see cref="RoundSample"/> says.</summary>
    /// <param name="rounds">The values, one at least.</param>
    public static Estimate Of(IReadOnlyCollection<double> rounds) => RoundSample.Of(rounds).ToEstimate();
}
