namespace Bookinfo.Measurement;

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
