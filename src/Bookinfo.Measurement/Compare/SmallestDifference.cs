namespace Bookinfo.Measurement;

/// <summary>
/// What two baselines of the same system, measured one after the other, may differ by. That is more than the rounds within each of them
/// differ by: the memory layout is another one, code was compiled in another order, the machine was busy for some minutes. More rounds do
/// not help against that. The numbers are from pairs of baselines of the same system, measured with bench/compare.sh on a busy machine
/// with two processors (docs/measuring.md).
/// </summary>
internal static class SmallestDifference
{
    /// <summary>For processor time, as a share of the value before.</summary>
    public const double Cpu = 0.1;

    /// <summary>For errors, in percentage points.</summary>
    public const double Errors = 0.1;

    /// <summary>For a median, as a share of the value before.</summary>
    public const double MedianShare = 0.15;

    /// <summary>For a median, the least, in microseconds.</summary>
    public const double MedianMicroseconds = 200;

    /// <summary>For other percentiles, as a share of the value before.</summary>
    public const double TailShare = 0.3;

    /// <summary>For other percentiles, the least, in microseconds.</summary>
    public const double TailMicroseconds = 500;

    /// <summary>For a latency.</summary>
    /// <param name="figure">One of <see cref="FigureName"/>.</param>
    /// <param name="before">What it was before, in microseconds.</param>
    /// <returns>In microseconds.</returns>
    public static double OfLatency(string figure, double before)
    {
        var (share, microseconds) = figure == FigureName.P50 ? (MedianShare, MedianMicroseconds) : (TailShare, TailMicroseconds);
        return Math.Max(share * before, microseconds);
    }
}

/// <summary>
/// The largest difference that does not matter to most people. If the interval contains 0 and nothing larger than this, the verdict is 'no
/// difference that matters'. Whether a difference can be seen does not depend on it: one that is seen is shown however small it is.
/// </summary>
internal static class DifferenceThatMatters
{
    private const double MedianShare = 0.1;
    private const double MedianMicroseconds = 100;
    private const double TailShare = 0.2;
    private const double TailMicroseconds = 500;
    private const double CpuShare = 0.1;
    private const double ErrorsInPercent = 0.1;

    /// <summary>The difference, in the unit of the figure.</summary>
    /// <param name="figure">One of <see cref="FigureName"/>.</param>
    /// <param name="before">What the figure was before.</param>
    /// <param name="twoRuns">
    /// What two runs of one system may differ by; 0 if both were measured in one run. Two separate runs cannot rule out less than twice
    /// that.
    /// </param>
    public static double Of(string figure, double before, double twoRuns) => Math.Max(2 * twoRuns, figure switch
    {
        FigureName.P50 => Math.Max(MedianShare * before, MedianMicroseconds),
        FigureName.Errors => ErrorsInPercent,
        FigureName.Cpu => CpuShare * before,
        _ => Math.Max(TailShare * before, TailMicroseconds),
    });
}
