using System.Globalization;

namespace Bookinfo.Load;

/// <summary>
/// What a load worker is to do: its share of even arrivals at a constant rate. Rate and duration are those of all workers together.
/// </summary>
/// <param name="Version"><see cref="WorkerProtocol.Version"/>.</param>
/// <param name="Url">Scheme, host and port.</param>
/// <param name="Path">Path and query.</param>
/// <param name="Headers">Further headers, in order; a name may be there more than once.</param>
/// <param name="Rate">Requests a second.</param>
/// <param name="Seconds">How long requests fall due.</param>
/// <param name="TraceSeed">
/// What trace ids come from. Workers with the same one never use the same id, as each has arrivals of its own.
/// </param>
/// <param name="Worker">Which worker it is for, from 0.</param>
/// <param name="Workers">How many there are.</param>
/// <param name="Connections">How many connections this worker has.</param>
/// <param name="TimeoutSeconds">How long a request may take.</param>
/// <param name="Insecure">Whether any certificate will do.</param>
/// <param name="StartAt">When the first request of all workers is due, the same moment for all.</param>
public sealed record WorkerOrder(
    int Version,
    string Url,
    string Path,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    double Rate,
    double Seconds,
    ulong TraceSeed,
    int Worker,
    int Workers,
    int Connections,
    double TimeoutSeconds,
    bool Insecure,
    DateTimeOffset StartAt)
{
    /// <summary>The most workers that there can be.</summary>
    public const int MostWorkers = 100;

    private const double HighestRate = 1e6;
    private const double LongestRun = 24 * 3600;
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
            _ when !RequestTemplate.IsPath(Path) => $"path '{Path}' must begin with / and have no spaces and no fragment (#)",
            // The serializer takes no null for a list, and one in it.
            _ when Headers.Any(header => header is { Key: null } or { Value: null }) => $"a header needs a name and a value",
            _ when Headers.FirstOrDefault(header => !RequestTemplate.IsAllowedHeader(header.Key, header.Value)) is { Key: { } name } =>
                $"the header '{name}' cannot be sent",
            { Rate: not (> 0 and <= HighestRate) } => $"rate {Rate} must be above 0 and at most {HighestRate}",
            { Seconds: not (> 0 and <= LongestRun) } => $"seconds {Seconds} must be above 0 and at most {LongestRun}",
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
        target, mix, new ConstantProfile(Rate, Seconds), ArrivalProcess.Even, Seed: 0, TraceSeed, Connections,
        TimeSpan.FromSeconds(TimeoutSeconds))
    {
        Share = new Share(Worker, Workers),
        StartAt = StartAt,
    };

    private static bool IsUrl(string text) =>
        LoadTarget.IsUrl(text) && new Uri(text).PathAndQuery == "/";
}
