using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Bookinfo.Scenarios;

/// <summary>
/// A fault of a scenario: the services that have it, and beside that a rule. The reader of the services decides whether a rule is
/// allowed, and <see cref="FaultReach"/> whether requests to those that have it can match it; the schema follows from the catalog of
/// faults.
/// </summary>
/// <param name="description">What it is.</param>
/// <param name="services">Which services have it.</param>
internal sealed class FaultShape(string description, Shape services) : Shape(description)
{
    private const string Services = "services";

    /// <summary>How deep a rule may be nested: twice what any rule needs.</summary>
    private const int Deepest = 8;

    /// <inheritdoc/>
    protected override JsonNode? ReadValue(YamlNode node, string path, List<ScenarioProblem> problems)
    {
        if (node is not YamlMappingNode mapping)
        {
            problems.Add(ScenarioProblem.At(node.Start, path, $"must be a mapping with {Services} and a fault"));
            return null;
        }

        var before = problems.Count;
        var marks = new Dictionary<string, Mark> { [path] = node.Start };
        var rule = new JsonObject();
        JsonNode? concerned = null;
        foreach (var (key, value) in mapping.Children)
        {
            var name = TextOf(key) ?? "";
            marks[$"{path}.{name}"] = key.Start;
            if (name == Services)
            {
                concerned = services.Read(value, $"{path}.{name}", problems);
            }
            else
            {
                rule[name] = Convert(value, $"{path}.{name}", 0, marks, problems);
            }
        }

        if (!mapping.Children.ContainsKey(Services))
        {
            problems.Add(ScenarioProblem.At(node.Start, $"{path}.{Services}", $"is missing: {services.Description}"));
        }

        if (problems.Count == before)
        {
            CheckRule(rule, path, ServicesOf(concerned), marks, problems);
        }

        rule[Services] = concerned;
        return rule;
    }

    /// <inheritdoc/>
    protected override JsonObject DescribeSchema()
    {
        var properties = new JsonObject { [Services] = services.ToSchema() };
        foreach (var (name, schema) in RuleSchema.Common().Concat(FaultCatalog.All.Select(
            kind => KeyValuePair.Create(kind.Name, RuleSchema.Of(kind)))))
        {
            properties[name] = schema;
        }

        return new JsonObject
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["required"] = new JsonArray(Services),
            ["properties"] = properties,
            ["oneOf"] = new JsonArray([.. FaultCatalog.All.Select(kind => (JsonNode)new JsonObject
            {
                ["required"] = new JsonArray(kind.Name),
            })]),
        };
    }

    /// <summary>The services that are named, or a version of which is.</summary>
    private static IEnumerable<ServiceDefinition> ServicesOf(JsonNode? concerned)
    {
        var names = concerned!.AsArray().Select(name => name!.GetValue<string>()).ToHashSet();
        return ServiceCatalog.All.Where(
            service => names.Contains(service.Name) || service.Versions.Any(version => names.Contains(version.Name)));
    }

    private static void CheckRule(
        JsonObject rule,
        string path,
        IEnumerable<ServiceDefinition> concerned,
        Dictionary<string, Mark> marks,
        List<ScenarioProblem> problems)
    {
        try
        {
            var read = FaultRuleReader.ReadRule(JsonElement.Parse(rule.ToJsonString()), path);
            problems.AddRange(concerned.Select(service => FaultReach.FindProblem(read, path, service)).OfType<InvalidFaultException>()
                .Select(problem => ScenarioProblem.At(marks[problem.Path], problem.Path, problem.Problem)));
        }
        catch (InvalidFaultException exception)
        {
            // What is missing has no place of its own: then it is that of what it is missing in.
            var at = exception.Path;
            while (!marks.ContainsKey(at) && at.LastIndexOfAny(['.', '[']) is > 0 and var end)
            {
                at = at[..end];
            }

            problems.Add(ScenarioProblem.At(marks[at], exception.Path, exception.Problem + Suggestion(exception.Path, path)));
        }
    }

    /// <summary>What a name that a rule does not know may mean.</summary>
    private static string Suggestion(string at, string path)
    {
        var names = at[path.Length..].Split('.', StringSplitOptions.RemoveEmptyEntries);
        return names switch
        {
            [var name] => Suggest(name, FaultCatalog.All.Select(kind => kind.Name).Concat(FaultRuleReader.RuleKeys)),
            ["match", var name] => Suggest(name, FaultRuleReader.MatchKeys),
            [var fault, var name] when FaultCatalog.Find(fault) is { } kind => Suggest(
                name, kind.Parameters.Select(parameter => parameter.Name).Concat(FaultRuleReader.ChanceKeys)),
            _ => "",
        };
    }

    private static string Suggest(string name, IEnumerable<string> known)
    {
        var names = known.ToList();
        return !names.Contains(name) && NearestName.Suggest(name, names) is { Length: > 0 } suggestion ? $".{suggestion}" : "";
    }

    /// <summary>Makes JSON of YAML, and remembers where everything stands.</summary>
    private static JsonNode? Convert(
        YamlNode node, string path, int depth, Dictionary<string, Mark> marks, List<ScenarioProblem> problems)
    {
        marks.TryAdd(path, node.Start);
        switch (node)
        {
            case { Anchor.IsEmpty: false }:
                problems.Add(ScenarioProblem.At(node.Start, path, "must not have an anchor: write it out"));
                return null;
            case not YamlScalarNode when depth >= Deepest:
                problems.Add(ScenarioProblem.At(node.Start, path, "is nested too deep"));
                return null;
            case YamlMappingNode mapping:
                var result = new JsonObject();
                foreach (var (key, value) in mapping.Children)
                {
                    var name = TextOf(key) ?? "";
                    marks[$"{path}.{name}"] = key.Start;
                    result[name] = Convert(value, $"{path}.{name}", depth + 1, marks, problems);
                }

                return result;
            case YamlSequenceNode list:
                return new JsonArray([.. list.Children.Select((child, index) => Convert(
                    child, string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), depth + 1, marks, problems))]);
            default:
                return ConvertSingle((YamlScalarNode)node);
        }
    }

    /// <summary>What is in quotes is a text, whatever it looks like.</summary>
    private static JsonValue? ConvertSingle(YamlScalarNode node) => node switch
    {
        { Style: not ScalarStyle.Plain } => JsonValue.Create(node.Value ?? ""),
        { Value: "true" } => JsonValue.Create(true),
        { Value: "false" } => JsonValue.Create(false),
        { Value: null or "" or "~" or "null" } => null,
        _ when double.TryParse(node.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) =>
            JsonValue.Create(number),
        _ => JsonValue.Create(node.Value),
    };
}
