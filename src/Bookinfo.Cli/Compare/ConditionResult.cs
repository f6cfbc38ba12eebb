namespace Bookinfo.Cli.Compare;

/// <summary>What became of a condition of <c>--fail-on</c> at a rate.</summary>
/// <param name="Condition">The condition as it was given.</param>
/// <param name="Rate">The rate, in requests a second.</param>
/// <param name="Difference">The difference, in the unit of the figure.</param>
/// <param name="Shown">Whether a difference is shown.</param>
/// <param name="Exceeded">Whether the difference is greater than the condition allows.</param>
/// <param name="Violated">Whether both are the case.</param>
/// <param name="Text">The same for people.</param>
internal sealed record ConditionResult(string Condition, double Rate, double Difference, bool Shown, bool Exceeded, bool Violated, string Text);
