using System.Text;
using Bookinfo.Contracts;
using Bookinfo.Measurement;

namespace Bookinfo.Local;

/// <summary>Reads in the log of a service whether the telemetry that it sends by OTLP arrives.</summary>
internal sealed class TelemetryWatch
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
        if (lines.IndexOf("\"event\":\"Telemetry"u8) < 0 && lines.IndexOf(" Telemetry"u8) < 0)
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
        if (ServiceLogLine.Read(Encoding.UTF8.GetString(line)) is not { } entry
            || entry.Fields.GetValueOrDefault("signal") is not { } signal)
        {
            return;
        }

        switch (entry.Event)
        {
            case nameof(LogMessages.TelemetryExportFailed):
                _failing[signal] = entry.Fields.GetValueOrDefault("reason") ?? "";
                break;
            case nameof(LogMessages.TelemetryExportWorks):
                _failing.Remove(signal);
                break;
            case nameof(LogMessages.TelemetryDropped) when entry.Number("dropped") is { } dropped:
                _dropped[signal] = _dropped.GetValueOrDefault(signal) + (long)dropped;
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
}
