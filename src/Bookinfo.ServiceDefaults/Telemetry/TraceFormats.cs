using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>In which formats a request brought its position in a trace: what it leads to is told in the same.</summary>
/// <param name="W3C">W3C Trace Context: <c>traceparent</c> and <c>tracestate</c>.</param>
/// <param name="B3Single">Zipkin's one header, <c>b3</c>.</param>
/// <param name="B3Multi">Zipkin's several headers, <c>x-b3-traceid</c> and so on.</param>
/// <param name="ShortTraceId">Whether the trace has a Zipkin id of 64 bits.</param>
/// <param name="Debug">Whether Zipkin's debug flag is set, which stands in place of the decision to take the trace.</param>
/// <param name="Denied">Whether the request wants no trace and names no position, so that there is no span to call a parent.</param>
/// <param name="RandomTraceId">Whether the request says that the id of the trace was made by chance, which has to be said again.</param>
internal sealed record TraceFormats(bool W3C, bool B3Single, bool B3Multi, bool ShortTraceId, bool Debug, bool Denied, bool RandomTraceId)
{
    private static readonly TraceFormats OnlyW3C = new(W3C: true, false, false, false, false, false, RandomTraceId: false);
    private static readonly TraceFormats OnlyRandomW3C = OnlyW3C with { RandomTraceId = true };

    /// <summary>The formats of a request; W3C when it brings none.</summary>
    /// <param name="headers">Its headers.</param>
    /// <returns>At least one format.</returns>
    public static TraceFormats Of(IHeaderDictionary headers)
    {
        var flags = TraceParentFlags.None;
        var hasParent = headers.TryGetValue("traceparent", out var parent);
        var continuesParent = hasParent && TraceParent.TryParse(parent, out _, out _, out flags);
        var random = (flags & TraceParentFlags.RandomTraceId) != 0;
        var single = headers.ContainsKey("b3");
        var multi = headers.ContainsKey("x-b3-traceid") || headers.ContainsKey("x-b3-sampled") || headers.ContainsKey("x-b3-flags");
        if (!single && !multi)
        {
            return random ? OnlyRandomW3C : OnlyW3C;
        }

        // What B3 says of a trace is said of the one that is continued only when that is B3's.
        var b3 = B3.Read(headers);
        return new TraceFormats(
            W3C: hasParent,
            single,
            multi,
            ShortTraceId: b3.IsShort,
            Debug: b3.Debug && !continuesParent,
            Denied: b3.Denied && !continuesParent,
            RandomTraceId: random);
    }
}
