using System.Text.Json;

namespace Bookinfo.Measurement;

/// <summary>The line by which a service says in its log that it listens.</summary>
/// <param name="At">The time of the line.</param>
/// <param name="Seconds">How many seconds after the start of the process that was.</param>
public sealed record StartUpLine(DateTimeOffset? At, double Seconds)
{
    /// <summary>Finds the line in a log.</summary>
    /// <param name="log">The beginning of the log, one JSON object per line.</param>
    /// <returns>The first such line; <see langword="null"/> when there is none.</returns>
    public static StartUpLine? Find(string log)
    {
        foreach (var line in log.Split('\n').Where(line => line.Contains("\"ServiceStarted\"", StringComparison.Ordinal)))
        {
            try
            {
                using var json = JsonDocument.Parse(line);
                var root = json.RootElement;
                return root.TryGetProperty("startup_ms", out var startUp) && startUp.ValueKind == JsonValueKind.Number
                    ? new StartUpLine(
                        root.TryGetProperty("time", out var time)
                            && time.ValueKind == JsonValueKind.String
                            && time.TryGetDateTimeOffset(out var at) ? at : null,
                        startUp.GetDouble() / 1000)
                    : null;
            }
            catch (JsonException)
            {
                // Cut off, or written by another program.
            }
        }

        return null;
    }
}
