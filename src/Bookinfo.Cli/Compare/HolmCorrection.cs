namespace Bookinfo.Cli.Compare;

/// <summary>
/// The correction for making many tests at once (S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6, 1979): when
/// nothing differs, the probability that any of them says so is no more than the level, however they depend on each other.
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
