namespace Bookinfo.Otlp;

/// <summary>A log record as it was sent.</summary>
/// <param name="Resource">What made it: the attributes of the resource.</param>
/// <param name="Scope">The name of the instrumentation scope.</param>
/// <param name="Time">When it was made, in nanoseconds since 1970.</param>
/// <param name="Severity">The number of its severity: 9 is information, 13 a warning, 17 an error.</param>
/// <param name="Body">Its text.</param>
/// <param name="EventName">The name of the event; empty when there is none.</param>
/// <param name="Attributes">Its attributes.</param>
/// <param name="TraceId">The trace that it belongs to, 32 hexadecimal digits; empty for none.</param>
/// <param name="SpanId">The span that it belongs to, 16 hexadecimal digits; empty for none.</param>
public sealed record OtlpLog(
    IReadOnlyDictionary<string, object> Resource,
    string Scope,
    ulong Time,
    long Severity,
    object? Body,
    string EventName,
    IReadOnlyDictionary<string, object> Attributes,
    string TraceId,
    string SpanId)
{
    /// <summary><c>service.name</c> of its resource.</summary>
    public string Service => (string)Resource["service.name"];
}
