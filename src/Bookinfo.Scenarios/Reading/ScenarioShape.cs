using System.Text.Json;
using Bookinfo.Contracts;
using Bookinfo.Load;
using static Bookinfo.Scenarios.Field;

namespace Bookinfo.Scenarios;

/// <summary>What the file of a scenario may hold.</summary>
public static class ScenarioShape
{
    private const string NoItems = "[]";
    private const string NoTexts = "{}";

    /// <summary>The longest time of anything.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    private static readonly Shape BoundsOfValue = new MapShape(
        "limits of the value, which themselves are not allowed",
        Optional("above", new NumberShape("the value is greater")),
        Optional("below", new NumberShape("the value is less")));

    private static readonly Shape Share = new MapShape(
        "which share is like this, between limits from 0 to 1; all when it is not there",
        Optional("above", new NumberShape("the share is greater", 0, 1)),
        Optional("below", new NumberShape("the share is less", 0, 1)));

    private static readonly Shape Concerned = new ListShape(
        "which processes have it: services, in all versions (reviews), or versions (reviews-v3)",
        new NameShape("a service or a version", ServiceCatalog.ServicesAndVersions),
        least: 1);

    private static readonly Shape Path = new TextShape(
        "a path of the page's service, with its query", "^/[!\"$-~]*$",
        "be a path that begins with / and has no spaces and no fragment (#)", RequestTemplate.IsPath);

    private static readonly MapShape Traffic = new(
        "what is sent, whether or not it is answered",
        Required("rate", new NumberShape(
            "requests a second: all the time, at the end of a ramp or of steps, around a spike", ProfileSettings.LowestRate, 10_000)),
        Optional(
            "profile", new NameShape("the rate over time, as in 'bookinfo load'", ProfileSettings.KindNames),
            $"\"{ConstantProfile.ProfileName}\""),
        Optional("from", new NumberShape("the rate that a ramp or a day begins with", 0, 10_000)),
        Optional("peak", new NumberShape("the rate in the middle tenth of a spike", 0, 10_000)),
        Optional("steps", new NumberShape("how many steps there are", 1, ProfileSettings.MostSteps, whole: true)),
        Optional("paths", new ListShape("what is requested, in equal shares; none for the usual mix of 'bookinfo load'", Path), NoItems));

    private static readonly MapShape Metric = new(
        "a question to Prometheus and its answer",
        Required("name", new TextShape("what the answer means")),
        Required("query", new TextShape("PromQL; $window in it stands for the window of rates, 15s unless --window says another one")),
        Required("during", BoundsOfValue),
        Optional("within", Span("how long after the faults were set it is like that"), "\"30s\""),
        Required("after", BoundsOfValue),
        Optional("clears", Span("how long after the faults were taken away it is like that"), "\"30s\""));

    private static readonly MapShape Trace = new(
        "a span that traces have",
        Required("name", new TextShape("what it means")),
        Required("service", new NameShape("the service that makes it", [.. ServiceCatalog.All.Select(service => service.Name)])),
        Optional("version", new TextShape("the version of the service")),
        Required("kind", new NameShape("which side of the call it is", ["server", "client"])),
        Required("span", new TextShape("the name of the span, such as 'GET /reviews/{id}'")),
        Optional("attributes", new TextsShape("attributes that it has"), NoTexts),
        Optional("seconds", BoundsOfValue),
        Optional("share", Share));

    private static readonly Field AlertName = Required(
        "alert", new TextShape("the name of the rule, such as one of observability/prometheus/alerts.yml"));

    private static readonly Field AlertLabels = Optional(
        "labels", new TextsShape("labels by which one of several alerts of the rule is known"), NoTexts);

    private static readonly MapShape Alert = new(
        "an alert that fires",
        AlertName,
        AlertLabels,
        Required("fires", Span("how long after the faults were set it fires")),
        Required("resolves", Span("how long after the faults were taken away it is resolved")));

    private static readonly MapShape MayFire = new("an alert that may fire", AlertName, AlertLabels);

    private static readonly MapShape Visitor = new(
        "what a visitor notices",
        Required("sees", new TextShape("what it is")),
        Optional("path", Path, "\"/productpage\""),
        Optional("contains", new TextShape("a text that the page has")),
        Optional("hop", new NameShape(
            "the name in Server-Timing that tells of it", ["total", .. ServiceCatalog.Bookinfo.Hops.Select(hop => hop.Callee)])),
        Optional("milliseconds", BoundsOfValue),
        Optional("share", Share));

    /// <summary>The whole file.</summary>
    internal static Shape Scenario { get; } = new MapShape(
        "a scenario of Bookinfo: known trouble, and what must then be seen",
        Required("title", new TextShape("what it is, in some words")),
        Required("story", new TextShape("what has happened to whom, in three sentences")),
        Required("trainer", new TextShape("what somebody who teaches with it says and asks")),
        Optional("duration", new DurationShape(
            "how long it goes on when nothing else is said", TimeSpan.FromSeconds(1), Longest), "\"600s\""),
        Required("faults", new ListShape(
            "what is broken; none when the traffic alone is the trouble",
            new FaultShape("a fault, and which services have it", Concerned))),
        Required("traffic", Traffic),
        Required("symptoms", new MapShape(
            "what must be seen",
            Required("metrics", new ListShape("in Prometheus", Metric, least: 1)),
            Optional("traces", new ListShape("in traces", Trace), NoItems),
            Optional("alerts", new ListShape("which alerts fire", Alert), NoItems),
            Optional("mayFire", new ListShape("which other alerts may fire because of it, and need not", MayFire), NoItems),
            Optional("visitor", new ListShape("on the page", Visitor), NoItems))));

    /// <summary>The JSON schema that is published as <c>scenarios/scenario.schema.json</c>.</summary>
    /// <returns>The text of the file.</returns>
    public static string WriteSchema()
    {
        var schema = Scenario.ToSchema();
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", "Scenario of Bookinfo");
        return schema.ToJsonString(new JsonSerializerOptions
        {
            WriteIndented = true,
            NewLine = "\n",
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = ScenarioJson.Default,
        }) + "\n";
    }

    private static DurationShape Span(string description) => new(description, TimeSpan.FromSeconds(1), Longest);
}
