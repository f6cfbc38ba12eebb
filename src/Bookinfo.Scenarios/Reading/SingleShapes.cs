using System.Globalization;
using System.Text.Json.Nodes;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using YamlDotNet.RepresentationModel;

namespace Bookinfo.Scenarios;

/// <summary>A text that is not empty, and that a terminal shows as it is.</summary>
/// <param name="description">What it is.</param>
/// <param name="pattern">A regular expression that it matches, for the schema.</param>
/// <param name="rule">What is allowed, to follow 'must'.</param>
/// <param name="isAllowed">Whether a text is.</param>
internal sealed class TextShape(
    string description, string? pattern = null, string rule = "be a text that is not empty", Func<string, bool>? isAllowed = null)
    : Shape(description)
{
    /// <inheritdoc/>
    protected override JsonNode? ReadValue(YamlNode node, string path, List<ScenarioProblem> problems)
    {
        if (TextOf(node)?.Trim() is { Length: > 0 } text && (isAllowed is null || isAllowed(text)))
        {
            if (PrintableText.Clean(text) == text)
            {
                return text;
            }

            problems.Add(ScenarioProblem.At(node.Start, path, "must have no control characters"));
            return null;
        }

        problems.Add(ScenarioProblem.At(node.Start, path, $"must {rule}"));
        return null;
    }

    /// <inheritdoc/>
    protected override JsonObject DescribeSchema()
    {
        var schema = new JsonObject { ["type"] = "string", ["minLength"] = 1 };
        if (pattern is not null)
        {
            schema["pattern"] = pattern;
        }

        return schema;
    }
}

/// <summary>One of several names.</summary>
/// <param name="description">What it is.</param>
/// <param name="names">The names.</param>
internal sealed class NameShape(string description, IReadOnlyList<string> names) : Shape(description)
{
    /// <inheritdoc/>
    protected override JsonNode? ReadValue(YamlNode node, string path, List<ScenarioProblem> problems)
    {
        var text = TextOf(node);
        if (text is not null && names.Contains(text))
        {
            return text;
        }

        problems.Add(ScenarioProblem.At(
            node.Start, path, $"{(text is null ? "" : $"'{text}' ")}must be one of {string.Join(", ", names)}."
                + (text is null ? "" : NearestName.Suggest(text, names))));
        return null;
    }

    /// <inheritdoc/>
    protected override JsonObject DescribeSchema() => new() { ["enum"] = new JsonArray([.. names.Select(name => (JsonNode)name)]) };
}

/// <summary>A number.</summary>
/// <param name="description">What it is.</param>
/// <param name="least">The least value that is allowed.</param>
/// <param name="most">The greatest value that is allowed.</param>
/// <param name="whole">Whether it has to be a whole number.</param>
internal sealed class NumberShape(string description, double? least = null, double? most = null, bool whole = false) : Shape(description)
{
    /// <inheritdoc/>
    protected override JsonNode? ReadValue(YamlNode node, string path, List<ScenarioProblem> problems)
    {
        if (double.TryParse(TextOf(node), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number) && !(number < least) && !(number > most) && (!whole || number == Math.Floor(number)))
        {
            return whole ? (int)number : number;
        }

        problems.Add(ScenarioProblem.At(
            node.Start, path, FormattableString.Invariant($"must be a {(whole ? "whole " : "")}number{Range()}")));
        return null;
    }

    /// <inheritdoc/>
    protected override JsonObject DescribeSchema()
    {
        var schema = new JsonObject { ["type"] = whole ? "integer" : "number" };
        if (least is { } minimum)
        {
            schema["minimum"] = minimum;
        }

        if (most is { } maximum)
        {
            schema["maximum"] = maximum;
        }

        return schema;
    }

    private string Range() => (least, most) switch
    {
        ({ } from, { } to) => FormattableString.Invariant($" from {from} to {to}"),
        ({ } from, _) => FormattableString.Invariant($", {from} or more"),
        _ => "",
    };
}

/// <summary>A duration such as <c>90s</c>.</summary>
/// <param name="description">What it is.</param>
/// <param name="least">The least value that is allowed.</param>
/// <param name="most">The greatest value that is allowed.</param>
internal sealed class DurationShape(string description, TimeSpan least, TimeSpan most) : Shape(description)
{
    /// <summary>What a duration looks like, as a regular expression.</summary>
    internal const string Pattern = @"^([0-9]+(\.[0-9]+)?(h|ms|m|s|us|ns))+$";

    /// <inheritdoc/>
    protected override JsonNode? ReadValue(YamlNode node, string path, List<ScenarioProblem> problems)
    {
        if (Duration.TryParse(TextOf(node), out var duration) && duration >= least && duration <= most)
        {
            return DurationConverter.Format(duration);
        }

        problems.Add(ScenarioProblem.At(
            node.Start, path,
            $"must be a duration from {DurationConverter.Format(least)} to {DurationConverter.Format(most)}, such as 30s or 1m30s"));
        return null;
    }

    /// <inheritdoc/>
    protected override JsonObject DescribeSchema() => new() { ["type"] = "string", ["pattern"] = Pattern };
}
