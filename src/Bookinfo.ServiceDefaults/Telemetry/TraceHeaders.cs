using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>
/// Reads a position in a trace from whichever of the formats a request brings, W3C Trace Context (https://www.w3.org/TR/trace-context/) or
/// B3 (https://github.com/openzipkin/b3-propagation), and writes that of a span of ours in the same formats.
/// </summary>
/// <remarks><c>baggage</c> is none of its business: that header goes on as it came, like the others of the list.</remarks>
internal static class TraceHeaders
{
    private const int ShortId = 16;

    /// <summary>Reads the position of the caller.</summary>
    /// <param name="headers">The headers of its request.</param>
    /// <returns>The span of the caller; the default value when the request names none that is valid.</returns>
    /// <remarks>
    /// A valid <c>traceparent</c> goes before B3; what is not valid counts as not there, so that a bad one does not hide a good one.
    /// </remarks>
    public static ActivityContext Extract(IHeaderDictionary headers)
    {
        if (headers.TryGetValue("traceparent", out var parent) && TraceParent.TryParse(parent, out var trace, out var span, out var flags))
        {
            var sampled = (flags & TraceParentFlags.Sampled) == 0 ? ActivityTraceFlags.None : ActivityTraceFlags.Recorded;
            return new ActivityContext(
                trace, span, sampled, headers.TryGetValue("tracestate", out var state) ? TraceState.Of(state) : null, isRemote: true);
        }

        return headers.ContainsKey("b3") || headers.ContainsKey("x-b3-traceid") ? B3.Read(headers).Position : default;
    }

    /// <summary>
    /// What a span that answers a request begins from: the caller's position, or where a trace begins here the caller's decision about it.
    /// </summary>
    /// <param name="headers">The headers of the request.</param>
    /// <param name="caller">The caller's position, from <see cref="Extract"/>.</param>
    /// <returns>
    /// The position. For a caller who decides and names none, one that is in a new trace and at no span, by which every span of it
    /// follows the decision.
    /// </returns>
    public static ActivityContext Parent(IHeaderDictionary headers, ActivityContext caller)
    {
        if (caller.TraceId != default
            || !(headers.ContainsKey("b3") || headers.ContainsKey("x-b3-sampled") || headers.ContainsKey("x-b3-flags")))
        {
            return caller;
        }

        var b3 = B3.Read(headers);
        if (!b3.Denied && !b3.Accepted)
        {
            return caller;
        }

        var flags = b3.Denied ? ActivityTraceFlags.None : ActivityTraceFlags.Recorded;
        return new ActivityContext(ActivityTraceId.CreateRandom(), spanId: default, flags, traceState: null, isRemote: true);
    }

    /// <summary>Whether a caller named its position and left the decision about the trace to us, as only B3 can.</summary>
    /// <param name="headers">The headers of the request.</param>
    public static bool LeaveDecision(IHeaderDictionary headers) => (headers.ContainsKey("b3") || headers.ContainsKey("x-b3-traceid"))
        && !(headers.TryGetValue("traceparent", out var parent) && TraceParent.TryParse(parent, out _, out _, out _))
        && B3.Read(headers).Deferred;

    /// <summary>Writes the position of a span.</summary>
    /// <param name="span">The span.</param>
    /// <param name="request">The request that takes the headers.</param>
    /// <param name="formats">In which formats.</param>
    public static void Inject(Activity span, HttpRequestMessage request, TraceFormats formats)
    {
        var headers = request.Headers;
        if (formats.W3C)
        {
            headers.TryAddWithoutValidation(
                "traceparent", formats.RandomTraceId ? $"00-{span.TraceId}-{span.SpanId}-{(span.Recorded ? "03" : "02")}" : span.Id);
            if (span.TraceStateString is { Length: > 0 } state)
            {
                headers.TryAddWithoutValidation("tracestate", state);
            }
        }

        if (!formats.B3Single && !formats.B3Multi)
        {
            return;
        }

        var trace = span.TraceId.ToHexString();
        trace = formats.ShortTraceId && trace.StartsWith(new string('0', ShortId), StringComparison.Ordinal) ? trace[ShortId..] : trace;
        var id = span.SpanId.ToHexString();
        var parent = formats.Denied || span.ParentSpanId == default ? null : span.ParentSpanId.ToHexString();
        var sampled = span.Recorded ? "1" : "0";
        if (formats.B3Single)
        {
            var decision = formats.Debug ? "d" : sampled;
            headers.TryAddWithoutValidation("b3", parent is null ? $"{trace}-{id}-{decision}" : $"{trace}-{id}-{decision}-{parent}");
        }

        if (formats.B3Multi)
        {
            headers.TryAddWithoutValidation("x-b3-traceid", trace);
            headers.TryAddWithoutValidation("x-b3-spanid", id);
            // The debug flag implies the decision, which is not sent besides.
            headers.TryAddWithoutValidation(formats.Debug ? "x-b3-flags" : "x-b3-sampled", formats.Debug ? "1" : sampled);
            if (parent is not null)
            {
                headers.TryAddWithoutValidation("x-b3-parentspanid", parent);
            }
        }
    }
}
