namespace Bookinfo.Cli.Baseline;

/// <summary>A figure over the rounds: the mean, and the 95% confidence interval by Student's t.</summary>
/// <param name="Mean">The mean of the rounds.</param>
/// <param name="Low">The lower end of the interval; <see langword="null"/> with fewer than two rounds.</param>
/// <param name="High">The upper end.</param>
internal sealed record Estimate(double Mean, double? Low, double? High);
