using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bookinfo.Contracts;

/// <summary>What <c>PUT /faults/NAME</c> on the management port takes.</summary>
/// <param name="Ttl">How long the rules stay unless they are set again, as a duration such as <c>30s</c>.</param>
/// <param name="Rules">A list of rules, for <see cref="FaultRuleReader"/>.</param>
public sealed record FaultRequest(string Ttl, JsonElement Rules)
{
    /// <summary>The path on the management port, to which a slash and the name of a set are added.</summary>
    public const string Path = "/faults";

    /// <summary>The least time to live.</summary>
    public static readonly TimeSpan ShortestTtl = TimeSpan.FromSeconds(1);

    /// <summary>The greatest time to live.</summary>
    public static readonly TimeSpan LongestTtl = TimeSpan.FromHours(1);
}

/// <summary>What the management port answers: which faults a service has.</summary>
/// <param name="Service">The name of the service.</param>
/// <param name="Version">Its version.</param>
/// <param name="Instance">The id of the process, as in its telemetry.</param>
/// <param name="StartedAt">When the process was started, which tells it from one before it with the same id.</param>
/// <param name="Sets">The sets of rules, in the order in which they were set.</param>
public sealed record FaultStatus(
    string Service, string Version, string Instance, DateTimeOffset StartedAt, IReadOnlyList<FaultSetStatus> Sets);

/// <summary>A set of rules.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Source">
/// Where it comes from: <c>environment</c>, <c>file</c>, <c>version</c> or <see cref="ManagementSource"/>.
/// </param>
/// <param name="RemainingSeconds">How long it stays unless it is set again; <see langword="null"/> without a time to live.</param>
/// <param name="Rules">Its rules.</param>
public sealed record FaultSetStatus(string Name, string Source, double? RemainingSeconds, IReadOnlyList<FaultRuleStatus> Rules)
{
    /// <summary>The source of what was set on the management port, and can be taken away there.</summary>
    public const string ManagementSource = "management";
}

/// <summary>A rule.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Fault">The name of its fault.</param>
/// <param name="Active">Whether it is active now.</param>
/// <param name="Matched">
/// How many requests, spans, lines or scrapes it was about since it was set; for a fault of the process, how often it was to begin.
/// </param>
/// <param name="Injected">How many of those it was done to; for a fault of the process, how often it began.</param>
/// <param name="Seed">What its random choices started from: its own seed, or the one that it was given.</param>
/// <param name="Rule">The rule as it was given. It can be set again, and with the seed in it makes the same choices.</param>
public sealed record FaultRuleStatus(
    string Name, string Fault, bool Active, long Matched, long Injected, int Seed, JsonElement Rule);

/// <summary>How those who use the management port write and read its messages.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(FaultRequest))]
[JsonSerializable(typeof(FaultStatus))]
public sealed partial class FaultJson : JsonSerializerContext;
