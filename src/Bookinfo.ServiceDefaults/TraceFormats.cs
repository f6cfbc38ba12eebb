using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults;

/// <summary>In which formats a request brought its position in a trace: what it leads to is told in the same.</summary>
/// <param name="W3C">W3C Trace Context: <c>traceparent</c> and <c>tracestate</c>.</param>
/// <param name="B3Single">Zipkin's one header, <c>b3</c>.</param>
/// <param name="B3Multi">Zipkin's several headers, <c>x-b3-traceid</c> and so on.</param>
/// <param name="ShortTraceId">Whether the trace has a Zipkin id of 64 bits.</param>
internal sealed record TraceFormats(bool W3C, bool B3Single, bool B3Multi, bool ShortTraceId)
{
    /// <summary>Where a request to a backend carries the formats of the request that it is made for.</summary>
    public static readonly HttpRequestOptionsKey<TraceFormats> Key = new("bookinfo.trace.formats");

    /// <summary>The formats of a request; W3C when it brings none.</summary>
    /// <param name="headers">Its headers.</param>
    /// <returns>At least one format.</returns>
    public static TraceFormats Of(IHeaderDictionary headers)
    {
        var single = headers.ContainsKey("b3");
        var multi = headers.ContainsKey("x-b3-traceid") || headers.ContainsKey("x-b3-sampled") || headers.ContainsKey("x-b3-flags");
        var id = single ? headers["b3"].ToString() : headers["x-b3-traceid"].ToString();
        return new TraceFormats(
            W3C: headers.ContainsKey("traceparent") || !(single || multi),
            single,
            multi,
            ShortTraceId: id.Length == 16 || id.IndexOf('-', StringComparison.Ordinal) == 16);
    }
}
