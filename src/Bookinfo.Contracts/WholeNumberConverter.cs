using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bookinfo.Contracts;

/// <summary>
/// Reads a property that may hold a whole number as <see cref="WholeNumber"/> does. Anything else counts as absent: one bad value from
/// another program does not spoil the rest of what it sent.
/// </summary>
public sealed class WholeNumberConverter : JsonConverter<int?>
{
    /// <inheritdoc/>
    public override int? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (WholeNumber.TryRead(in reader, out var value))
        {
            return value;
        }

        reader.Skip();
        return null;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, int? value, JsonSerializerOptions options)
    {
        if (value is { } number)
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}
