using System.Text.Json;

namespace Bookinfo.Measurement;

/// <summary>What a service says in its log when it listens.</summary>
/// <param name="At">When it said so.</param>
/// <param name="Seconds">How long that took since its process was started.</param>
public sealed record StartUpLine(DateTimeOffset? At, double Seconds)
{
    /// <summary>Finds the line in a log.</summary>
    /// <param name="log">The beginning of the log, one JSON object a line.</param>
    /// <returns>The first there is; <see langword="null"/> when the log does not say.</returns>
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
                // Cut off, or another program's.
            }
        }

        return null;
    }
}
