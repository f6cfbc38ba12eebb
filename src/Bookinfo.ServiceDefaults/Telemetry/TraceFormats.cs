using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>In which formats a request brought its position in a trace: what it leads to is told in the same.</summary>
/// <param name="W3C">W3C Trace Context: <c>traceparent</c> and <c>tracestate</c>.</param>
/// <param name="B3Single">Zipkin's one header, <c>b3</c>.</param>
/// <param name="B3Multi">Zipkin's several headers, <c>x-b3-traceid</c> and so on.</param>
/// <param name="ShortTraceId">Whether the trace has a Zipkin id of 64 bits.</param>
/// <param name="Debug">Whether Zipkin's debug flag is set, which stands in place of the decision to take the trace.</param>
internal sealed record TraceFormats(bool W3C, bool B3Single, bool B3Multi, bool ShortTraceId, bool Debug)
{
    private static readonly TraceFormats OnlyW3C = new(W3C: true, B3Single: false, B3Multi: false, ShortTraceId: false, Debug: false);

    /// <summary>The formats of a request; W3C when it brings none.</summary>
    /// <param name="headers">Its headers.</param>
    /// <returns>At least one format.</returns>
    public static TraceFormats Of(IHeaderDictionary headers)
    {
        var single = headers.ContainsKey("b3");
        var multi = headers.ContainsKey("x-b3-traceid") || headers.ContainsKey("x-b3-sampled") || headers.ContainsKey("x-b3-flags");
        if (!single && !multi)
        {
            return OnlyW3C;
        }

        var b3 = headers["b3"].ToString();
        var id = single ? b3 : headers["x-b3-traceid"].ToString();
        return new TraceFormats(
            W3C: headers.ContainsKey("traceparent"),
            single,
            multi,
            ShortTraceId: id.Length == 16 || id.IndexOf('-', StringComparison.Ordinal) == 16,
            Debug: single ? b3 == "d" || b3.EndsWith("-d", StringComparison.Ordinal) || b3.Contains("-d-", StringComparison.Ordinal) : headers["x-b3-flags"] == "1");
    }
}
