using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bookinfo.Contracts;

namespace Bookinfo.Measurement;

/// <summary>A line in the log of a service about one of <see cref="LogMessages"/>, in either format of <c>LOG_FORMAT</c>.</summary>
/// <param name="At">When it was written; <see langword="null"/> if the line does not say.</param>
/// <param name="Event">The name of the event.</param>
/// <param name="Fields">The fields of the event, texts and numbers.</param>
public sealed partial record ServiceLogLine(DateTimeOffset? At, string Event, IReadOnlyDictionary<string, string> Fields)
{
    /// <summary>What the messages look like, with a group for each field.</summary>
    private static readonly Dictionary<string, Regex> Patterns = LogMessages.ByEvent.ToDictionary(
        message => message.Key,
        message => new Regex($"^{Placeholder().Replace(Regex.Escape(message.Value), "(?<$1>.*)")}$", RegexOptions.CultureInvariant));

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line, without its end.</param>
    /// <returns><see langword="null"/> if it is about something else, cut off, or written by another program.</returns>
    public static ServiceLogLine? Read(string line) => line.StartsWith('{') ? ReadJson(line) : ReadText(line);

    /// <summary>The number in a field.</summary>
    /// <param name="field">The name of the field.</param>
    /// <returns><see langword="null"/> if there is no such field, or no number in it.</returns>
    public double? Number(string field) =>
        double.TryParse(Fields.GetValueOrDefault(field), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && double.IsFinite(number)
            ? number
            : null;

    private static ServiceLogLine? ReadJson(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var fields = json.RootElement.EnumerateObject()
                .Where(property => property.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number)
                .GroupBy(property => property.Name, property => property.Value.ToString())
                .ToDictionary(values => values.Key, values => values.First());
            return fields.GetValueOrDefault("event") is { } name && Patterns.ContainsKey(name)
                ? new ServiceLogLine(Time(fields.GetValueOrDefault("time")), name, fields)
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is for half of a surrogate pair, which JSON can write, and no text can have.
            return null;
        }
    }

    private static ServiceLogLine? ReadText(string line)
    {
        // Level, event and message, as TextLines of the services writes them.
        if (Text().Match(line) is not { Success: true, Groups: var parts }
            || !Patterns.TryGetValue(parts["event"].Value, out var pattern)
            || pattern.Match(parts["message"].Value) is not { Success: true } message)
        {
            return null;
        }

        return new ServiceLogLine(
            Time(parts["time"].Value),
            parts["event"].Value,
            message.Groups.Values.Where(group => !char.IsDigit(group.Name[0])).ToDictionary(group => group.Name, group => group.Value));
    }

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    [GeneratedRegex(@"\\\{(\w+)}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^(?<time>\S+Z) [a-z]+ +(?<event>[A-Za-z]+): (?<message>.*)$")]
    private static partial Regex Text();
}
