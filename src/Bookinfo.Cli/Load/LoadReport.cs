using Bookinfo.Load;

namespace Bookinfo.Cli.Load;

/// <summary>The outcome of <c>load</c>, as <c>--output json</c> writes it (docs/measuring.md). Latencies are in microseconds.</summary>
/// <param name="Version">Of this format; changes when a field changes its meaning.</param>
/// <param name="Program">The version of the program.</param>
/// <param name="Target">Where the requests went.</param>
/// <param name="StartedAt">When the run began.</param>
/// <param name="Seconds">How long requests were due.</param>
/// <param name="Interrupted">Whether the run was ended early.</param>
/// <param name="Profile">The profile.</param>
/// <param name="Arrivals"><c>even</c> or <c>poisson</c>.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Connections">How many connections there were at a time.</param>
/// <param name="TimeoutSeconds">How long a request might take.</param>
/// <param name="Requests">Counts of requests.</param>
/// <param name="Rate">Rates, in requests a second.</param>
/// <param name="FromDue">Latency from due time, failed requests included.</param>
/// <param name="FromSend">Latency from send time.</param>
/// <param name="Hops">Times of the hops, by name, of the answers that tell them.</param>
/// <param name="ReviewsVersions">Answers by the version of reviews that they came from: v1, v2, v3, other.</param>
/// <param name="Statuses">Answers by status.</param>
/// <param name="Errors">Failed requests by what was wrong.</param>
/// <param name="Generator">About the generator itself.</param>
/// <param name="Warnings">Reasons not to take the figures at their face.</param>
internal sealed record LoadReport(
    int Version,
    string Program,
    string Target,
    DateTimeOffset StartedAt,
    double Seconds,
    bool Interrupted,
    string Profile,
    string Arrivals,
    ulong Seed,
    int Connections,
    double TimeoutSeconds,
    RequestCounts Requests,
    RequestRates Rate,
    Percentiles FromDue,
    Percentiles FromSend,
    IReadOnlyDictionary<string, Percentiles> Hops,
    IReadOnlyDictionary<string, long> ReviewsVersions,
    IReadOnlyDictionary<string, long> Statuses,
    IReadOnlyDictionary<string, long> Errors,
    GeneratorFigures Generator,
    IReadOnlyList<LoadWarning> Warnings)
{
    /// <summary>The version that this program writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Makes it of what came of a run.</summary>
    /// <param name="result">The run.</param>
    /// <param name="further">Warnings about other things than the run.</param>
    public static LoadReport From(LoadResult result, params IEnumerable<LoadWarning> further)
    {
        var total = result.Total;
        return new LoadReport(
            CurrentVersion,
            Product.Version,
            result.Plan.Target.Uri.ToString(),
            result.StartedAt,
            Math.Round(result.Seconds, 3),
            result.Interrupted,
            result.Plan.Profile.Name,
            result.Plan.Arrivals == ArrivalProcess.Even ? "even" : "poisson",
            result.Plan.Seed,
            result.Plan.Connections,
            result.Plan.Timeout.TotalSeconds,
            new RequestCounts(result.Due, total.Sent, total.Good, total.Failed, result.Unsent, total.Waited, total.Setup, total.Bytes),
            new RequestRates(Math.Round(result.AskedRate, 2), Math.Round(result.AchievedRate, 2)),
            Percentiles.Of(total.FromDue),
            Percentiles.Of(total.FromSend),
            Enum.GetValues<Hop>().Where(hop => total[hop].TotalCount > 0)
                .ToDictionary(hop => hop.ToString().ToLowerInvariant(), hop => Percentiles.Of(total[hop])),
            Enum.GetValues<ReviewsVersion>().Where(version => version != ReviewsVersion.None && total.Count(version) > 0)
                .ToDictionary(version => version.ToString().ToLowerInvariant(), total.Count),
            total.Statuses().ToDictionary(status => $"{status.Key}", status => status.Value),
            total.Errors().ToDictionary(),
            new GeneratorFigures(Percentiles.Of(total.SchedulingDelay), Math.Round(result.ProcessorSeconds, 3), result.Processors, result.ConnectionsOpened),
            [.. GeneratorCheck.Check(result), .. AnswerCheck.Check(result), .. further]);
    }
}
