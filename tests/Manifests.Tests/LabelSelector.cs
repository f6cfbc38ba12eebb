using System.Text.Json.Nodes;

namespace Manifests.Tests;

/// <summary>A selector of labels, as Kubernetes defines it.</summary>
/// <param name="Json"><c>matchLabels</c> and <c>matchExpressions</c>; an empty one selects everything.</param>
internal sealed record LabelSelector(JsonNode Json)
{
    public bool Selects(IReadOnlyDictionary<string, string> labels) =>
        Manifest.Pairs(Json["matchLabels"]).All(label => labels.GetValueOrDefault(label.Key) == label.Value)
        && Manifest.Items(Json["matchExpressions"]).All(expression => Holds(expression, labels));

    private static bool Holds(JsonNode expression, IReadOnlyDictionary<string, string> labels)
    {
        var value = labels.GetValueOrDefault(expression["key"]!.ToString());
        var values = Manifest.Items(expression["values"]).Select(allowed => allowed.ToString());
        return expression["operator"]!.ToString() switch
        {
            "In" => value is not null && values.Contains(value),
            "NotIn" => value is null || !values.Contains(value),
            "Exists" => value is not null,
            "DoesNotExist" => value is null,
            var other => throw new InvalidOperationException($"There is no operator {other}."),
        };
    }
}
