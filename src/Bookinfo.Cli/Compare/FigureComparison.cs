namespace Bookinfo.Cli.Compare;

/// <summary>
/// A figure before and after. Units are those of baselines: latencies in microseconds, processor time in seconds for 1,000 requests, memory in bytes, errors in
/// percent of the requests, rates in requests a second.
/// </summary>
/// <param name="Subject">What it is of: a latency by the names of <see cref="Baseline.Measure"/>, a service, or <see cref="AllServices"/>.</param>
/// <param name="Figure">One of <see cref="FigureName"/>.</param>
/// <param name="Before">The mean of the middle rounds before (<see cref="Baseline.RoundSample"/>).</param>
/// <param name="After">Likewise after.</param>
/// <param name="Difference">After less before.</param>
/// <param name="Low">The lower end of its 95% confidence interval; <see langword="null"/> where there is nothing to tell it from.</param>
/// <param name="High">The upper end.</param>
/// <param name="Least">The smallest difference that counts (<see cref="SmallestDifference"/>); <see langword="null"/> for figures that are not tested.</param>
/// <param name="PValue">
/// The probability to see such a difference when the true one does not count, corrected for all tests of the comparison; <see langword="null"/> for figures that
/// are not tested.
/// </param>
/// <param name="Shown">Whether a difference is shown.</param>
internal sealed record FigureComparison(
    string Subject, string Figure, double Before, double After, double Difference, double? Low, double? High, double? Least, double? PValue, bool Shown)
{
    /// <summary>The subject of what all services use together.</summary>
    public const string AllServices = "all services";

    /// <summary>Whether it is tested at all.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsTested => PValue is not null;

    /// <summary>The difference in percent of what it was before.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public double Percent => Difference / Before * 100;
}
