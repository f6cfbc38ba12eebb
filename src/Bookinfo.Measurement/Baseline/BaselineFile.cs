using System.Text.Json.Serialization;
using Bookinfo.Load;
using HdrHistogram;

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
/// <param name="Setup">
/// How the services are set up; <see langword="null"/> when that is not known, as for an address, and in files from before this field
/// existed.
/// </param>
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
    IReadOnlyList<string> Notes,
    IReadOnlyList<ServiceSetup>? Setup = null)
{
    /// <summary>The version that this program writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>
    /// The faults that were active before or after; <see langword="null"/> when that is not known, as of services that 'up' of this working
    /// copy does not run, and in files from before this field existed.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ActiveFault>? Faults { get; init; }

    /// <summary>The same baseline with the faults that were active, which a note tells of.</summary>
    /// <param name="faults">The faults; <see langword="null"/> when they are not known.</param>
    public BaselineFile With(IReadOnlyList<ActiveFault>? faults) => this with
    {
        Faults = faults,
        Notes = ActiveFault.Describe(faults) is { } note ? [note, .. Notes] : Notes,
    };
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

/// <summary>One rate in one round.</summary>
/// <param name="Round">The round, from 1.</param>
/// <param name="Rate">The rate that was asked for, in requests a second.</param>
/// <param name="Achieved">Requests that ended in time, per second.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Seconds">For how many seconds requests fell due.</param>
/// <param name="Interrupted">Whether Ctrl-C ended it early; if so, it is in no summary.</param>
/// <param name="Requests">Counts of requests.</param>
/// <param name="Latencies">By the names of <see cref="Measure"/>, without those that no answer reported.</param>
/// <param name="Errors">Failed requests by what was wrong.</param>
/// <param name="ReviewsVersions">Answers by the version of reviews that they came from.</param>
/// <param name="Use">What each service used meanwhile, by its name; empty when that is not known.</param>
/// <param name="Generator">About the generator itself.</param>
/// <param name="Warnings">Reasons not to take the figures at face value.</param>
public sealed record StepMeasurement(
    int Round,
    double Rate,
    double Achieved,
    DateTimeOffset StartedAt,
    double Seconds,
    bool Interrupted,
    RequestCounts Requests,
    IReadOnlyDictionary<string, LatencyMeasurement> Latencies,
    IReadOnlyDictionary<string, long> Errors,
    IReadOnlyDictionary<string, long> ReviewsVersions,
    IReadOnlyDictionary<string, UseMeasurement> Use,
    GeneratorFigures Generator,
    IReadOnlyList<LoadWarning> Warnings)
{
    /// <summary>Makes a measurement from the result of a run.</summary>
    /// <param name="round">The round.</param>
    /// <param name="rate">The rate that was asked for.</param>
    /// <param name="result">The run.</param>
    /// <param name="use">What each service used.</param>
    public static StepMeasurement From(int round, double rate, LoadResult result, IReadOnlyDictionary<string, UseMeasurement> use)
    {
        var report = LoadReport.From(result);
        var latencies = Histograms(result.Total);
        return new StepMeasurement(
            round,
            rate,
            report.Rate.Achieved,
            report.StartedAt,
            report.Seconds,
            report.Interrupted,
            report.Requests,
            Measure.InOrder(latencies.Keys)
                .ToDictionary(
                    name => name, name => new LatencyMeasurement(Percentiles.Of(latencies[name]), HistogramCodec.Encode(latencies[name]))),
            report.Errors,
            report.ReviewsVersions,
            use,
            report.Generator,
            report.Warnings);
    }

    /// <summary>The latencies of a run by the names of <see cref="Measure"/>, without those that no answer reported.</summary>
    /// <param name="total">What was counted and measured.</param>
    internal static IReadOnlyDictionary<string, HistogramBase> Histograms(Recording total)
    {
        var latencies = new Dictionary<string, HistogramBase>
        {
            [Measure.Page] = total.FromDue,
            [Measure.PageFromSend] = total.FromSend,
        };
        foreach (var hop in total.Model.Hops)
        {
            latencies[hop.Label] = total[hop.Name];
        }

        return latencies.Where(one => one.Value.TotalCount > 0).ToDictionary();
    }
}

/// <summary>A latency in one step.</summary>
/// <param name="Percentiles">The percentiles that most readers want.</param>
/// <param name="Histogram">The whole distribution: an HdrHistogram of microseconds in its compressed encoding (V2), in base64.</param>
public sealed record LatencyMeasurement(Percentiles Percentiles, string Histogram);
