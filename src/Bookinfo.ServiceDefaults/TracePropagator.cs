using System.Diagnostics;

namespace Bookinfo.ServiceDefaults;

/// <summary>
/// Reads a position in a trace from whichever of the formats a request brings, W3C Trace Context (https://www.w3.org/TR/trace-context/) or
/// B3 (https://github.com/openzipkin/b3-propagation), and writes that of our own span in the same formats.
/// </summary>
/// <remarks><c>baggage</c> is none of its business: that header goes on as it came, like the others of the list.</remarks>
internal sealed class TracePropagator : DistributedContextPropagator
{
    private const int LongId = 32;
    private const int ShortId = 16;

    public override IReadOnlyCollection<string> Fields => Contracts.ForwardedHeaders.TraceContext;

    public override void ExtractTraceIdAndState(object? carrier, PropagatorGetterCallback? getter, out string? traceId, out string? traceState)
    {
        traceState = null;
        traceId = null;
        if (getter is null)
        {
            return;
        }

        if (Get("traceparent") is { } parent && ActivityContext.TryParse(parent, null, out _))
        {
            traceId = parent;
            traceState = Get("tracestate");
        }
        else if (Get("b3")?.Split('-') is [var trace, var span, .. var rest])
        {
            traceId = FromB3(trace, span, rest is [var sampled, ..] ? sampled : null, flags: null);
        }
        else
        {
            traceId = FromB3(Get("x-b3-traceid"), Get("x-b3-spanid"), Get("x-b3-sampled"), Get("x-b3-flags"));
        }

        string? Get(string name)
        {
            getter(carrier, name, out var value, out var values);
            return value ?? values?.FirstOrDefault();
        }
    }

    public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(object? carrier, PropagatorGetterCallback? getter) => null;

    public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter)
    {
        if (activity is null || setter is null || carrier is not HttpRequestMessage request)
        {
            return;
        }

        var formats = request.Options.TryGetValue(TraceFormats.Key, out var known) ? known : new TraceFormats(W3C: true, false, false, false);
        if (formats.W3C)
        {
            setter(carrier, "traceparent", activity.Id!);
            if (activity.TraceStateString is { Length: > 0 } state)
            {
                setter(carrier, "tracestate", state);
            }
        }

        if (!formats.B3Single && !formats.B3Multi)
        {
            return;
        }

        var trace = activity.TraceId.ToHexString();
        trace = formats.ShortTraceId && trace.StartsWith(new string('0', ShortId), StringComparison.Ordinal) ? trace[ShortId..] : trace;
        var span = activity.SpanId.ToHexString();
        var parent = activity.ParentSpanId == default ? null : activity.ParentSpanId.ToHexString();
        var sampled = activity.Recorded ? "1" : "0";
        if (formats.B3Single)
        {
            setter(carrier, "b3", parent is null ? $"{trace}-{span}-{sampled}" : $"{trace}-{span}-{sampled}-{parent}");
        }

        if (formats.B3Multi)
        {
            setter(carrier, "x-b3-traceid", trace);
            setter(carrier, "x-b3-spanid", span);
            setter(carrier, "x-b3-sampled", sampled);
            if (parent is not null)
            {
                setter(carrier, "x-b3-parentspanid", parent);
            }
        }
    }

    /// <summary>The same position as a <c>traceparent</c>, the form in which the platform takes it; none when the ids are not valid.</summary>
    private static string? FromB3(string? trace, string? span, string? sampled, string? flags)
    {
        if (trace is not { Length: LongId or ShortId } || span is not { Length: ShortId })
        {
            return null;
        }

        // No decision means that the decision is ours, and we take all; 'd' and the flag 1 ask for debugging, which is to take it too.
        var taken = flags == "1" || sampled is null or "1" or "d" or "true";
        var id = $"00-{trace.PadLeft(LongId, '0').ToLowerInvariant()}-{span.ToLowerInvariant()}-{(taken ? "01" : "00")}";
        return ActivityContext.TryParse(id, null, out _) ? id : null;
    }
}
