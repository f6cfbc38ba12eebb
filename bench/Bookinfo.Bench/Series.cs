namespace Bookinfo.Bench;

/// <summary>A figure, measured several times.</summary>
/// <param name="Name">What it is, such as <c>throughput/details/ours</c>.</param>
/// <param name="Unit">Its unit; empty for a ratio.</param>
/// <param name="Values">What was measured, in order; one value at least.</param>
internal sealed record Series(string Name, string Unit, IReadOnlyList<double> Values)
{
    /// <summary>The value in the middle, or between the two that are.</summary>
    public double Median
    {
        get
        {
            var sorted = Values.Order().ToList();
            return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
        }
    }

    /// <summary>The smallest value.</summary>
    public double Least => Values.Min();

    /// <summary>The largest value.</summary>
    public double Most => Values.Max();
}
