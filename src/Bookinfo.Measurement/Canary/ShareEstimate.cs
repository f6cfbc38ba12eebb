namespace Bookinfo.Measurement;

/// <summary>A share that was counted, with the interval that the real one is in, with a confidence of 95% (Wilson, 1927).</summary>
/// <param name="Count">How many were counted.</param>
/// <param name="Of">Of how many.</param>
/// <param name="Low">The lower end, 0 to 1.</param>
/// <param name="High">The upper end, 0 to 1.</param>
public sealed record ShareEstimate(long Count, long Of, double Low, double High)
{
    /// <summary>The two-sided quantile of the normal distribution for 95%.</summary>
    private const double Quantile = 1.959964;

    /// <summary>The share that was counted, 0 to 1.</summary>
    public double Share => Of == 0 ? 0 : Count / (double)Of;

    /// <summary>Estimates a share.</summary>
    /// <param name="count">How many were counted.</param>
    /// <param name="of">Of how many.</param>
    public static ShareEstimate From(long count, long of)
    {
        if (of == 0)
        {
            return new ShareEstimate(0, 0, 0, 1);
        }

        var share = count / (double)of;
        var square = Quantile * Quantile / of;
        var middle = (share + (square / 2)) / (1 + square);
        var half = Quantile / (1 + square) * Math.Sqrt((share * (1 - share) / of) + (square / (4 * of)));
        return new ShareEstimate(count, of, Math.Round(Math.Max(0, middle - half), 6), Math.Round(Math.Min(1, middle + half), 6));
    }
}
