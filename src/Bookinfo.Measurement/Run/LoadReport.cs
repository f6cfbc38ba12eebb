using System.Text.Json.Serialization;
using Bookinfo.Load;

namespace Bookinfo.Measurement;

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
/// <param name="Hops">
/// Times of the hops, by name, of all answers that tell them. These are different answers for each hop: to compare hops with each other,
/// see <see cref="HopGroups"/>.
/// </param>
/// <param name="ReviewsVersions">
/// Requests by the version of reviews that they were answered from: v1, v2, v3, other (it cannot be told), missing (there are no reviews).
/// </param>
/// <param name="Statuses">Answers by status.</param>
/// <param name="Errors">Failed requests by what was wrong.</param>
/// <param name="Generator">About the generator itself.</param>
/// <param name="Warnings">Reasons not to take the figures at their face.</param>
public sealed record LoadReport(
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

    /// <summary>
    /// Which phase broke and how the application recovered, in sentences; <see langword="null"/> in a report without details.
    /// </summary>
    public IReadOnlyList<string>? Verdict { get; init; }

    /// <summary>
    /// The faults that were active before or after the run; <see langword="null"/> when that is not known, as of services that 'up' of this
    /// working copy does not run.
    /// </summary>
    public IReadOnlyList<ActiveFault>? Faults { get; init; }

    /// <summary>
    /// The requests of the setup that failed, by what was wrong; <see langword="null"/> when none did. They are in no other figure.
    /// </summary>
    public IReadOnlyDictionary<string, long>? SetupErrors { get; init; }

    /// <summary>The conditions of <c>--fail-on</c>.</summary>
    public IReadOnlyList<LoadConditionResult>? Conditions { get; init; }

    /// <summary>See <see cref="LoadDetails.Phases"/>.</summary>
    public IReadOnlyList<PhaseFigures>? Phases { get; init; }

    /// <summary>See <see cref="LoadDetails.Recovery"/>.</summary>
    public RecoveryFigures? Recovery { get; init; }

    /// <summary>See <see cref="LoadDetails.Kinds"/>.</summary>
    public IReadOnlyList<GroupFigures>? Kinds { get; init; }

    /// <summary>See <see cref="LoadDetails.Versions"/>.</summary>
    public IReadOnlyList<GroupFigures>? Versions { get; init; }

    /// <summary>See <see cref="LoadDetails.HopGroups"/>.</summary>
    public IReadOnlyList<HopGroupFigures>? HopGroups { get; init; }

    /// <summary>See <see cref="LoadDetails.ErrorPaths"/>.</summary>
    public IReadOnlyList<ErrorFigures>? ErrorPaths { get; init; }

    /// <summary>Adds the faults that were active, which a warning tells of.</summary>
    /// <param name="faults">The faults; <see langword="null"/> when they are not known.</param>
    public LoadReport With(IReadOnlyList<ActiveFault>? faults) => this with
    {
        Faults = faults,
        Warnings = [.. Warnings, .. LoadWarning.Of(faults)],
    };

    /// <summary>Adds what was slow or failed, and when.</summary>
    /// <param name="details">That.</param>
    /// <param name="conditions">The conditions of <c>--fail-on</c>.</param>
    public LoadReport With(LoadDetails details, IReadOnlyList<LoadConditionResult> conditions) => this with
    {
        Verdict = LoadVerdict.Of(Profile, details),
        Conditions = conditions,
        Phases = details.Phases,
        Recovery = details.Recovery,
        Kinds = details.Kinds,
        Versions = details.Versions,
        HopGroups = details.HopGroups,
        ErrorPaths = details.ErrorPaths,
    };

    /// <summary>Makes it of what came of a run.</summary>
    /// <param name="result">The run.</param>
    /// <param name="further">Warnings about other things than the run.</param>
    public static LoadReport From(LoadResult result, params IEnumerable<LoadWarning> further)
    {
        var total = result.Total;
        return new LoadReport(
            CurrentVersion,
            ProgramVersion.Text,
            result.Plan.Target.Uri.ToString(),
            result.StartedAt,
            Math.Round(result.Seconds, 3),
            result.Interrupted,
            result.Plan.Profile.Name,
            result.Plan.Arrivals switch
            {
                ArrivalProcess.Even => "even",
                ArrivalProcess.Poisson => "poisson",
                _ => "jittered",
            },
            result.Plan.Seed,
            result.Plan.Connections,
            result.Plan.Timeout.TotalSeconds,
            new RequestCounts(result.Due, total.Sent, total.Good, total.Failed, result.Unsent, total.Waited, total.Setup, total.Bytes),
            new RequestRates(Math.Round(result.AskedRate, 2), Math.Round(result.AchievedRate, 2)),
            Percentiles.Of(total.FromDue),
            Percentiles.Of(total.FromSend),
            total.Model.Hops.Where(hop => total[hop.Name].TotalCount > 0).ToDictionary(
                hop => hop.Name, hop => Percentiles.Of(total[hop.Name])),
            total.Versions().ToDictionary(),
            total.Statuses().ToDictionary(status => $"{status.Key}", status => status.Value),
            total.Errors().ToDictionary(),
            new GeneratorFigures(
                Percentiles.Of(total.SchedulingDelay), Math.Round(result.ProcessorSeconds, 3), result.Processors, result.ConnectionsOpened),
            [.. GeneratorCheck.Check(result), .. AnswerCheck.Check(result), .. further])
        {
            SetupErrors = total.SetupErrors.Count > 0 ? total.SetupErrors : null,
        };
    }
}

/// <summary>Counts of requests.</summary>
/// <param name="Due">Those that fell due.</param>
/// <param name="Sent">Those that were sent.</param>
/// <param name="Good">Those with an answer that had nothing wrong.</param>
/// <param name="Failed">The other ones that were sent.</param>
/// <param name="Unsent">Those that fell due and were never sent.</param>
/// <param name="WaitedForConnection">Those for which no connection was free when they fell due.</param>
/// <param name="Setup">Those that were sent before the start, and are in no other figure.</param>
/// <param name="Bytes">Bytes of bodies that came.</param>
public sealed record RequestCounts(
    long Due, long Sent, long Good, long Failed, long Unsent, long WaitedForConnection, long Setup, long Bytes);

/// <summary>Rates, in requests a second.</summary>
/// <param name="Asked">Requests that fell due.</param>
/// <param name="Achieved">Requests that ended within the time.</param>
public sealed record RequestRates(double Asked, double Achieved);

/// <summary>About the generator itself.</summary>
/// <param name="SchedulingDelay">How late requests were sent for which a connection was waiting.</param>
/// <param name="ProcessorSeconds">Processor time that it used.</param>
/// <param name="Processors">How many processors it might use.</param>
/// <param name="ConnectionsOpened">How many connections it opened.</param>
public sealed record GeneratorFigures(Percentiles SchedulingDelay, double ProcessorSeconds, int Processors, long ConnectionsOpened);

/// <summary>A reason not to take the figures of a run at their face.</summary>
/// <param name="Code">Which, for programs: <c>generator-late</c>, <c>generator-slow</c>, <c>connections-busy</c>, <c>unsent</c>,
/// <c>redirected</c>, <c>setup-failed</c>, <c>signed-out</c>, <c>wrong-scheme</c>, <c>ledger-lost</c>,
/// <c>faults-active</c>.</param>
/// <param name="Text">For people: what is wrong and what to do.</param>
public sealed record LoadWarning(string Code, string Text)
{
    /// <summary>Tells of faults that were active.</summary>
    /// <param name="faults">The faults; <see langword="null"/> when they are not known.</param>
    public static IEnumerable<LoadWarning> Of(IReadOnlyList<ActiveFault>? faults) =>
        ActiveFault.Describe(faults) is { } text ? [new LoadWarning("faults-active", text)] : [];
}

/// <summary>How <c>load --output json</c> writes.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LoadReport))]
[JsonSerializable(typeof(SaturationReport))]
public sealed partial class LoadJson : JsonSerializerContext;
