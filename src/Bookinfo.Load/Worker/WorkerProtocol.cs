using System.Globalization;
using System.Text.Json.Serialization;

namespace Bookinfo.Load;

/// <summary>
/// How a load worker is told what to do, by HTTP: <c>POST</c> of a <see cref="WorkerOrder"/> to <see cref="RunPath"/> answers with a
/// <see cref="WorkerResult"/> when the run is over; <c>DELETE</c> of the same path ends the run early; a request that is given up ends it
/// at once.
/// </summary>
/// <remarks>
/// The answer begins with line feeds, one a second while the run goes on, so that each side soon knows that the other is gone.
/// </remarks>
public static class WorkerProtocol
{
    /// <summary>The version of orders and results. Changes when either changes.</summary>
    public const int Version = 4;

    /// <summary>The name of the program, and of its image.</summary>
    public const string ProgramName = "load-worker";

    /// <summary>The port that a worker listens on.</summary>
    public const int Port = 9091;

    /// <summary>Answers 200 when a worker is ready.</summary>
    public const string ReadyPath = "/health/ready";

    /// <summary>Answers with a worker's clock, as a <see cref="WorkerClock"/>.</summary>
    public const string ClockPath = "/clock";

    /// <summary>The run.</summary>
    public const string RunPath = "/run";

    /// <summary>How often a worker shows that it is there while a run goes on.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1);
}

/// <summary>What a worker's clock shows.</summary>
/// <param name="Now">The time.</param>
public sealed record WorkerClock(DateTimeOffset Now);

/// <summary>Why a worker does not do what it is told.</summary>
/// <param name="Error">A line that says what is wrong.</param>
public sealed record WorkerError(string Error);

/// <summary>
/// JSON of what goes between a load worker and who orders it. Nothing may be missing or unknown: a wrong order must not become another one.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(WorkerClock))]
[JsonSerializable(typeof(WorkerError))]
[JsonSerializable(typeof(WorkerOrder))]
[JsonSerializable(typeof(WorkerResult))]
public sealed partial class WorkerJson : JsonSerializerContext;

/// <summary>What a load worker is to do: its share of the arrivals. Profile and seeds are those of all workers together.</summary>
/// <param name="Version"><see cref="WorkerProtocol.Version"/>.</param>
/// <param name="Url">Scheme, host and port.</param>
/// <param name="Paths">Paths and queries; none for the usual mix of the application.</param>
/// <param name="Headers">Further headers, in order; a name may be there more than once.</param>
/// <param name="Profile">The rate over time.</param>
/// <param name="Arrivals">How arrivals lie around that rate.</param>
/// <param name="Seed">What arrivals and the choice of requests come from.</param>
/// <param name="TraceSeed">
/// What trace ids come from. Workers with the same one never use the same id, as each has arrivals of its own.
/// </param>
/// <param name="Worker">Which worker it is for, from 0.</param>
/// <param name="Workers">How many there are.</param>
/// <param name="Connections">How many connections this worker has.</param>
/// <param name="TimeoutSeconds">How long a request may take.</param>
/// <param name="Insecure">Whether any certificate will do.</param>
/// <param name="Details">Whether the result is to have <see cref="WorkerResult.Details"/>.</param>
/// <param name="StartAt">When the first request of all workers is due, the same moment for all.</param>
public sealed record WorkerOrder(
    int Version,
    string Url,
    IReadOnlyList<string> Paths,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    ProfileSettings Profile,
    ArrivalProcess Arrivals,
    ulong Seed,
    ulong TraceSeed,
    int Worker,
    int Workers,
    int Connections,
    double TimeoutSeconds,
    bool Insecure,
    bool Details,
    DateTimeOffset StartAt)
{
    /// <summary>The most workers that there can be.</summary>
    public const int MostWorkers = 100;

    private const double LongestTimeout = 60;
    private const int MostConnections = 10_000;
    private const string SameVersion = "the worker's image and bookinfo must be of the same version";

    /// <summary>How far ahead the start may be. It is a few seconds away, unless clocks differ.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>Looks for what is wrong with it.</summary>
    /// <param name="now">The time.</param>
    /// <returns>The first thing that is, in a sentence without its end; <see langword="null"/> when nothing is.</returns>
    public string? FindProblem(DateTimeOffset now)
    {
        FormattableString? problem = this switch
        {
            { Version: not WorkerProtocol.Version } =>
                $"version {Version} is not understood, only {WorkerProtocol.Version}: {SameVersion}",
            _ when !IsUrl(Url) => $"url '{Url}' must be http:// or https://, a host, and nothing behind it",
            // The serializer takes no null for a list, and one in it.
            _ when Paths.FirstOrDefault(path => path is null || !RequestTemplate.IsPath(path), "/") is not "/" and var path =>
                $"path '{path}' must begin with / and have no spaces and no fragment (#)",
            _ when Headers.Any(header => header is { Key: null } or { Value: null }) => $"a header needs a name and a value",
            _ when Headers.FirstOrDefault(header => !RequestTemplate.IsAllowedHeader(header.Key, header.Value)) is { Key: { } name } =>
                $"the header '{name}' cannot be sent",
            _ when Profile.FindProblem() is { } wrong => $"{wrong}",
            _ when !Enum.IsDefined(Arrivals) => $"there are no arrivals {Arrivals}",
            { Workers: not (>= 1 and <= MostWorkers) } => $"workers {Workers} must be 1 to {MostWorkers}",
            _ when Worker < 0 || Worker >= Workers => $"worker {Worker} must be 0 to {Workers - 1}",
            { Connections: not (>= 1 and <= MostConnections) } => $"connections {Connections} must be 1 to {MostConnections}",
            { TimeoutSeconds: not (>= 0.001 and <= LongestTimeout) } =>
                $"timeoutSeconds {TimeoutSeconds} must be 0.001 to {LongestTimeout}",
            _ when StartAt - now > LongestWait =>
                $"the start is {(StartAt - now).TotalSeconds:0} s ahead by this worker's clock: the clocks of the nodes differ",
            _ => null,
        };
        return problem?.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Makes the plan of it.</summary>
    /// <param name="target">Where <see cref="Url"/> leads.</param>
    /// <param name="mix">What is sent.</param>
    public LoadPlan ToPlan(LoadTarget target, TrafficMix mix) => new(
        target, mix, Profile.Create(), Arrivals, Seed, TraceSeed, Connections, TimeSpan.FromSeconds(TimeoutSeconds))
    {
        Share = new Share(Worker, Workers),
        StartAt = StartAt,
    };

    private static bool IsUrl(string text) =>
        LoadTarget.IsUrl(text) && new Uri(text).PathAndQuery == "/";
}

/// <summary>What came of an order: a <see cref="LoadResult"/> on its way from a worker.</summary>
/// <param name="Version"><see cref="WorkerProtocol.Version"/>.</param>
/// <param name="StartedAt">When requests began to fall due, by the worker's clock.</param>
/// <param name="Seconds">See <see cref="LoadResult.Seconds"/>.</param>
/// <param name="Total">See <see cref="LoadResult.Total"/>.</param>
/// <param name="Unsent">See <see cref="LoadResult.Unsent"/>.</param>
/// <param name="InTime">See <see cref="LoadResult.InTime"/>.</param>
/// <param name="SentInTime">See <see cref="LoadResult.SentInTime"/>.</param>
/// <param name="ConnectionsOpened">See <see cref="LoadResult.ConnectionsOpened"/>.</param>
/// <param name="Interrupted">See <see cref="LoadResult.Interrupted"/>.</param>
/// <param name="ProcessorSeconds">See <see cref="LoadResult.ProcessorSeconds"/>.</param>
/// <param name="Processors">See <see cref="LoadResult.Processors"/>.</param>
/// <param name="RedirectedTo">See <see cref="LoadResult.RedirectedTo"/>.</param>
/// <param name="TlsProblem">See <see cref="LoadResult.TlsProblem"/>.</param>
/// <param name="SignedOut">See <see cref="LoadResult.SignedOut"/>.</param>
/// <param name="UnsentByPhase">See <see cref="LoadResult.UnsentByPhase"/>.</param>
/// <param name="UnsentBy">See <see cref="LoadResult.UnsentBy"/>.</param>
/// <param name="Details">
/// The requests by what was sent and over time; <see langword="null"/> when the order does not ask for that.
/// </param>
public sealed record WorkerResult(
    int Version,
    DateTimeOffset StartedAt,
    double Seconds,
    RecordingData Total,
    long Unsent,
    long InTime,
    long SentInTime,
    long ConnectionsOpened,
    bool Interrupted,
    double ProcessorSeconds,
    int Processors,
    string? RedirectedTo,
    string? TlsProblem,
    long SignedOut,
    IReadOnlyList<long> UnsentByPhase,
    UnsentRequests UnsentBy,
    RunDetailsData? Details)
{
    /// <summary>Makes it of what a run has come to.</summary>
    /// <param name="result">The run.</param>
    /// <param name="details">Its requests by what was sent and over time, if that was asked for.</param>
    public static WorkerResult From(LoadResult result, RunDetails? details) => new(
        WorkerProtocol.Version,
        result.StartedAt,
        result.Seconds,
        result.Total.ToData(),
        result.Unsent,
        result.InTime,
        result.SentInTime,
        result.ConnectionsOpened,
        result.Interrupted,
        result.ProcessorSeconds,
        result.Processors,
        result.RedirectedTo,
        result.TlsProblem,
        result.SignedOut,
        result.UnsentByPhase,
        result.UnsentBy,
        details?.ToData());

    /// <summary>What the run has come to.</summary>
    /// <param name="plan">What was to be done.</param>
    /// <exception cref="FormatException">It is none that can be.</exception>
    public LoadResult ToResult(LoadPlan plan) => Version == WorkerProtocol.Version
        ? new LoadResult(
            plan, StartedAt, Seconds, Recording.From(Total, plan.Mix.Answers), Unsent, InTime, SentInTime, ConnectionsOpened, Interrupted,
            ProcessorSeconds, Processors)
        {
            RedirectedTo = RedirectedTo,
            TlsProblem = TlsProblem,
            SignedOut = SignedOut,
            UnsentByPhase = UnsentByPhase,
            UnsentBy = UnsentBy,
        }
        : throw new FormatException($"version {Version} is not understood, only {WorkerProtocol.Version}");
}
