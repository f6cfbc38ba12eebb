namespace Bookinfo.Cli.Compare;

/// <summary>Two baselines compared: what <c>compare --output json</c> writes (docs/measuring.md).</summary>
/// <param name="Version">Of this format; changes when a field changes its meaning.</param>
/// <param name="Program">The version of the program.</param>
/// <param name="Before">The first.</param>
/// <param name="After">The second.</param>
/// <param name="Headline">What is to be said of it, in sentences.</param>
/// <param name="Warnings">Reasons why they may differ other than by what was changed between them, or why there is no test.</param>
/// <param name="Confidence">How sure the intervals are, each for itself.</param>
/// <param name="Level">The probability to show any difference at all where there is none that counts.</param>
/// <param name="Tests">How many figures were tested, which is what the correction is for.</param>
/// <param name="Rates">The rates that both have.</param>
/// <param name="Services">The services that both have.</param>
/// <param name="Conditions">What became of each condition of <c>--fail-on</c>.</param>
internal sealed record ComparisonReport(
    int Version,
    string Program,
    ComparedBaseline Before,
    ComparedBaseline After,
    IReadOnlyList<string> Headline,
    IReadOnlyList<string> Warnings,
    double Confidence,
    double Level,
    int Tests,
    IReadOnlyList<RateComparison> Rates,
    IReadOnlyList<ServiceComparison> Services,
    IReadOnlyList<ConditionResult> Conditions)
{
    /// <summary>The version that this program writes.</summary>
    public const int CurrentVersion = 1;
}
