using System.Globalization;
using System.Text.Json.Nodes;
using Bookinfo.Contracts;

namespace Bookinfo.Scenarios;

/// <summary>JSON schemas of the parts of a rule, made from the catalog of faults.</summary>
internal static class RuleSchema
{
    /// <summary>What a rule may have beside its fault.</summary>
    public static IEnumerable<KeyValuePair<string, JsonObject>> Common() =>
        FaultRuleReader.RuleKeys.Select(key => KeyValuePair.Create(key, key switch
        {
            "name" => Described("the name of the rule", new()
            {
                ["type"] = "string",
                ["pattern"] = string.Create(CultureInfo.InvariantCulture, $"^[A-Za-z0-9._-]{{1,{FaultRuleReader.LongestName}}}$"),
            }),
            "match" => Described(
                "which requests the rule is for; all that is given must match",
                Closed(FaultRuleReader.MatchKeys.Select(name => (name, new JsonObject { ["type"] = "string", ["minLength"] = 1 })))),
            "start" => Described("how long after the rule is set it takes effect", Time()),
            "end" => Described("how long after the rule is set it ends", Time()),
            "cycle" => Described(
                "switches the rule off and on again and again, beginning with off",
                Closed([("off", Time()), ("on", Time())], "off", "on")),
            "seed" => Described(
                "what its random choices start from", new() { ["type"] = "integer", ["minimum"] = 0, ["maximum"] = int.MaxValue }),
            _ => throw new InvalidOperationException($"The schema does not know the key '{key}' of rules."),
        }));

    /// <summary>The schema of a fault.</summary>
    /// <param name="kind">The fault.</param>
    public static JsonObject Of(FaultKind kind)
    {
        var parameters = kind.Parameters.Select(parameter => (parameter.Name, Of(parameter)));
        var schema = Closed(
            kind.HasChance ? parameters.Concat(FaultRuleReader.ChanceKeys.Select(key => (key, Chance(key)))) : parameters,
            [
                .. kind.Parameters.Where(parameter => parameter.Default is null && kind.OneOf.Count == 0)
                    .Select(parameter => parameter.Name),
            ]);
        if (kind.OneOf.Count > 0)
        {
            schema["oneOf"] = new JsonArray([.. kind.OneOf.Select(group => (JsonNode)new JsonObject
            {
                ["required"] = Names(group),
            })]);
        }

        return Described($"it {kind.Description}", schema);
    }

    private static JsonObject Of(FaultParameter parameter)
    {
        var schema = Described(parameter.Description, parameter.Type switch
        {
            FaultValueType.Time => Time(),
            FaultValueType.Number => Number("number", parameter.Least, parameter.Most),
            FaultValueType.Whole => Number("integer", parameter.Least, parameter.Most),
            FaultValueType.Bytes => new() { ["type"] = "string", ["pattern"] = @"^[0-9]+(\.[0-9]+)?(Ki|Mi|Gi|k|M|G)?$" },
            FaultValueType.Word => new() { ["enum"] = Names(parameter.Words) },
            FaultValueType.Flag => new() { ["type"] = "boolean" },
            _ => new() { ["type"] = "string", ["maxLength"] = FaultRuleReader.LongestText },
        });
        if (parameter.Default is { } standard)
        {
            schema["default"] = parameter.Type is FaultValueType.Number or FaultValueType.Whole or FaultValueType.Flag
                ? JsonNode.Parse(standard)
                : standard;
        }

        return schema;
    }

    private static JsonObject Chance(string key) => key switch
    {
        "percentage" => Described("how many percent of what matches get the fault, at random; all if it is not given", new()
        {
            ["oneOf"] = new JsonArray(
                Number("number", 0, 100), Closed([("value", Number("number", 0, 100))], "value")),
        }),
        "every" => Described(
            "every n-th of what matches gets the fault, instead of a percentage", Number("integer", 1, FaultRuleReader.MostEvery)),
        "burst" => Described(
            "with 'every': the last so many of every n get the fault, instead of only the last",
            Number("integer", 1, FaultRuleReader.MostEvery)),
        _ => throw new InvalidOperationException($"The schema does not know the key '{key}' of faults."),
    };

    private static JsonObject Time() => new() { ["type"] = "string", ["pattern"] = DurationShape.Pattern };

    private static JsonObject Number(string type, double least, double most) =>
        new() { ["type"] = type, ["minimum"] = least, ["maximum"] = most };

    private static JsonObject Described(string description, JsonObject schema)
    {
        schema.Insert(0, "description", description);
        return schema;
    }

    private static JsonObject Closed(IEnumerable<(string Name, JsonObject Schema)> properties, params IReadOnlyList<string> required)
    {
        var schema = new JsonObject { ["type"] = "object", ["additionalProperties"] = false };
        if (required.Count > 0)
        {
            schema["required"] = Names(required);
        }

        var all = new JsonObject();
        foreach (var (name, property) in properties)
        {
            all[name] = property;
        }

        schema["properties"] = all;
        return schema;
    }

    private static JsonArray Names(IEnumerable<string> names) => new([.. names.Select(name => (JsonNode)name)]);
}
