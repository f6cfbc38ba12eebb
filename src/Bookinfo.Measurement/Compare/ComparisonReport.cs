using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bookinfo.Measurement;

/// <summary>
/// Two systems compared, measured in one run or in two: what <c>compare --output json</c> writes (docs/measuring.md).
/// </summary>
/// <param name="Version">The version of this format; it changes when a field changes its meaning.</param>
/// <param name="Program">The version of the program.</param>
/// <param name="Before">The first system.</param>
/// <param name="After">The second system.</param>
/// <param name="InTurns">Whether both were measured in one run, in turns.</param>
/// <param name="Limits">What such a comparison can see, and what it cannot.</param>
/// <param name="Headline">The outcome, in sentences.</param>
/// <param name="Warnings">Reasons why they may differ other than the change between them, or why there is no test.</param>
/// <param name="Confidence">The confidence with which the intervals of all tested figures hold together.</param>
/// <param name="Tests">How many figures were tested; the more, the wider the intervals.</param>
/// <param name="Rates">The rates that both have.</param>
/// <param name="Services">The services that both have.</param>
/// <param name="Conditions">The outcome of each condition of <c>--fail-on</c>.</param>
public sealed record ComparisonReport(
    int Version,
    string Program,
    ComparedBaseline Before,
    ComparedBaseline After,
    bool InTurns,
    string Limits,
    IReadOnlyList<string> Headline,
    IReadOnlyList<string> Warnings,
    double Confidence,
    int Tests,
    IReadOnlyList<RateComparison> Rates,
    IReadOnlyList<ServiceComparison> Services,
    IReadOnlyList<ConditionResult> Conditions)
{
    /// <summary>The version that this program writes.</summary>
    public const int CurrentVersion = 3;
}

/// <summary>One of two baselines that are compared.</summary>
/// <param name="File">Where it was read from.</param>
/// <param name="Name">What its user called it.</param>
/// <param name="Program">The version of the program that measured it.</param>
/// <param name="StartedAt">When it was measured.</param>
/// <param name="Target">The address that was measured.</param>
/// <param name="Mesh">The meshes that were seen in the pods.</param>
public sealed record ComparedBaseline(
    string File, string Name, string Program, DateTimeOffset StartedAt, string Target, IReadOnlyList<string> Mesh);

/// <summary>What differs at a rate.</summary>
/// <param name="Rate">The rate, in requests a second.</param>
/// <param name="RoundsBefore">How many rounds there were before.</param>
/// <param name="RoundsAfter">How many after.</param>
/// <param name="Figures">The figures that both have.</param>
public sealed record RateComparison(double Rate, int RoundsBefore, int RoundsAfter, IReadOnlyList<FigureComparison> Figures)
{
    /// <summary>A figure.</summary>
    /// <param name="subject">What it describes: a latency or a service.</param>
    /// <param name="figure">One of <see cref="FigureName"/>.</param>
    /// <returns>The figure, or <see langword="null"/> if it is not in both baselines.</returns>
    public FigureComparison? Find(string subject, string figure) =>
        Figures.FirstOrDefault(one => one.Subject == subject && one.Figure == figure);
}

/// <summary>What a baseline measures only once for each service, so that it cannot be tested.</summary>
/// <param name="Name">The service with its version.</param>
/// <param name="StartUpBefore">The mean start-up time of its processes or pods before, in seconds.</param>
/// <param name="StartUpAfter">Likewise after.</param>
/// <param name="ImageBytesBefore">The size of its image before.</param>
/// <param name="ImageBytesAfter">Likewise after.</param>
/// <param name="SidecarsBefore">The names of the other containers in its pods before.</param>
/// <param name="SidecarsAfter">Likewise after.</param>
public sealed record ServiceComparison(
    string Name,
    double? StartUpBefore,
    double? StartUpAfter,
    long? ImageBytesBefore,
    long? ImageBytesAfter,
    IReadOnlyList<string> SidecarsBefore,
    IReadOnlyList<string> SidecarsAfter);

/// <summary>The outcome of a condition of <c>--fail-on</c> at a rate.</summary>
/// <param name="Condition">The condition as it was given.</param>
/// <param name="Rate">The rate, in requests a second.</param>
/// <param name="Difference">
/// The difference, in the unit of the figure; <see langword="null"/> if the figure is not in both baselines at this rate.
/// </param>
/// <param name="Outcome">Whether it holds.</param>
/// <param name="RoundsNeeded">
/// About how many rounds would decide it; <see langword="null"/> if it is decided, or if no number of rounds would be enough.
/// </param>
/// <param name="Text">The outcome as a sentence.</param>
public sealed record ConditionResult(
    string Condition, double Rate, double? Difference, ConditionOutcome Outcome, int? RoundsNeeded, string Text);

/// <summary>Whether a condition holds.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ConditionOutcome>))]
public enum ConditionOutcome
{
    /// <summary>The figure has not become greater by more than the condition allows.</summary>
    [JsonStringEnumMemberName("holds")]
    Holds,

    /// <summary>The figure has become greater by more than the condition allows.</summary>
    [JsonStringEnumMemberName("violated")]
    Violated,

    /// <summary>The measurements are not enough to decide it.</summary>
    [JsonStringEnumMemberName("inconclusive")]
    Inconclusive,
}

/// <summary>How <c>compare --output json</c> writes.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(ComparisonReport))]
public sealed partial class ComparisonJson : JsonSerializerContext
{
    /// <summary>
    /// Writes a comparison. <c>productpage->details</c> is not escaped in it, because the JSON is never part of a page.
    /// </summary>
    /// <param name="report">The comparison.</param>
    public static string Write(ComparisonReport report)
    {
        var json = new ComparisonJson(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        return JsonSerializer.Serialize(report, json.ComparisonReport);
    }
}
