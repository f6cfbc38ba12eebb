using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bookinfo.Measurement;

/// <summary>Reads text from a file that may come from a stranger, without the control characters that a terminal would obey.</summary>
internal sealed class OneLineText : JsonConverter<string>
{
    /// <summary>A text without control characters.</summary>
    /// <param name="text">The text.</param>
    public static string Of(string text) =>
        text.Any(char.IsControl) ? new([.. text.Select(static character => char.IsControl(character) ? '?' : character)]) : text;

    /// <inheritdoc/>
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is { } text ? Of(text) : null;

    /// <inheritdoc/>
    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Of(reader.GetString()!);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    /// <inheritdoc/>
    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WritePropertyName(value);
}
