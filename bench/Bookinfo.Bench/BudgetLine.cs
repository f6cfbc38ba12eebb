namespace Bookinfo.Bench;

/// <summary>What is promised of the services.</summary>
/// <param name="Text">What it is about.</param>
/// <param name="Figure">The figure that shows it; its median counts.</param>
/// <param name="Limit">What it must reach, or stay at or below.</param>
/// <param name="IsLeast">Whether it must be as much at least.</param>
/// <param name="Aim">What was aimed at, where the limit is the best that is reached instead; docs/performance.md says why.</param>
internal sealed record BudgetLine(string Text, string Figure, double Limit, bool IsLeast, double? Aim = null)
{
    /// <summary>Whether a value keeps it.</summary>
    /// <param name="value">The value.</param>
    public bool IsMetBy(double value) => IsLeast ? value >= Limit : value <= Limit;
}
