using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bookinfo.Local;

/// <summary>
/// Reads in the log of a service whether the telemetry that it sends by OTLP arrives. The log has to be JSON, as it is unless
/// <c>LOG_FORMAT</c> says otherwise.
/// </summary>
internal sealed partial class TelemetryWatch
{
    private readonly Lock _lock = new();

    /// <summary>Why the last export of a signal failed, for the signals that fail.</summary>
    private readonly SortedDictionary<string, string> _failing = new(StringComparer.Ordinal);

    /// <summary>How many records of a signal found the queue full.</summary>
    private readonly SortedDictionary<string, long> _dropped = new(StringComparer.Ordinal);

    /// <summary>
    /// What is wrong, such as <c>traces do not arrive by OTLP: Connection refused (localhost:4317)</c>; <see langword="null"/> when all
    /// that is known arrives.
    /// </summary>
    public string? Problem { get; private set; }

    /// <summary>Reads lines of the log.</summary>
    /// <param name="lines">Whole lines.</param>
    /// <returns>Whether <see cref="Problem"/> has changed.</returns>
    public bool Read(ReadOnlySpan<byte> lines)
    {
        // Nearly all lines are about requests.
        if (lines.IndexOf("\"event\":\"Telemetry"u8) < 0)
        {
            return false;
        }

        lock (_lock)
        {
            foreach (var line in lines.Split((byte)'\n'))
            {
                ReadLine(lines[line]);
            }

            var before = Problem;
            Problem = Describe();
            return Problem != before;
        }
    }

    private void ReadLine(ReadOnlySpan<byte> line)
    {
        if (TryParse(line) is not { Signal: { } signal } entry)
        {
            return;
        }

        switch (entry.Event)
        {
            case "TelemetryExportFailed":
                _failing[signal] = entry.Reason ?? "";
                break;
            case "TelemetryExportWorks":
                _failing.Remove(signal);
                break;
            case "TelemetryDropped":
                _dropped[signal] = _dropped.GetValueOrDefault(signal) + entry.Dropped;
                break;
        }
    }

    private string? Describe()
    {
        string[] problems =
        [
            .. _failing.GroupBy(failing => failing.Value, failing => failing.Key).Select(
                failing => $"{string.Join(", ", failing)} do not arrive by OTLP: {failing.Key}"),
            .. _dropped.Select(dropped => $"{dropped.Value} records of {dropped.Key} were dropped: the queue was full"),
        ];
        return problems.Length == 0 ? null : string.Join("; ", problems);
    }

    private static Entry? TryParse(ReadOnlySpan<byte> line)
    {
        try
        {
            return line.StartsWith("{"u8) ? JsonSerializer.Deserialize(line, EntryJson.Default.Entry) : null;
        }
        catch (JsonException)
        {
            // Too long, or written by another program.
            return null;
        }
    }

    private sealed record Entry(string? Event, string? Signal, string? Reason, long Dropped);

    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
    [JsonSerializable(typeof(Entry))]
    private sealed partial class EntryJson : JsonSerializerContext;
}
