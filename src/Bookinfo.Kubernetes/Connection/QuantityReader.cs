using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Bookinfo.Foundation;
using k8s.Models;

namespace Bookinfo.Kubernetes;

/// <summary>
/// Reads the API's quantities, such as <c>100m</c> and <c>64Mi</c>. KubernetesClient computes whatever power of ten a text names, which may
/// take for ever, so nothing is left to it that Kubernetes would not write.
/// </summary>
internal sealed partial class QuantityReader : JsonConverter<ResourceQuantity>
{
    /// <summary>A little more than the most that Kubernetes allows, which is 2^63-1.</summary>
    private const double Most = 1e19;

    /// <summary>Reads a quantity.</summary>
    /// <param name="text">As the API writes it.</param>
    /// <returns><see langword="null"/> when it is not one, or more than there can be of anything.</returns>
    public static ResourceQuantity? TryRead(string? text) =>
        text is not null && Quantity().IsMatch(text) && new ResourceQuantity(text) is var read && Math.Abs(read.ToDouble()) <= Most
            ? read
            : null;

    /// <inheritdoc/>
    public override ResourceQuantity Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString(),
            JsonTokenType.Number => reader.GetDouble().ToString(CultureInfo.InvariantCulture),
            _ => null,
        };
        return TryRead(text) ?? throw new UnreadableAnswerException($"the quantity '{ToolResult.Cut(text ?? "")}'");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ResourceQuantity value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());

    [GeneratedRegex(@"^[+-]?(?:[0-9]{1,20}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})(?:[numkMGTPE]|[KMGTPE]i|[eE][+-]?[01]?[0-9])?\z")]
    private static partial Regex Quantity();
}
