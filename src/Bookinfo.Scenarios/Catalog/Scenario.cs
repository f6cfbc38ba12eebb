using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Bookinfo.Contracts;
using Bookinfo.Load;

namespace Bookinfo.Scenarios;

/// <summary>Known trouble: what to break, what to send meanwhile, and what must then be seen.</summary>
/// <param name="Title">What it is, in some words.</param>
/// <param name="Story">What has happened to whom.</param>
/// <param name="Trainer">What somebody who teaches with it says and asks.</param>
/// <param name="Duration">How long it goes on when nothing else is said.</param>
/// <param name="Faults">What is broken; none when the traffic alone is the trouble.</param>
/// <param name="Traffic">What is sent.</param>
/// <param name="Symptoms">What must be seen.</param>
public sealed record Scenario(
    string Title,
    string Story,
    string Trainer,
    TimeSpan Duration,
    IReadOnlyList<ScenarioFault> Faults,
    ScenarioTraffic Traffic,
    ScenarioSymptoms Symptoms)
{
    /// <summary>Its name: that of its file, without the ending.</summary>
    public string Name { get; init; } = "";
}

/// <summary>A fault of a scenario.</summary>
/// <param name="Services">
/// Which processes have it: names of services (<c>reviews</c>: all versions) and of versions (<c>reviews-v3</c>).
/// </param>
public sealed record ScenarioFault(IReadOnlyList<string> Services)
{
    /// <summary>The rule, as <see cref="FaultRuleReader"/> takes it, by its keys. The serializer needs to set it.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement> Rule { get; set; } = [];

    /// <summary>The kind of the fault.</summary>
    [JsonIgnore]
    public FaultKind Kind => FaultCatalog.All.Single(kind => Rule.ContainsKey(kind.Name));

    /// <summary>The same with a seed for its random choices, unless the rule has one.</summary>
    /// <param name="seed">The seed.</param>
    public ScenarioFault WithSeed(ulong seed)
    {
        var rule = new Dictionary<string, JsonElement>(Rule);
        rule.TryAdd("seed", JsonElement.Parse(string.Create(CultureInfo.InvariantCulture, $"{seed % int.MaxValue}")));
        return this with { Rule = rule };
    }

    /// <summary>The rule as an object of its own.</summary>
    public JsonObject ToRule() => new(Rule.Select(one => KeyValuePair.Create(one.Key, JsonNode.Parse(one.Value.GetRawText()))));
}

/// <summary>The requests that are sent during a scenario, no matter how they are answered.</summary>
/// <param name="Rate">Requests a second, as <see cref="ProfileSettings"/> has it.</param>
/// <param name="Profile">The rate over time.</param>
/// <param name="Paths">What is requested, in equal shares; none for the usual mix of <c>load</c>.</param>
/// <param name="From">See <see cref="ProfileSettings"/>.</param>
/// <param name="Peak">See <see cref="ProfileSettings"/>.</param>
/// <param name="Steps">See <see cref="ProfileSettings"/>.</param>
public sealed record ScenarioTraffic(
    double Rate, ProfileKind Profile, IReadOnlyList<string> Paths, double? From = null, double? Peak = null, int? Steps = null)
{
    /// <summary>The rate over time.</summary>
    /// <param name="duration">How long it is.</param>
    public ProfileSettings Over(TimeSpan duration) =>
        new(Profile, Rate, duration.TotalSeconds, From, Peak, Steps ?? ProfileSettings.UsualSteps);
}

/// <summary>What must be seen during a scenario, and where.</summary>
/// <param name="Metrics">In Prometheus.</param>
/// <param name="Traces">In traces.</param>
/// <param name="Alerts">Which alerts fire.</param>
/// <param name="MayFire">Which other alerts may fire because of it, and need not.</param>
/// <param name="Visitor">On the page.</param>
public sealed record ScenarioSymptoms(
    IReadOnlyList<MetricSymptom> Metrics,
    IReadOnlyList<TraceSymptom> Traces,
    IReadOnlyList<AlertSymptom> Alerts,
    IReadOnlyList<PossibleAlert> MayFire,
    IReadOnlyList<VisitorSymptom> Visitor)
{
    /// <summary>The windows of most rules: what is not said to be resolved later has left them by then.</summary>
    private static readonly TimeSpan UsualLinger = TimeSpan.FromMinutes(5);

    /// <summary>How long after the faults an alert may still begin to fire because of them.</summary>
    [JsonIgnore]
    public TimeSpan AlertsLinger => Alerts.Select(alert => alert.Resolves).Append(UsualLinger).Max();
}

/// <summary>What a question to Prometheus is answered with.</summary>
/// <param name="Name">What it means.</param>
/// <param name="Query">PromQL; <c>$window</c> in it stands for the window of rates. Bounds concern all series that it gives.</param>
/// <param name="During">What holds during the scenario, and does not hold otherwise.</param>
/// <param name="Within">How long after the faults were set it holds.</param>
/// <param name="After">What holds afterwards.</param>
/// <param name="Clears">How long after the faults were taken away that holds.</param>
public sealed record MetricSymptom(string Name, string Query, Bounds During, TimeSpan Within, Bounds After, TimeSpan Clears)
{
    /// <summary>What stands for the window of rates in <see cref="Query"/>.</summary>
    public const string Window = "$window";
}

/// <summary>Limits of a value, neither of which belongs to what is allowed.</summary>
/// <param name="Above">The lower one.</param>
/// <param name="Below">The upper one.</param>
public sealed record Bounds(double? Above = null, double? Below = null)
{
    /// <summary>Whether a value is within the limits.</summary>
    /// <param name="value">The value; what is not a number is not.</param>
    public bool Hold(double value) => !double.IsNaN(value) && !(value <= Above) && !(value >= Below);

    /// <inheritdoc/>
    public override string ToString() => (Above, Below) switch
    {
        ({ } above, { } below) => FormattableString.Invariant($"between {above} and {below}"),
        ({ } above, _) => FormattableString.Invariant($"above {above}"),
        (_, { } below) => FormattableString.Invariant($"below {below}"),
        _ => "any value",
    };
}

/// <summary>A span that traces have during a scenario.</summary>
/// <param name="Name">What it means.</param>
/// <param name="Service">The service that makes it.</param>
/// <param name="Kind"><c>server</c> or <c>client</c>.</param>
/// <param name="Span">The name of the span, such as <c>GET /reviews/{id}</c>.</param>
/// <param name="Attributes">Attributes that it has.</param>
/// <param name="Version">The version of the service; <see langword="null"/> for any.</param>
/// <param name="Seconds">How long it takes; <see langword="null"/> for as long as usual.</param>
/// <param name="Share">Which share of such spans is like this, from 0 to 1; <see langword="null"/> for all.</param>
public sealed record TraceSymptom(
    string Name,
    string Service,
    string Kind,
    string Span,
    IReadOnlyDictionary<string, string> Attributes,
    string? Version = null,
    Bounds? Seconds = null,
    Bounds? Share = null);

/// <summary>An alert that fires during a scenario.</summary>
/// <param name="Alert">The name of the rule.</param>
/// <param name="Labels">Labels by which one of several alerts of the rule is known.</param>
/// <param name="Fires">How long after the faults were set it fires.</param>
/// <param name="Resolves">How long after the faults were taken away it is resolved.</param>
public sealed record AlertSymptom(string Alert, IReadOnlyDictionary<string, string> Labels, TimeSpan Fires, TimeSpan Resolves);

/// <summary>An alert that may fire because of a scenario, such as when it goes on for longer than others need.</summary>
/// <param name="Alert">The name of the rule.</param>
/// <param name="Labels">Labels by which one of several alerts of the rule is known.</param>
public sealed record PossibleAlert(string Alert, IReadOnlyDictionary<string, string> Labels);

/// <summary>What a visitor notices during a scenario.</summary>
/// <param name="Sees">What it is.</param>
/// <param name="Path">What the visitor opens.</param>
/// <param name="Contains">A text that the page has; <see langword="null"/> when it is not about a text.</param>
/// <param name="Hop">The name in <c>Server-Timing</c> that tells of it; <see langword="null"/> when none does.</param>
/// <param name="Milliseconds">What <c>Server-Timing</c> says there.</param>
/// <param name="Share">Which share of the views is like this, from 0 to 1; <see langword="null"/> for all.</param>
public sealed record VisitorSymptom(
    string Sees, string Path, string? Contains = null, string? Hop = null, Bounds? Milliseconds = null, Bounds? Share = null);

/// <summary>How scenarios are serialized.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(DurationConverter), typeof(ProfileKindConverter)])]
[JsonSerializable(typeof(Scenario))]
[JsonSerializable(typeof(IReadOnlyList<Scenario>))]
public sealed partial class ScenarioJson : JsonSerializerContext;

/// <summary>Writes profiles as <c>--profile</c> has them.</summary>
internal sealed class ProfileKindConverter()
    : JsonStringEnumConverter<ProfileKind>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);
