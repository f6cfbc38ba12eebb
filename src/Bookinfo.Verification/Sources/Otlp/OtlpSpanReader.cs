using System.Globalization;
using System.Text.Json;

namespace Bookinfo.Verification;

/// <summary>Reads spans in the JSON of OTLP.</summary>
/// <param name="keys">Reads what they are about.</param>
internal sealed class OtlpSpanReader(SpanKeys keys)
{
    /// <summary>A span, without what its resource says.</summary>
    /// <param name="span">The span.</param>
    /// <exception cref="FormatException">It is something else.</exception>
    public SeenSpan Read(JsonElement span)
    {
        string Text(string name) => span.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
        long Time(string name) => SpanTimes.Require(long.Parse(Text(name), CultureInfo.InvariantCulture));
        string? Attribute(string name) => OtlpAttributes.Find(span, name);
        return new SeenSpan(
            SpanIds.Trace(Text("traceId")), SpanIds.Span(Text("spanId")), SpanIds.Span(Text("parentSpanId")),
            keys.Read(KindOf(span), Attribute), Time("startTimeUnixNano"), Time("endTimeUnixNano"))
        {
            Text = keys.Tell(Text("name"), Attribute),
        };
    }

    /// <summary>A span with what its resource says.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="span">The span.</param>
    public SeenSpan From(OtlpResource resource, SeenSpan span) =>
        span with { Key = keys.Of(span.Key, resource.Service, resource.Version) };

    /// <summary>The kind is a number, or the name that protobuf has for it.</summary>
    private static SpanKind KindOf(JsonElement span) => !span.TryGetProperty("kind", out var kind) ? SpanKind.Other : kind.ToString() switch
    {
        "2" or "SPAN_KIND_SERVER" => SpanKind.Server,
        "3" or "SPAN_KIND_CLIENT" => SpanKind.Client,
        _ => SpanKind.Other,
    };
}
