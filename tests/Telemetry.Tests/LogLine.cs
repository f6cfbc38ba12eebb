using System.Text.Json;

namespace Telemetry.Tests;

/// <summary>A line that a service has logged: one JSON object.</summary>
internal sealed record LogLine(string Process, JsonElement Json)
{
    public string Event => Text("event")!;

    /// <exception cref="JsonException">The line is no JSON object, or a name comes twice in it.</exception>
    public static LogLine Parse(string process, string line)
    {
        var options = new JsonDocumentOptions { AllowDuplicateProperties = false };
        using var document = JsonDocument.Parse(line, options);
        return document.RootElement.ValueKind == JsonValueKind.Object
            ? new LogLine(process, document.RootElement.Clone())
            : throw new JsonException($"No object: {line}");
    }

    /// <summary>The text of a field, a number as it is written; <see langword="null"/> when the field is null or absent.</summary>
    public string? Text(string field) => Json.TryGetProperty(field, out var value) && value.ValueKind != JsonValueKind.Null
        ? value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText()
        : null;
}
