using System.Text.Json.Nodes;
using k8s;

namespace Manifests.Tests;

/// <summary>An object of a rendering.</summary>
/// <param name="Yaml">Its text.</param>
/// <param name="Json">Its content.</param>
internal sealed record Manifest(string Yaml, JsonNode Json)
{
    public string ApiVersion => Text("apiVersion")!;

    public string Kind => Text("kind")!;

    public string Name => Text("metadata", "name")!;

    public string? Namespace => Text("metadata", "namespace");

    public IReadOnlyDictionary<string, string> Labels => Map("metadata", "labels");

    /// <summary>Whether the object is of Kubernetes itself and not of an extension.</summary>
    public bool IsCore => !ApiVersion.Contains(".istio.io/", StringComparison.Ordinal)
        && !ApiVersion.StartsWith("gateway.networking.k8s.io/", StringComparison.Ordinal)
        && !ApiVersion.StartsWith("monitoring.coreos.com/", StringComparison.Ordinal);

    /// <summary>Whether it is of a kind, in whichever version; for kinds that two APIs share, of the group.</summary>
    public bool Is(string kind, string group = "") =>
        Kind == kind && (group.Length == 0 || ApiVersion.StartsWith($"{group}/", StringComparison.Ordinal));

    /// <summary>Reads it as Kubernetes' client does, and strictly.</summary>
    /// <exception cref="Exception">It has a field that the client's type does not know, or one of another type.</exception>
    public object Typed() => Assert.Single(KubernetesYaml.LoadAllFromString(Yaml, null, strict: true));

    /// <summary>A field.</summary>
    /// <returns>The field, or <see langword="null"/> when there is none.</returns>
    public JsonNode? Field(params string[] path) => path.Aggregate((JsonNode?)Json, (node, name) => node?[name]);

    public string? Text(params string[] path) => Field(path)?.ToString();

    /// <summary>A list of objects; empty when there is none.</summary>
    public IEnumerable<JsonNode> List(params string[] path) => Items(Field(path));

    /// <summary>Names and texts; empty when there are none.</summary>
    public IReadOnlyDictionary<string, string> Map(params string[] path) => Pairs(Field(path));

    /// <inheritdoc cref="List"/>
    public static IEnumerable<JsonNode> Items(JsonNode? list) => (list as JsonArray ?? []).Select(item => item!);

    /// <inheritdoc cref="Map"/>
    public static IReadOnlyDictionary<string, string> Pairs(JsonNode? map) =>
        (map as JsonObject ?? []).ToDictionary(pair => pair.Key, pair => pair.Value!.ToString());

    public override string ToString() => $"{Kind} {Name} ({ApiVersion})";
}
