using System.Globalization;
using System.Text.Json.Nodes;
using Bookinfo.Foundation;
using YamlDotNet.RepresentationModel;

namespace Bookinfo.Scenarios;

/// <summary>A list.</summary>
/// <param name="description">What it is.</param>
/// <param name="item">What may be in it.</param>
/// <param name="least">How many items there must be at least.</param>
internal sealed class ListShape(string description, Shape item, int least = 0) : Shape(description)
{
    /// <inheritdoc/>
    protected override JsonNode? ReadValue(YamlNode node, string path, List<ScenarioProblem> problems)
    {
        if (node is not YamlSequenceNode list || list.Children.Count < least)
        {
            problems.Add(ScenarioProblem.At(node.Start, path, $"must be a list{(least > 0 ? $" of {least} or more" : "")}"));
            return null;
        }

        return new JsonArray([.. list.Children.Select((child, index) =>
            item.Read(child, string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), problems))]);
    }

    /// <inheritdoc/>
    protected override JsonObject DescribeSchema()
    {
        var schema = new JsonObject { ["type"] = "array", ["items"] = item.ToSchema() };
        if (least > 0)
        {
            schema["minItems"] = least;
        }

        return schema;
    }
}

/// <summary>Texts by names that are up to whoever writes the file, such as labels.</summary>
/// <param name="description">What it is.</param>
internal sealed class TextsShape(string description) : Shape(description)
{
    private static readonly TextShape Text = new("a text");

    /// <inheritdoc/>
    protected override JsonNode? ReadValue(YamlNode node, string path, List<ScenarioProblem> problems)
    {
        if (node is not YamlMappingNode mapping)
        {
            problems.Add(ScenarioProblem.At(node.Start, path, "must be names with texts, such as 'severity: page'"));
            return null;
        }

        var texts = new JsonObject();
        foreach (var (key, value) in mapping.Children)
        {
            if (Text.Read(key, path, problems)?.GetValue<string>() is { } name)
            {
                texts[name] = Text.Read(value, $"{path}.{name}", problems);
            }
        }

        return texts;
    }

    /// <inheritdoc/>
    protected override JsonObject DescribeSchema() =>
        new() { ["type"] = "object", ["additionalProperties"] = new JsonObject { ["type"] = "string" } };
}

/// <summary>A field of a <see cref="MapShape"/>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">What it may be.</param>
/// <param name="IsRequired">Whether it must be there.</param>
/// <param name="Default">What stands for it when it is not, as JSON; <see langword="null"/> for nothing.</param>
internal sealed record Field(string Name, Shape Shape, bool IsRequired, string? Default = null)
{
    /// <summary>A field that must be there.</summary>
    public static Field Required(string name, Shape shape) => new(name, shape, true);

    /// <summary>A field that may be left out.</summary>
    public static Field Optional(string name, Shape shape, string? standard = null) => new(name, shape, false, standard);
}

/// <summary>A mapping with fields that are known.</summary>
/// <param name="description">What it is.</param>
/// <param name="fields">Its fields.</param>
internal sealed class MapShape(string description, params IReadOnlyList<Field> fields) : Shape(description)
{
    /// <inheritdoc/>
    protected override JsonNode? ReadValue(YamlNode node, string path, List<ScenarioProblem> problems)
    {
        var names = fields.Select(field => field.Name).ToList();
        if (node is not YamlMappingNode mapping)
        {
            problems.Add(ScenarioProblem.At(node.Start, path, $"must be a mapping with {string.Join(", ", names)}"));
            return null;
        }

        var result = new JsonObject();
        foreach (var (key, value) in mapping.Children)
        {
            var name = TextOf(key) ?? "";
            if (fields.FirstOrDefault(one => one.Name == name) is { } field)
            {
                result[name] = field.Shape.Read(value, Join(path, name), problems);
            }
            else
            {
                problems.Add(ScenarioProblem.At(
                    key.Start, Join(path, name),
                    $"is not known: there can be {string.Join(", ", names)}.{NearestName.Suggest(name, names)}"));
            }
        }

        foreach (var field in fields.Where(field => !result.ContainsKey(field.Name)))
        {
            if (field.IsRequired)
            {
                problems.Add(ScenarioProblem.At(node.Start, Join(path, field.Name), $"is missing: {field.Shape.Description}"));
            }
            else if (field.Default is { } standard)
            {
                result[field.Name] = JsonNode.Parse(standard);
            }
        }

        return result;
    }

    /// <inheritdoc/>
    protected override JsonObject DescribeSchema()
    {
        var properties = new JsonObject();
        foreach (var field in fields)
        {
            var schema = field.Shape.ToSchema();
            if (field.Default is { } standard)
            {
                schema["default"] = JsonNode.Parse(standard);
            }

            properties[field.Name] = schema;
        }

        return new JsonObject
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["required"] = new JsonArray([.. fields.Where(field => field.IsRequired).Select(field => (JsonNode)field.Name)]),
            ["properties"] = properties,
        };
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
