namespace Bookinfo.Bench;

/// <summary>A figure that says the same on any machine: a ratio of two that were measured in turns, or a count.</summary>
/// <param name="Text">What it is.</param>
/// <param name="MoreIsBetter">Whether it is worse when it is less.</param>
/// <param name="Tolerance">How much worse it may be, as a part of what it was: one of <see cref="GuardTolerance"/>.</param>
/// <param name="Value">Takes it from results; <see langword="null"/> where they do not have it.</param>
internal sealed record GuardLine(string Text, bool MoreIsBetter, double Tolerance, Func<BenchFile, double?> Value);
