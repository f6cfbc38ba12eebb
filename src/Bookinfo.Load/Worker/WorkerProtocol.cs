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
    public const int Version = 2;

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
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(WorkerClock))]
[JsonSerializable(typeof(WorkerError))]
[JsonSerializable(typeof(WorkerOrder))]
[JsonSerializable(typeof(WorkerResult))]
public sealed partial class WorkerJson : JsonSerializerContext;
