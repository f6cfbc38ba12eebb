using System.Globalization;
using System.Text.Json.Serialization;

namespace Bookinfo.Measurement;

/// <summary>The verdict on a difference.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Verdict>))]
public enum Verdict
{
    /// <summary>The figure is not tested.</summary>
    [JsonStringEnumMemberName("not-tested")]
    NotTested,

    /// <summary>The figure became greater.</summary>
    [JsonStringEnumMemberName("greater")]
    Greater,

    /// <summary>The figure became smaller.</summary>
    [JsonStringEnumMemberName("smaller")]
    Smaller,

    /// <summary>If there is a difference, it is too small to matter.</summary>
    [JsonStringEnumMemberName("no-difference-that-matters")]
    Same,

    /// <summary>There may be no difference, or one that matters.</summary>
    [JsonStringEnumMemberName("inconclusive")]
    Inconclusive,
}

/// <summary>
/// A figure before and after. Units are those of baselines: latencies in microseconds, processor time in seconds for 1,000 requests, memory
/// in bytes, errors in percent of the requests, rates in requests a second.
/// </summary>
/// <param name="Subject">What it describes: a latency of <see cref="Measure"/>, a service, or <see cref="AllServices"/>.</param>
/// <param name="Figure">One of <see cref="FigureName"/>.</param>
/// <param name="Before">The mean over the rounds before.</param>
/// <param name="After">Likewise after.</param>
/// <param name="Difference">What they differ by.</param>
/// <param name="Low">
/// The lower end of its interval; <see langword="null"/> for figures that are not tested. The intervals of all tested figures hold together
/// with <see cref="ComparisonReport.Confidence"/>, so each verdict follows from its interval without another correction.
/// </param>
/// <param name="High">The upper end.</param>
/// <param name="Least">
/// What two runs of one system may differ by (<see cref="SmallestDifference"/>), which is in the interval; 0 where both systems were
/// measured in one run, and <see langword="null"/> for figures that are not tested.
/// </param>
/// <param name="Matters">The smallest difference that matters; <see langword="null"/> for figures that are not tested.</param>
/// <param name="Verdict">The verdict on the difference.</param>
/// <param name="Reason">Why it is inconclusive or not tested; otherwise <see langword="null"/>.</param>
/// <param name="RoundsNeeded">
/// About how many rounds would decide it; <see langword="null"/> if it is decided, or if no number of rounds would be enough.
/// </param>
public sealed record FigureComparison(
    string Subject, string Figure, double Before, double After, double Difference, double? Low, double? High, double? Least,
    double? Matters, Verdict Verdict, string? Reason, int? RoundsNeeded)
{
    /// <summary>The subject of what all services use together.</summary>
    public const string AllServices = "all services";

    /// <summary>Processor time is per request that the service itself answered.</summary>
    public const string Request = "request";

    /// <summary>Processor time is per request to the page.</summary>
    public const string Page = "page";

    /// <summary>Whether it is tested at all.</summary>
    [JsonIgnore]
    public bool IsTested => Verdict != Verdict.NotTested;

    /// <summary>Whether a difference is shown.</summary>
    [JsonIgnore]
    public bool IsShown => Verdict is Verdict.Greater or Verdict.Smaller;

    /// <summary>The difference in percent of what it was before.</summary>
    [JsonIgnore]
    public double Percent => Difference / Before * 100;

    /// <summary>The greatest difference, up or down, that the interval does not exclude.</summary>
    [JsonIgnore]
    public double? Bound => Low is { } low && High is { } high ? Math.Max(Math.Abs(low), Math.Abs(high)) : null;

    /// <summary>
    /// About how many rounds would show a difference of a given size; <see langword="null"/> for figures that are not tested.
    /// </summary>
    internal Func<double, int?>? RoundsFor { get; init; }

    /// <summary>
    /// Which requests processor time is per, <see cref="Request"/> or <see cref="Page"/>; <see langword="null"/> for other figures.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Per { get; init; }

    /// <summary>The same figure of the control, compared with the first system; <see langword="null"/> if there is no control.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FigureComparison? Control { get; init; }
}

/// <summary>A figure that is not judged yet, because it is not known how many figures are judged together.</summary>
/// <param name="Subject">As in <see cref="FigureComparison"/>.</param>
/// <param name="Figure">One of <see cref="FigureName"/>.</param>
/// <param name="Before">The mean over the rounds before.</param>
/// <param name="After">Likewise after.</param>
/// <param name="Difference">What they differ by.</param>
/// <param name="Test">The test over the rounds; <see langword="null"/> if there are too few rounds, or if it is not to be tested.</param>
/// <param name="Least">What two runs of one system may differ by.</param>
/// <param name="LeastReason">The reason to give if it is inconclusive only because of <paramref name="Least"/>.</param>
/// <param name="Matters">The smallest difference that matters.</param>
/// <param name="WhyNot">Why it is not tested; <see langword="null"/> if it is.</param>
internal sealed record FigureDraft(
    string Subject, string Figure, double Before, double After, double Difference, FigureTest? Test, double Least, string LeastReason,
    double Matters, string? WhyNot)
{
    /// <summary>Whether it is tested.</summary>
    public bool IsTested => Test is not null;

    /// <summary>As in <see cref="FigureComparison.Per"/>.</summary>
    public string? Per { get; init; }

    /// <summary>
    /// Why a difference may come from something else than the systems; a difference is then inconclusive. <see langword="null"/> if nothing
    /// speaks for that.
    /// </summary>
    public string? Doubt { get; init; }

    /// <summary>
    /// Derives the verdict from the interval, which is widened so that the intervals of all figures that are judged together hold together.
    /// </summary>
    /// <param name="tests">How many figures are judged together.</param>
    /// <param name="confidence">The confidence with which all their intervals are to hold together.</param>
    public FigureComparison Judge(int tests, double confidence)
    {
        if (Test is not { } test)
        {
            return new FigureComparison(
                Subject, Figure, Before, After, Difference, null, null, null, null, Verdict.NotTested, WhyNot, null)
            {
                Per = Per,
            };
        }

        // Intervals that hold together (C. E. Bonferroni), however the figures depend on each other.
        var each = 1 - ((1 - confidence) / tests);
        var reach = test.Reach(each) + Least;
        var (low, high) = (Difference - reach, Difference + reach);
        var verdict = low > 0 ? Verdict.Greater
            : high < 0 ? Verdict.Smaller
            : Math.Max(-low, high) <= Matters ? Verdict.Same
            : Verdict.Inconclusive;
        // More rounds of the same processes may settle a doubt, but nobody knows how many.
        var doubt = verdict is Verdict.Greater or Verdict.Smaller ? Doubt : null;
        return new FigureComparison(
            Subject, Figure, Before, After, Difference, low, high, Least, Matters, doubt is null ? verdict : Verdict.Inconclusive,
            verdict == Verdict.Inconclusive ? Reason(test, tests, confidence, each) : doubt,
            verdict == Verdict.Inconclusive ? RoundsFor(Math.Max(Math.Abs(Difference), Matters - Math.Abs(Difference))) : null)
        {
            RoundsFor = doubt is null ? RoundsFor : null,
            Per = Per,
        };

        int? RoundsFor(double size) => test.RoundsFor(size - Least, each);
    }

    private string Reason(FigureTest test, int tests, double confidence, double each)
    {
        var size = Math.Abs(Difference);
        return size > test.Reach(confidence) + Least
            ? string.Create(CultureInfo.InvariantCulture, $"corrected for {tests} figures")
            : size > test.Reach(each) ? LeastReason
            : "too few rounds";
    }
}
