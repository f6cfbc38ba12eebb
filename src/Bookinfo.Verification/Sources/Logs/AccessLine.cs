using System.Text.Json;
using System.Text.RegularExpressions;

namespace Bookinfo.Verification;

/// <summary>A line of an access log: who served which request of which trace.</summary>
/// <param name="TraceId">The trace.</param>
/// <param name="Key">What was served, with the method as the visitor wrote it.</param>
internal sealed partial record AccessLine(UInt128 TraceId, ServedKey Key)
{
    private const string Event = "RequestFinished";

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="isCut">Whether it is one of our lines, and not whole.</param>
    /// <returns><see langword="null"/> for a line about something else, and for one that is not whole.</returns>
    public static AccessLine? Read(string line, out bool isCut)
    {
        isCut = false;
        if (!line.Contains($"\"{Event}\"", StringComparison.Ordinal) && Whole().IsMatch(line))
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            string Text(string field) => !root.TryGetProperty(field, out var value) ? "" : value.ValueKind switch
            {
                JsonValueKind.String => value.GetString()!,
                JsonValueKind.Number => value.GetRawText(),
                _ => "",
            };
            return root.ValueKind == JsonValueKind.Object && Text("event") == Event && SpanIds.TryTrace(Text("trace_id"), out var trace)
                ? new AccessLine(
                    trace, new ServedKey(Text("service"), Text("version"), Text("method"), Text("route"), Text("status")))
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // It ends too early, or has a text that is not valid, such as half of a character ("\ud800").
            // Of another line than ours, such as a message of the runtime, nobody knows how long it must be.
            isCut = line.Contains("\"event\":", StringComparison.Ordinal) || line.Contains("\"trace_id\":", StringComparison.Ordinal)
                || line.StartsWith("{\"time\":", StringComparison.Ordinal);
            return null;
        }
    }

    /// <summary>The service whose line it is, as far as a line that is not whole tells.</summary>
    /// <param name="line">The line.</param>
    public static string ServiceOf(string line) => Service().Match(line).Groups["service"].Value;

    /// <summary>The trace that it is of, as far as a line that is not whole tells.</summary>
    /// <param name="line">The line.</param>
    public static UInt128? TraceOf(string line) => SpanIds.TryTrace(Trace().Match(line).Groups["trace"].Value, out var id) ? id : null;

    /// <summary>A line that need not be looked at more closely.</summary>
    [GeneratedRegex("""^(?:\{.*\}|[^{"]*)\z""")]
    private static partial Regex Whole();

    [GeneratedRegex("\"service\":\"(?<service>[a-z]+)\"")]
    private static partial Regex Service();

    [GeneratedRegex("\"trace_id\":\"(?<trace>[0-9a-f]{32})\"")]
    private static partial Regex Trace();
}
