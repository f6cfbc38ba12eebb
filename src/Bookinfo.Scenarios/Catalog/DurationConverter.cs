using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Bookinfo.Contracts;

namespace Bookinfo.Scenarios;

/// <summary>Durations in JSON, as the files of scenarios have them: <c>90s</c>, <c>250ms</c>.</summary>
public sealed class DurationConverter : JsonConverter<TimeSpan>
{
    /// <summary>Writes a duration in a way that can be read again.</summary>
    /// <param name="duration">The duration, to the millisecond.</param>
    public static string Format(TimeSpan duration) => duration.Ticks % TimeSpan.TicksPerSecond == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0}s")
        : string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0}ms");

    /// <inheritdoc/>
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Duration.TryParse(reader.GetString(), out var duration) ? duration : throw new JsonException("must be a duration such as 90s");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Format(value));
}
