using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Bookinfo.Scenarios;

/// <summary>
/// What a value in the file of a scenario may be. One description serves the reader, which says line and column of what is not allowed,
/// and the published schema, by which editors say it while somebody writes.
/// </summary>
/// <param name="description">What the value is.</param>
internal abstract class Shape(string description)
{
    /// <summary>What the value is.</summary>
    public string Description => description;

    /// <summary>Reads a value.</summary>
    /// <param name="node">The value in the file.</param>
    /// <param name="path">Where it is.</param>
    /// <param name="problems">Receives what is wrong with it.</param>
    /// <returns>The value as JSON; <see langword="null"/> when it is not allowed.</returns>
    public JsonNode? Read(YamlNode node, string path, List<ScenarioProblem> problems)
    {
        if (!node.Anchor.IsEmpty)
        {
            // A few of them, each with several references to the one before, are more than any memory holds.
            problems.Add(ScenarioProblem.At(node.Start, path, $"must not have an anchor (&{node.Anchor.Value}): write it out"));
            return null;
        }

        return ReadValue(node, path, problems);
    }

    /// <summary>The JSON schema of the value.</summary>
    public JsonObject ToSchema()
    {
        var schema = new JsonObject { ["description"] = description };
        foreach (var (name, value) in DescribeSchema())
        {
            schema[name] = value?.DeepClone();
        }

        return schema;
    }

    /// <inheritdoc cref="Read"/>
    protected abstract JsonNode? ReadValue(YamlNode node, string path, List<ScenarioProblem> problems);

    /// <summary>The JSON schema without the description.</summary>
    protected abstract JsonObject DescribeSchema();

    /// <summary>The text of a single value; <see langword="null"/> when it is a list or a mapping.</summary>
    /// <param name="node">The value.</param>
    protected static string? TextOf(YamlNode node) => (node as YamlScalarNode)?.Value;
}
