using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Bookinfo.ServiceDefaults.Logging;

/// <summary>What a line of the log says.</summary>
/// <param name="Time">When it happened.</param>
/// <param name="Level">How serious it is.</param>
/// <param name="Category">Which part of the program says it.</param>
/// <param name="Event">The stable name of the event, or the category where the framework gives none.</param>
/// <param name="Message">The event in words.</param>
/// <param name="Fields">What the event consists of.</param>
/// <param name="Exception">What was thrown, if anything.</param>
/// <param name="Request">The request that was being answered, if any.</param>
internal readonly record struct LogLine(
    DateTimeOffset Time,
    LogLevel Level,
    string Category,
    string Event,
    string Message,
    IReadOnlyList<KeyValuePair<string, object?>> Fields,
    Exception? Exception,
    RequestRecord? Request)
{
    /// <summary>The name of the level in a line.</summary>
    public string LevelName => Level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "critical",
    };

    /// <summary>
    /// The position in a trace: of the span of ours that is current; without tracing of the caller's, which a mesh's sidecars made.
    /// </summary>
    public (string Trace, string Span)? Position => Activity.Current is { } current
        ? (current.TraceId.ToHexString(), current.SpanId.ToHexString())
        : Request is { } request
            && request.Caller.TraceId != default ? (request.Caller.TraceId.ToHexString(), request.Caller.SpanId.ToHexString())
        : null;
}
