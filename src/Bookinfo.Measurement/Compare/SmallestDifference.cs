namespace Bookinfo.Measurement;

/// <summary>
/// What two baselines of the same system, measured one after the other, may differ by. That is more than the rounds within each of them do:
/// memory lies elsewhere, code was compiled in another order, the machine has other things to do for minutes. Rounds cannot tell that,
/// however many there are. The numbers are what pairs of baselines of the same system showed, measured with bench/compare.sh on a busy
/// machine with two processors (docs/measuring.md).
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
    /// <returns>In microseconds.</returns>
    public static double OfLatency(string figure, double before)
    {
        var (share, microseconds) = figure == FigureName.P50 ? (MedianShare, MedianMicroseconds) : (TailShare, TailMicroseconds);
        return Math.Max(share * before, microseconds);
    }
}

/// <summary>
/// The smallest difference that matters to most: less of it than this is called no difference. It says nothing of whether smaller ones can
/// be seen; a difference that is seen is told however small it is.
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
    /// What two runs of one system may differ by, if there were two: twice as much is the least that they can be asked for.
    /// </param>
    public static double Of(string figure, double before, double twoRuns) => Math.Max(2 * twoRuns, figure switch
    {
        FigureName.P50 => Math.Max(MedianShare * before, MedianMicroseconds),
        FigureName.Errors => ErrorsInPercent,
        FigureName.Cpu => CpuShare * before,
        _ => Math.Max(TailShare * before, TailMicroseconds),
    });
}
