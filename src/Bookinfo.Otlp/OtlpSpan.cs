namespace Bookinfo.Otlp;

/// <summary>A span as it was sent.</summary>
/// <param name="Resource">What made it: the attributes of the resource.</param>
/// <param name="Scope">The name of the instrumentation scope.</param>
/// <param name="TraceId">32 hexadecimal digits in lower case.</param>
/// <param name="SpanId">16 hexadecimal digits in lower case.</param>
/// <param name="ParentId">The same of the parent; empty for the root of a trace.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">Its name.</param>
/// <param name="Start">When it began, in nanoseconds since 1970.</param>
/// <param name="End">When it ended, in the same.</param>
/// <param name="Attributes">Its attributes: strings, <see cref="bool"/>, <see cref="long"/> and <see cref="double"/> as they came.</param>
/// <param name="Status">Its status.</param>
public sealed record OtlpSpan(
    IReadOnlyDictionary<string, object> Resource,
    string Scope,
    string TraceId,
    string SpanId,
    string ParentId,
    OtlpSpanKind Kind,
    string Name,
    ulong Start,
    ulong End,
    IReadOnlyDictionary<string, object> Attributes,
    OtlpStatus Status)
{
    /// <summary><c>service.name</c> of its resource.</summary>
    public string Service => (string)Resource["service.name"];

    /// <summary>An attribute, or <see langword="null"/>.</summary>
    /// <param name="name">Its name.</param>
    public object? this[string name] => Attributes.GetValueOrDefault(name);
}
