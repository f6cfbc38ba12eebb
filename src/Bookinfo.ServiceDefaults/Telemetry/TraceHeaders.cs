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
    private const int LongId = 32;
    private const int ShortId = 16;

    /// <summary>Reads the position of the caller.</summary>
    /// <param name="headers">The headers of its request.</param>
    /// <returns>
    /// The span of the caller. Where B3 says that no trace is to be taken, and names none, a position in one that nobody takes. The default
    /// value when a new trace begins here: there is no position, or none that is valid.
    /// </returns>
    public static ActivityContext Extract(IHeaderDictionary headers)
    {
        if (headers.TryGetValue("traceparent", out var parent) && parent is [{ } id]
            && ActivityContext.TryParse(id, headers["tracestate"], isRemote: true, out var context))
        {
            return context;
        }

        if (headers.TryGetValue("b3", out var single))
        {
            return single.ToString().Split('-') switch
            {
                [var trace, var span, .. var rest] => FromB3(trace, span, rest is [var sampled, ..] ? sampled : null, flags: null),
                ["0"] => NotTaken(),
                _ => default,
            };
        }

        if (headers.TryGetValue("x-b3-traceid", out var traceId))
        {
            return FromB3(traceId, headers["x-b3-spanid"], headers["x-b3-sampled"], headers["x-b3-flags"]);
        }

        return IsDenied(headers["x-b3-sampled"]) && headers["x-b3-flags"] != "1" ? NotTaken() : default;
    }

    /// <summary>Writes the position of a span.</summary>
    /// <param name="span">The span.</param>
    /// <param name="request">The request that takes the headers.</param>
    /// <param name="formats">In which formats.</param>
    public static void Inject(Activity span, HttpRequestMessage request, TraceFormats formats)
    {
        var headers = request.Headers;
        if (formats.W3C)
        {
            headers.TryAddWithoutValidation("traceparent", span.Id);
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
        var parent = span.ParentSpanId == default ? null : span.ParentSpanId.ToHexString();
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

    private static ActivityContext FromB3(string? trace, string? span, string? sampled, string? flags)
    {
        if (trace is not { Length: LongId or ShortId } || span is not { Length: ShortId })
        {
            return default;
        }

        // No decision means that the decision is ours, and we take all; 'd' and the flag 1 ask for debugging, which is to take it too.
        var taken = flags == "1" || !IsDenied(sampled);
        var id = $"00-{trace.PadLeft(LongId, '0').ToLowerInvariant()}-{span.ToLowerInvariant()}-{(taken ? "01" : "00")}";
        return ActivityContext.TryParse(id, null, isRemote: true, out var context) ? context : default;
    }

    private static bool IsDenied(string? sampled) => sampled is "0" or "false";

    /// <summary>A decision without a position: a trace begins here whose every span follows the decision.</summary>
    private static ActivityContext NotTaken() =>
        new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.None, traceState: null, isRemote: true);
}
