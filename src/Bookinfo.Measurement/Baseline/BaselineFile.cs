using System.Text.Json.Serialization;

namespace Bookinfo.Measurement;

/// <summary>
/// The measurements of a system: the object of <c>baseline.json</c> (docs/measuring.md). Latencies are in microseconds, other times in
/// seconds. What could not be found out is <see langword="null"/> or missing, and <see cref="Notes"/> says why.
/// </summary>
/// <param name="Version">The version of this format; it changes when a field changes its meaning.</param>
/// <param name="Program">The version of the program that wrote it.</param>
/// <param name="Name">The name that the user gave it.</param>
/// <param name="StartedAt">When the warm-up began.</param>
/// <param name="Seconds">How long the whole baseline took, in seconds.</param>
/// <param name="Complete">Whether all rounds were done; <see langword="false"/> after Ctrl-C.</param>
/// <param name="Settings">What was asked for.</param>
/// <param name="Environment">Where it was measured.</param>
/// <param name="Services">The processes or pods that were measured.</param>
/// <param name="Steps">
/// The steps in the order in which they were run, those of an interrupted round included. The source of every other figure.
/// </param>
/// <param name="Summary">The steps of each rate put together, by ascending rate.</param>
/// <param name="Notes">What could not be found out, or makes figures less trustworthy.</param>
public sealed record BaselineFile(
    int Version,
    string Program,
    string Name,
    DateTimeOffset StartedAt,
    double Seconds,
    bool Complete,
    BaselineSettings Settings,
    EnvironmentFacts Environment,
    IReadOnlyList<ServiceFacts> Services,
    IReadOnlyList<StepMeasurement> Steps,
    IReadOnlyList<RateSummary> Summary,
    IReadOnlyList<string> Notes)
{
    /// <summary>The version that this program writes.</summary>
    public const int CurrentVersion = 1;
}

/// <summary>What the user asked for.</summary>
/// <param name="Target">The address that was measured.</param>
/// <param name="Subject">
/// How the services were found: <c>local</c>, <c>cluster</c>, or <c>url</c>, for which only the latency is known.
/// </param>
/// <param name="Generator">Where the requests came from: <c>local</c> or <c>cluster</c>.</param>
/// <param name="Workers">How many generators there were.</param>
/// <param name="Rates">The rates, in requests a second, ascending.</param>
/// <param name="Rounds">How many rounds. In each, every rate is measured once.</param>
/// <param name="StepSeconds">How many seconds each step takes.</param>
/// <param name="WarmUpSeconds">For how many seconds the highest rate was sent before the first round.</param>
/// <param name="Connections">The most connections, over all generators.</param>
/// <param name="TimeoutSeconds">How long a request may take, in seconds.</param>
/// <param name="Seed">The seed for the order of the steps.</param>
/// <param name="Headers">
/// The names of additional headers, in alphabetical order; values may be secret, and are not kept. <see langword="null"/> in files from
/// before this field existed.
/// </param>
public sealed record BaselineSettings(
    string Target,
    string Subject,
    string Generator,
    int Workers,
    IReadOnlyList<double> Rates,
    int Rounds,
    double StepSeconds,
    double WarmUpSeconds,
    int Connections,
    double TimeoutSeconds,
    ulong Seed,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Headers = null);
